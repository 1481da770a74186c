import SparringAPI
import SparringExchange
import SparringJSON
import SparringWire
import Synchronization

/// The bytes of the newest answers, for a reader of one exchange. The number of answers and their bytes are limited. The shelf keeps
/// references to the scripts, so that answers are not copied.
final class AnswerShelf: ExchangeSink {
    struct Bounds: Sendable {
        var answers = 1000
        /// The maximum number of bytes of all answers together.
        var bytes = 16 << 20
        /// The maximum number of bytes of one answer. The rest of a longer answer is not kept.
        var answerBytes = 256 << 10
    }

    /// The bytes of one answer as they were planned: head, body and framing.
    struct Kept: Sendable {
        var session: String
        var number: Int
        /// The start of the exchange. Numbers start again when a session is reset.
        var startedAt: Moment
        var bytes: [UInt8]
        /// The length of the whole answer.
        var length: Int
    }

    private struct State {
        /// The n-th answer is in slot n modulo the number of slots. The ring is empty before the first answer.
        var ring: [Kept?] = []
        /// The number of the oldest answer that is still kept, and of the next answer.
        var first = 0
        var end = 0
        var bytes = 0
    }

    private let bounds: Bounds
    private let state = Mutex(State())

    init(bounds: Bounds = Bounds()) { self.bounds = bounds }

    func receive(_ exchange: Exchange) {}

    func receive(_ exchange: Exchange, played script: WireScript) {
        let length = script.bytes.count
        let bytes = length > bounds.answerBytes ? Array(script.bytes.prefix(bounds.answerBytes)) : script.bytes
        let kept = Kept(
            session: exchange.session, number: exchange.number, startedAt: exchange.startedAt, bytes: bytes,
            length: length)
        state.withLock { add(kept, to: &$0) }
    }

    private func add(_ kept: Kept, to state: inout State) {
        if state.ring.isEmpty { state.ring = Array(repeating: nil, count: bounds.answers) }
        if state.end - state.first == bounds.answers { dropFirst(of: &state) }
        state.ring[state.end % bounds.answers] = kept
        state.end += 1
        state.bytes += kept.bytes.count
        while state.bytes > bounds.bytes { dropFirst(of: &state) }
    }

    private func dropFirst(of state: inout State) {
        let slot = state.first % bounds.answers
        state.bytes -= state.ring[slot]?.bytes.count ?? 0
        state.ring[slot] = nil
        state.first += 1
    }

    /// - Returns: nil if the answer is not kept, or if it has not ended.
    func answer(to exchange: Exchange) -> Kept? {
        guard !exchange.isRunning else { return nil }
        return state.withLock { state in
            state.ring.lazy.compactMap(\.self).first {
                $0.number == exchange.number && $0.session == exchange.session && $0.startedAt == exchange.startedAt
            }
        }
    }
}

extension AnswerShelf {
    /// The answer of an exchange as JSON: its bytes in base64, with secrets masked, or the reason why they are missing.
    func json(of exchange: Exchange) -> JSONObject {
        guard let kept = answer(to: exchange) else {
            return [
                "answer": .null,
                "answer_withheld": .string(
                    exchange.isRunning
                        ? "the answer has not ended" : "the server keeps the bytes of the newest answers only"),
            ]
        }
        return Self.json(kept.bytes, of: kept.length)
    }

    /// - Parameters:
    ///   - bytes: the answer's first bytes, as they were planned.
    ///   - length: the length of the whole answer; 0 if its bytes are not known.
    ///   - most: the maximum number of bytes to return; the bytes after them are only used to recognize secrets.
    static func json(_ bytes: [UInt8], of length: Int, most: Int = .max) -> JSONObject {
        guard length > 0 else {
            return [
                "answer": .null,
                "answer_withheld": "the answer was forwarded as it arrived, and its bytes were not kept",
            ]
        }
        let masked = Redaction.answer(bytes)
        let isCoded = String(decoding: masked.bytes.prefix(masked.headLength), as: UTF8.self).lowercased()
            .split(whereSeparator: \.isNewline).contains { $0.hasPrefix("content-encoding:") }
        if isCoded || Packing.isPacked(masked.bytes.dropFirst(masked.headLength)) {
            return ["answer": .null, "answer_withheld": "the body is compressed: secrets in it cannot be masked"]
        }
        return [
            "answer": [
                "bytes": .int(length), "cut": .bool(length > bytes.count || masked.bytes.count > most),
                "base64": .string(Base64.text(masked.bytes.count > most ? Array(masked.bytes[..<most]) : masked.bytes)),
            ]
        ]
    }
}
