import SparringAPI
package import SparringExchange
import SparringScenario
import SparringWire

/// Decisions that are made after a request's head and before its body. Faults come from the first of these that orders
/// any: the request, the rule that will answer (if the head identifies it), the server.
extension Engine {
    package func plan(for head: Request, hasLongBody: Bool) -> RequestPlan {
        // A cheap check, because faults at the head are rare.
        let mayStrike = head.call.mayOrderFaults || world.strikesAtHead || sessions.hasRequestFaults
        return RequestPlan(
            faults: mayStrike ? strikes(at: head) : [], body: hasLongBody ? longBody(of: head) : .collect,
            mayBlock: mayBlock(on: head))
    }

    private func longBody(of head: Request) -> RequestPlan.Body {
        if passesOn(head) { return .stream }
        return intake(for: head).map { .intake($0) } ?? .collect
    }

    func strikes(at head: Request) -> [(fault: Fault, strike: RequestFaultAction)] {
        let (address, asked) = head.addressed(document)
        let session = sessions.existing(address.sessionName(model: nil))
        let (usual, scale) = (session?.world ?? world, session?.adjust(\.clock).scale ?? world.timeScale)
        let rule = asked.flatMap { usual.scenario.rule(atHead: $0, head.headers) }
        return faults(address, rule: rule, session: session, scenario: usual.scenario).compactMap { fault in
            fault.requestStrike.map { (fault, $0.scaled(by: scale)) }
        }
    }

    private func faults(
        _ address: RequestAddress, rule: Int?, session: Session?, scenario: Scenario
    ) -> [Fault] {
        // A mistake in the ordered fault is reported after the whole request, like any other error.
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
    /// Converts session time to real time.
    fileprivate func scaled(by scale: Double) -> RequestFaultAction {
        switch self {
        case .lateContinue(let wait): .lateContinue(wait * scale)
        case .stalledUpload(let wait): .stalledUpload(wait * scale)
        case .refuseContinue, .earlyAnswer: self
        }
    }
}

extension RequestPipeline {
    /// Answers a request whose body is not read. The connection ends, because the next bytes on it are the body.
    fileprivate mutating func answerEarly(_ strikes: [RequestFaultAction]) -> PlannedExchange {
        let (address, asked) = request.addressed(givenDocument ?? .builtIn)
        let session = sessions.session(named: address.sessionName(model: nil), now: now)
        let world = session.world
        // The step that ordered this answer is used up, so that the next request gets the next step. If the scenario
        // was replaced, no step is used up.
        if address.fault == nil, let rule = asked.flatMap({ world.scenario.rule(atHead: $0, request.headers) }) {
            _ = session.commit(.head(rule: rule), in: world, now: now)
        }
        let name = strikes.lazy.compactMap { if case .earlyAnswer(let name) = $0 { name } else { nil } }.first
        let parameters = ErrorCatalogue.Parameters(endpoint: asked?.endpoint ?? .chatCompletions, model: "")
        return auxiliary(
            address, endpoint: asked?.endpoint, operation: asked?.name, isAuxiliary: false, keepsAlive: false
        ) { context, ids in
            guard let name else { return APIError.expectationFailed.answer(context: context, ids: &ids) }
            return ErrorCatalogue.answer(named: name, parameters: parameters, context: context, ids: &ids)
        }
    }
}

extension Request {
    /// The request's session and operation; the operation is nil for an unknown path.
    ///
    /// - Parameter document: read only if the operation is not emulated.
    fileprivate func addressed(
        _ document: @autoclosure () -> OpenAPIDocument
    ) -> (address: RequestAddress, asked: AskedOperation?) {
        let address = Dialect.address(of: self)
        if case .endpoint(let endpoint, _) = Router.route(method: method, path: address.path) {
            return (address, .emulated(endpoint))
        }
        guard case .operation(let operation, _) = document().route(method: method, path: address.path) else {
            return (address, nil)
        }
        return (address, .generic(operation.name))
    }
}

extension APIError {
    /// RFC 9110 §15.5.18. A request that is repeated without `Expect` is answered normally.
    fileprivate static let expectationFailed = APIError(
        status: 417, type: "invalid_request_error", message: "Expectation Failed: omit the Expect header.")
}
