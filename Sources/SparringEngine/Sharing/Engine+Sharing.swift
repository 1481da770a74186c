import Dispatch
import SparringAPI
import SparringExchange
import SparringWire

/// Requests of sessions that servers share. An answer is sent after the store has committed the changes that the request makes.
extension Engine {
    package var alwaysBlocks: Bool { sessions.turns != nil }

    func shared(_ received: ReceivedRequest, connection: Int, now: Moment) -> PlannedExchange {
        let (performance, problem) = sessions.visit { decide(received, connection: connection, now: now) }
        guard let problem else { return performance }
        sessions.retract(performance.exchange)
        let request = performance.exchange.request
        return unavailable(problem, request, connection: connection)
    }

    /// The answer to a request whose changes the store did not accept. The error is Sparring's own, because the API has no such error. The
    /// exchange has no number, because it did not take place.
    /// - Parameters:
    ///   - carrier: how the answer is sent.
    ///   - carry: changes the answer for its carrier.
    func unavailable(
        _ problem: StoreProblem, _ request: Request, connection: Int, carrier: Composition.Carrier = .body,
        _ carry: (inout Answer) -> Void = { _ in }
    ) -> PlannedExchange {
        let error = APIError(problem, of: "request")
        sessions.turns?.report("\(request.method) \(request.path): \(problem)")
        var ids = IDMint(seed: UInt64.random(in: 0 ... .max))
        let unixTime = unixTime
        var answer = error.answer(context: AnswerInput(created: unixTime), ids: &ids)
        answer.headers["x-sparring-replica"] = sessions.turns?.replica
        carry(&answer)
        let composition = Composition(
            answer: answer,
            connection: Composition.Connection(
                version: request.version, keepsAlive: Persistence.isWanted(by: request),
                isHead: request.method == "HEAD", carrier: carrier), date: HTTPDate.text(unixSeconds: unixTime))
        return PlannedExchange(
            script: composition.compose(),
            exchange: Exchange(
                number: 0, session: "", connection: connection, request: request,
                decision: Exchange.Decision(endpoint: nil, status: error.status, isAuxiliary: true)))
    }

    /// Records a connection that ended without a request, on a thread that may wait for the store.
    func endedElsewhere(_ report: ConnectionReport) {
        DispatchQueue.global().async {
            let (_, problem) = sessions.visit { record(report) }
            if let problem { sessions.turns?.report("a connection that ended early: \(problem)") }
        }
    }
}

extension SessionRegistry {
    /// Removes an exchange whose commit has failed from the log.
    func retract(_ exchange: Exchange) {
        existing(exchange.session)?.retract(exchange.number, connection: exchange.connection)
    }
}

extension APIError {
    init(_ problem: StoreProblem, of subject: String) {
        self.init(
            status: 503, type: "server_error",
            message:
                "Sparring: the store of --store failed, and this \(subject) was not answered: \(problem). Send it again.",
            code: "sparring_store", headers: ["retry-after": "1"])
    }
}
