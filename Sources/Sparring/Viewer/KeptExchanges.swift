package import SparringExchange
package import SparringWire
import Synchronization

/// Keeps the newest exchanges of a run with the bytes of their bodies, for the file of `--report`. Bounded: what does not fit is
/// counted, so that the file can say what it left out.
package final class KeptExchanges: ExchangeSink {
    package struct Bounds: Sendable, Hashable {
        package var exchanges = 20_000
        /// The bytes of all exchanges together.
        package var bytes = 200_000_000
        /// The bytes of one body; a longer one is kept up to here.
        package var bodyBytes = 64 << 10

        package init() {}
    }

    package struct Kept: Sendable {
        /// Its request's body is cut.
        package internal(set) var exchange: Exchange
        /// Equal for equal requests, and made of the whole body.
        var call: UInt64
        /// The length of the whole request body.
        var requestBytes: Int
        /// The answer as it was planned: head, body and framing, cut.
        var answer: [UInt8]
        /// The length of the whole answer; 0 if its bytes are not known.
        var answerBytes: Int

        /// - Parameters:
        ///   - requestBytes: the length of the whole request body.
        ///   - answer: head, body and framing; empty if its bytes are not known.
        ///   - bodyBytes: the bytes of each body to keep.
        package init(_ exchange: Exchange, requestBytes: Int, answer: [UInt8], bodyBytes: Int) {
            self.exchange = exchange
            call = LiveReport.call(exchange.request)
            self.exchange.request.body = KeptExchanges.cut(exchange.request.body, to: bodyBytes + KeptExchanges.margin)
            self.requestBytes = requestBytes
            self.answer = KeptExchanges.cut(answer, to: bodyBytes + KeptExchanges.margin)
            answerBytes = answer.count
        }

        /// What it takes in memory, roughly. An event of the timeline has about a hundred bytes in the file as well.
        var size: Int {
            600 + exchange.request.body.count + answer.count + 100 * exchange.timeline.entries.count
                + 60 * exchange.request.headers.fields.count
        }
    }

    private struct State {
        /// The oldest first; those before `first` have been left out.
        var items: [Kept?] = []
        var first = 0
        var bytes = 0
        var leftOut = 0
    }

    let bounds: Bounds
    private let state = Mutex(State())

    /// More than a body's bound is kept until secrets are masked, because a secret must not be cut before it is recognized.
    static let margin = 4 << 10

    package init(bounds: Bounds = Bounds()) { self.bounds = bounds }

    package func receive(_ exchange: Exchange) { keep(exchange, answer: []) }

    package func receive(_ exchange: Exchange, played script: WireScript) { keep(exchange, answer: script.bytes) }

    private func keep(_ exchange: Exchange, answer: [UInt8]) {
        let kept = Kept(
            exchange, requestBytes: exchange.request.body.count, answer: answer, bodyBytes: bounds.bodyBytes)
        state.withLock { add(kept, to: &$0) }
    }

    private func add(_ kept: Kept, to state: inout State) {
        state.items.append(kept)
        state.bytes += kept.size
        while state.items.count - state.first > bounds.exchanges || state.bytes > bounds.bytes {
            state.bytes -= state.items[state.first]?.size ?? 0
            state.items[state.first] = nil
            state.first += 1
            state.leftOut += 1
        }
        if state.first > 1000, state.first > state.items.count / 2 {
            state.items.removeFirst(state.first)
            state.first = 0
        }
    }

    /// The kept exchanges, the oldest first, and how many are not kept.
    var all: (kept: [Kept], leftOut: Int) {
        state.withLock { ($0.items[$0.first...].compactMap(\.self), $0.leftOut) }
    }

    /// The first bytes, without half a character of UTF-8 at the end.
    static func cut(_ bytes: [UInt8], to most: Int) -> [UInt8] {
        guard bytes.count > most else { return bytes }
        var end = most
        while end > max(0, most - 3), bytes[end] & 0xC0 == 0x80 { end -= 1 }
        return Array(bytes[..<end])
    }
}
