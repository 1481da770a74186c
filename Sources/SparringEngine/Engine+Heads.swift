import SparringAPI
package import SparringExchange
import SparringScenario
package import SparringWire

/// What is decided when a request's head has come and its body has not: no rule can match, so the request's own orders count, and
/// the server's.
extension Engine {
    package func looksAtHead(_ target: String, ordersFaults: Bool) -> Bool {
        if ordersFaults || !world.scenario.requestFaults.isEmpty || sessions.hasRequestFaults { return true }
        var path = target.utf8[...]
        if path.starts(with: "/s/".utf8) { path = path.dropFirst(3).drop { $0 != UInt8(ascii: "/") } }
        return path.starts(with: "/f/".utf8)
    }

    package func strikes(at head: Request) -> [(fault: Fault, strike: RequestStrike)] {
        let address = SessionAddress(head)
        let session = sessions.existing(address.sessionName(model: nil))
        let (usual, scale) = (session?.world ?? world, session?.adjust(\.clock).scale ?? world.timeScale)
        return faults(address, usual).compactMap { fault in
            fault.requestStrike.map { (fault, $0.scaled(by: scale)) }
        }
    }

    private func faults(_ address: SessionAddress, _ world: World) -> [Fault] {
        guard let own = address.fault else { return world.scenario.requestFaults }
        // A mistake is answered when the request is whole, as any other is.
        return (try? ScenarioLoader.faults(in: own, errors: .api).get()) ?? []
    }

    package func respond(early head: Request, connection: Int, now: Moment) -> Performance {
        var desk = desk(for: head, connection, now)
        return desk.refuse(head.struck.compactMap(\.fault.requestStrike))
    }
}

extension RequestStrike {
    /// Of a session's time, as it passes in real time.
    fileprivate func scaled(by scale: Double) -> RequestStrike {
        switch self {
        case .lateContinue(let wait): .lateContinue(wait * scale)
        case .stalledUpload(let wait): .stalledUpload(wait * scale)
        case .refuseContinue, .earlyAnswer: self
        }
    }
}

extension Desk {
    /// Answers a request whose body nobody reads. The connection ends after it: what follows on it is the body.
    fileprivate mutating func refuse(_ strikes: [RequestStrike]) -> Performance {
        var address = SessionAddress(request)
        if let azure = AzureDialect(asked: request, at: address.path) { address.path = azure.path[...] }
        var endpoint: Endpoint?
        if case .endpoint(let known, _) = Router.route(method: request.method, path: address.path) { endpoint = known }
        let name = strikes.lazy.compactMap { if case .earlyAnswer(let name) = $0 { name } else { nil } }.first
        let parameters = ErrorCatalogue.Parameters(endpoint: endpoint ?? .chatCompletions, model: "")
        return auxiliary(address, endpoint: endpoint, isAuxiliary: false, keepsAlive: false) { context in
            guard let name else { return APIError.expectationFailed.answer(context: &context) }
            return ErrorCatalogue.answer(named: name, parameters: parameters, context: &context)
        }
    }
}

extension APIError {
    /// RFC 9110 §15.5.18. Whoever asks again without `Expect` is answered.
    fileprivate static let expectationFailed = APIError(
        status: 417, type: "invalid_request_error", message: "Expectation Failed: send the body without asking first.")
}
