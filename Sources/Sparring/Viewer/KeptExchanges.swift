package import SparringExchange
import SparringJSON
package import SparringWire
import Synchronization

/// Keeps the newest exchanges of a run with the bytes of their bodies, for the file of `--report`. The memory for the exchanges is limited.
/// Exchanges that do not fit are counted, so that the file can state how many are missing.
package final class KeptExchanges: ExchangeSink {
    package struct Bounds: Sendable, Hashable {
        package var exchanges = 20_000
        /// The maximum number of bytes of all exchanges together.
        package var bytes = 200_000_000
        /// The maximum number of bytes of one body. The rest of a longer body is not kept.
        package var bodyBytes = 64 << 10

        package init() {}
    }

    package struct Kept: Sendable {
        /// The exchange. The body of its request may be cut.
        package internal(set) var exchange: Exchange
        /// A number that is equal for equal requests. The number is made from the whole body.
        var call: UInt64
        /// The length of the whole request body.
        var requestBytes: Int
        /// The first bytes of the answer as it was planned: head, body and framing.
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

        /// An estimate of the memory that the exchange uses. An event of the timeline takes about a hundred bytes, in memory and in the
        /// file.
        var size: Int {
            600 + exchange.request.body.count + answer.count + 100 * exchange.timeline.entries.count
                + 60 * exchange.request.headers.fields.count
        }
    }

    private struct State {
        /// The exchanges, the oldest first. The exchanges before `first` have been dropped.
        var items: [Kept?] = []
        var first = 0
        var bytes = 0
        var leftOut = 0
    }

    let bounds: Bounds
    private let state = Mutex(State())

    /// Until secrets are masked, more of a body is kept than its limit, because a secret must not be cut before it is recognized.
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

    /// The first bytes. A UTF-8 character at the end that is not complete is left out.
    static func cut(_ bytes: [UInt8], to most: Int) -> [UInt8] {
        guard bytes.count > most else { return bytes }
        var end = most
        while end > max(0, most - 3), bytes[end] & 0xC0 == 0x80 { end -= 1 }
        return Array(bytes[..<end])
    }

    /// An exchange with its headers and the beginning of its body. If the body is cut, `body_bytes` is its whole length.
    /// - Parameters:
    ///   - most: the maximum number of bytes of the body; nil for all bytes.
    ///   - requestBytes: the length of the whole body, if the exchange does not have all of it.
    static func fullEntry(of exchange: Exchange, most: Int?, requestBytes: Int? = nil) -> JSONObject {
        var exchange = exchange
        let whole = requestBytes ?? exchange.request.body.count
        if let most { exchange.request.body = cut(exchange.request.body, to: most + margin) }
        guard case .object(var entry) = exchange.fullEntry else { return JSONObject() }
        guard let most else { return entry }
        if let text = entry["body"]?.string, text.utf8.count > most {
            entry["body"] = .string(String(decoding: cut(Array(text.utf8), to: most), as: UTF8.self))
        }
        if let text = entry["body_base64"]?.string {
            entry["body_base64"] = .string(String(text.prefix((most + 2) / 3 * 4)))
        }
        if whole > most { entry["body_bytes"] = .int(whole) }
        return entry
    }
}
