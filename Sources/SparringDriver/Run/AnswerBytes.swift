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

    /// The bytes of the answer that the network has taken. Adjacent writes of the script are one event of the timeline, and so are interim
    /// responses and frames. A write that has no event was skipped, because the answer was stopped before it.
    static func sent(_ script: WireScript, in timeline: Timeline) -> [UInt8] {
        var taken = timeline.entries.compactMap { entry -> Mark?? in
            if case .accepted(let mark, _) = entry.happening { .some(mark) } else { nil }
        }[...]
        var sent: [UInt8] = []
        var position = 0
        while position < script.steps.count, let mark = taken.first {
            if let run = script.steps.run(at: position) {
                position = run.end
                guard !run.range.isEmpty, run.mark == mark else { continue }
                sent += script.bytes[run.range]
                taken.removeFirst()
            } else {
                switch script.steps[position] {
                case .interim, .frames: taken.removeFirst()
                default: break
                }
                position += 1
            }
        }
        return sent
    }

    private static func request(_ request: Request) -> [UInt8] {
        let fields = Redaction.headers(request.headers).fields.map { "\($0.name): \($0.value)\r\n" }.joined()
        let head = "\(request.method) \(Redaction.target(request.target)) \(request.version.words)\r\n\(fields)\r\n"
        return Array(head.utf8) + Redaction.bytes(request.body, type: request.headers["content-type"])
    }
}
