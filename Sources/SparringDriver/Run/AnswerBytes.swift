import SparringExchange
import SparringJSON
import SparringWire
import Synchronization

/// Stores the bytes of the answers of a run, for `check --trace`.
final class AnswerBytes: ExchangeSink {
    private struct Key: Hashable {
        var session: String
        var number: Int
    }

    private let answers = Mutex<[Key: [UInt8]]>([:])

    func receive(_ exchange: Exchange) {}

    func receive(_ exchange: Exchange, played script: WireScript) {
        let sent = Self.sent(script, in: exchange.timeline)
        answers.withLock { $0[Key(session: exchange.session, number: exchange.number)] = sent }
    }

    /// The bytes of both messages as lines, with secrets masked.
    func json(of exchange: Exchange) -> JSONValue {
        let answer = answers.withLock { $0[Key(session: exchange.session, number: exchange.number)] } ?? []
        return [
            "request": .strings(ByteLines.lines(Self.request(exchange.request))),
            "answer": .strings(ByteLines.lines(Redaction.answer(answer).bytes)),
        ]
    }

    /// The bytes that the kernel has taken: each write of the script has an entry in the timeline.
    private static func sent(_ script: WireScript, in timeline: Timeline) -> [UInt8] {
        let taken = timeline.entries.count { if case .accepted = $0.happening { true } else { false } }
        let writes = script.steps.compactMap { step in
            if case .write(let range, _) = step { range } else { nil }
        }
        return writes.prefix(taken).flatMap { script.bytes[$0] }
    }

    private static func request(_ request: Request) -> [UInt8] {
        let fields = Redaction.headers(request.headers).fields.map { "\($0.name): \($0.value)\r\n" }.joined()
        let head = "\(request.method) \(Redaction.target(request.target)) \(request.version.words)\r\n\(fields)\r\n"
        return Array(head.utf8) + Redaction.bytes(request.body, type: request.headers["content-type"])
    }
}
