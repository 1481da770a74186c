import SparringExchange
import SparringWire
import Synchronization

/// Answers everything alike, and keeps what was wrong.
final class ProblemResponder: Responder {
    private let script: WireScript
    private let kept = Mutex<[RequestProblem]>([])

    init(_ script: WireScript) { self.script = script }

    var problems: [RequestProblem] { kept.withLock { $0 } }

    func respond(to request: Request, connection: Int, now: Moment) -> Performance { perform(request, connection) }

    func respond(to problem: RequestProblem, head: Request?, connection: Int, now: Moment) -> Performance {
        kept.withLock { $0.append(problem) }
        return perform(head ?? Request(method: "?", target: "?"), connection)
    }

    func ended(_ performance: Performance, timeline: Timeline) {}

    private func perform(_ request: Request, _ connection: Int) -> Performance {
        let decision = Exchange.Decision(endpoint: nil, status: 200)
        return Performance(
            script: script,
            exchange: Exchange(number: 1, session: "test", connection: connection, request: request, decision: decision)
        )
    }
}

/// Stalls every upload for a tenth of a second, and says how long a body was in coming.
final class StallResponder: Responder {
    private let kept = Mutex<Timeline?>(nil)

    var times: (Moment, Moment)? {
        kept.withLock { timeline in
            guard let start = timeline?.moment(of: "request head"), let end = timeline?.moment(of: "request end") else {
                return nil
            }
            return (start, end)
        }
    }

    func looksAtHead(_ target: String, ordersFaults: Bool) -> Bool { ordersFaults }

    func strikes(at head: Request) -> [(fault: Fault, strike: RequestStrike)] {
        [(Fault(at: .requestHead, .ending(.keepAlive)), .stalledUpload(.milliseconds(100)))]
    }

    func respond(to request: Request, connection: Int, now: Moment) -> Performance {
        let decision = Exchange.Decision(endpoint: nil, status: 200)
        return Performance(
            script: .steps([.text("HTTP/2 200\r\n\r\n\(request.body.count)", .done), .step(.end(.keepAlive))]),
            exchange: Exchange(number: 1, session: "test", connection: connection, request: request, decision: decision)
        )
    }

    func respond(to problem: RequestProblem, head: Request?, connection: Int, now: Moment) -> Performance {
        respond(to: head ?? Request(method: "?", target: "?"), connection: connection, now: now)
    }

    func ended(_ performance: Performance, timeline: Timeline) { kept.withLock { $0 = timeline } }
}
