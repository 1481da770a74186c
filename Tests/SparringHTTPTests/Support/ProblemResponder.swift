import SparringExchange
import SparringWire
import Synchronization

/// Gives every request the same answer, and stores its problem.
final class ProblemResponder: Responder {
    private let script: WireScript
    private let kept = Mutex<[RequestProblem]>([])

    init(_ script: WireScript) { self.script = script }

    var problems: [RequestProblem] { kept.withLock { $0 } }

    func respond(to received: ReceivedRequest, connection: Int, now: Moment) -> PlannedExchange {
        if case .invalid(let problem, _) = received { kept.withLock { $0.append(problem) } }
        let request = received.request
        let decision = Exchange.Decision(endpoint: nil, status: 200)
        return PlannedExchange(
            script: script,
            exchange: Exchange(number: 1, session: "test", connection: connection, request: request, decision: decision)
        )
    }

    func ended(_ performance: PlannedExchange, timeline: Timeline) {}
}

extension ReceivedRequest {
    /// The part of the request that has arrived.
    var request: Request {
        switch self {
        case .complete(let request), .head(let request): request
        case .invalid(_, let head): head ?? Request(method: "?", target: "?")
        }
    }
}

/// Stalls every upload for a tenth of a second, and answers with the time that the body took.
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

    func plan(for head: Request, hasLongBody: Bool) -> RequestPlan {
        guard head.headers.contains("x-sparring-fault") else { return RequestPlan() }
        let fault = Fault(at: .requestHead, .ending(.keepAlive))
        return RequestPlan(faults: [(fault, .stalledUpload(.milliseconds(100)))])
    }

    func respond(to received: ReceivedRequest, connection: Int, now: Moment) -> PlannedExchange {
        let request = received.request
        let decision = Exchange.Decision(endpoint: nil, status: 200)
        return PlannedExchange(
            script: .steps([.text("HTTP/2 200\r\n\r\n\(request.body.count)", .done), .step(.end(.keepAlive))]),
            exchange: Exchange(number: 1, session: "test", connection: connection, request: request, decision: decision)
        )
    }

    func ended(_ performance: PlannedExchange, timeline: Timeline) { kept.withLock { $0 = timeline } }
}
