import SparringAPI
package import SparringExchange
import SparringScenario
import SparringWire

/// What is decided when a request's head has come and its body has not. The nearest order counts: the request's own, that of the
/// rule that will answer where the head tells which, the server's.
extension Engine {
    package func plan(for head: Request, hasLongBody: Bool) -> RequestPlan {
        let looks = looksAtHead(head.target, ordersFaults: head.headers.contains("x-sparring-fault"))
        return RequestPlan(
            faults: looks ? strikes(at: head) : [], body: hasLongBody ? longBody(of: head) : .collect,
            mayBlock: mayBlock(on: head))
    }

    private func longBody(of head: Request) -> RequestPlan.Body {
        if passesOn(head) { return .stream }
        return intake(for: head).map { .intake($0) } ?? .collect
    }

    /// Whether `strikes` is worth asking for such a request: of heads that are all alike, most have nothing to tell.
    /// - Parameter ordersFaults: whether its header does.
    private func looksAtHead(_ target: String, ordersFaults: Bool) -> Bool {
        if ordersFaults || world.strikesAtHead || sessions.hasRequestFaults { return true }
        guard target.begins(with: "/s/") else { return target.begins(with: "/f/") }
        return Substring(target.utf8.dropFirst(3).drop { $0 != UInt8(ascii: "/") }).begins(with: "/f/")
    }

    func strikes(at head: Request) -> [(fault: Fault, strike: RequestFaultAction)] {
        let (address, endpoint) = head.addressed
        let session = sessions.existing(address.sessionName(model: nil))
        let (usual, scale) = (session?.world ?? world, session?.adjust(\.clock).scale ?? world.timeScale)
        let rule = endpoint.flatMap { usual.scenario.rule(atHead: $0, head.headers) }
        return faults(address, rule: rule, session: session, scenario: usual.scenario).compactMap { fault in
            fault.requestStrike.map { (fault, $0.scaled(by: scale)) }
        }
    }

    private func faults(
        _ address: RequestAddress, rule: Int?, session: Session?, scenario: Scenario
    ) -> [Fault] {
        // A mistake is answered when the request is whole, as any other is.
        if let own = address.fault { return (try? ScenarioLoader.faults(in: own, errors: .api).get()) ?? [] }
        guard let rule, let next = session.map({ $0.adjust { $0.nextStep(of: rule, in: scenario) } }) ?? 0,
            let step = scenario.rules[rule].steps.dropFirst(next).first, !step.requestFaults.isEmpty
        else { return scenario.requestFaults }
        return step.requestFaults
    }

    func respond(early head: Request, connection: Int, now: Moment) -> PlannedExchange {
        var desk = desk(for: head, connection, now)
        return desk.answerEarly(head.struck.compactMap(\.fault.requestStrike))
    }
}

extension RequestFaultAction {
    /// Of a session's time, as it passes in real time.
    fileprivate func scaled(by scale: Double) -> RequestFaultAction {
        switch self {
        case .lateContinue(let wait): .lateContinue(wait * scale)
        case .stalledUpload(let wait): .stalledUpload(wait * scale)
        case .refuseContinue, .earlyAnswer: self
        }
    }
}

extension RequestPipeline {
    /// Answers a request whose body nobody reads. The connection ends after it: what follows on it is the body.
    fileprivate mutating func answerEarly(_ strikes: [RequestFaultAction]) -> PlannedExchange {
        let (address, endpoint) = request.addressed
        let session = sessions.session(named: address.sessionName(model: nil), now: now)
        let world = session.world
        // Its step has had its say; who asks again gets the next. Another scenario by now has ordered nothing.
        if address.fault == nil, let rule = endpoint.flatMap({ world.scenario.rule(atHead: $0, request.headers) }) {
            _ = session.commit(.head(rule: rule), in: world, now: now)
        }
        let name = strikes.lazy.compactMap { if case .earlyAnswer(let name) = $0 { name } else { nil } }.first
        let parameters = ErrorCatalogue.Parameters(endpoint: endpoint ?? .chatCompletions, model: "")
        return auxiliary(address, endpoint: endpoint, isAuxiliary: false, keepsAlive: false) { context, ids in
            guard let name else { return APIError.expectationFailed.answer(context: context, ids: &ids) }
            return ErrorCatalogue.answer(named: name, parameters: parameters, context: context, ids: &ids)
        }
    }
}

extension Request {
    /// Whose it is, and the operation that it asks for; nil where there is none.
    fileprivate var addressed: (address: RequestAddress, endpoint: Endpoint?) {
        let address = Dialect.address(of: self)
        guard case .endpoint(let endpoint, _) = Router.route(method: method, path: address.path) else {
            return (address, nil)
        }
        return (address, endpoint)
    }
}

extension APIError {
    /// RFC 9110 §15.5.18. Whoever asks again without `Expect` is answered.
    fileprivate static let expectationFailed = APIError(
        status: 417, type: "invalid_request_error", message: "Expectation Failed: send the body without asking first.")
}
