import SparringAPI
import SparringExchange
import SparringJSON
import SparringScenario
import SparringWire

/// One request on its way through the engine.
struct Desk {
    let engine: Engine
    let request: Request
    let connection: Int
    let now: Moment
    /// Seconds, for `date` and `created`: the wall's, and the session's as soon as that is known.
    var unixTime: Int

    mutating func perform() -> Performance {
        let address = SessionAddress(request)
        switch Router.route(method: request.method, path: address.path) {
        case .preflight: return auxiliary(address, endpoint: nil, CrossOrigin.preflight(request))
        case .wrongMethod(let error), .unknown(let error): return refuse(address, error)
        case .endpoint(let endpoint, let parameters):
            if WebSocketUpgrade.isAsked(by: request) { return refuse(address, WebSocketUpgrade.refusal) }
            guard Credentials.isPresent(in: request) else {
                return refuse(address, Credentials.missing, endpoint: endpoint)
            }
            switch endpoint.kind {
            case .model: return call(address, endpoint)
            case .object: return object(address, endpoint, parameters)
            case .catalogue: return list(address, endpoint, model: parameters["model"])
            }
        }
    }

    /// An answer to something that is no request. The connection ends after it.
    mutating func reject(_ problem: RequestProblem) -> Performance {
        refuse(SessionAddress(request), problem.error, keepsAlive: false)
    }

    // MARK: Calls

    private mutating func call(_ address: SessionAddress, _ endpoint: Endpoint) -> Performance {
        var body = try? JSONValue.parse(request.body)
        let model = body?["model"]?.string.map(ModelAddress.init)
        if let model, model.session != nil { body = body?.replacing("model", with: .string(model.model)) }
        let session = engine.sessions.session(named: address.sessionName(model: model), now: now)
        let known = session.world
        let fingerprint = Fingerprint.of(request)

        let checked: Call
        do throws(APIError) {
            checked = try Draft(endpoint, body: body, models: known.models).passing(
                try Validation.wanted(by: request, in: known)
            ) { (draft) throws(APIError) in try Call.check(endpoint, body: draft.body, models: draft.models) }
        } catch {
            return condemned(error, session, endpoint, fingerprint, model: model)
        }
        let view = CallView(
            endpoint: endpoint, model: model?.model ?? "", headers: request.headers, body: body ?? .null,
            digest: checked.digest)
        let tokens = checked.estimatedTokens
        let (world, commitment) = commit(view, session, known) { [now] state, world, candidates in
            state.commit(
                candidates, scenario: world.scenario, fingerprint: fingerprint, model: view.model, tokens: tokens,
                now: now)
        }
        return serve(.call(checked), view, in: session, world, commitment, model: model?.model)
    }

    /// An operation on what the session holds. Scripts that name its endpoint come first.
    private mutating func object(
        _ address: SessionAddress, _ endpoint: Endpoint, _ parameters: [String: String]
    ) -> Performance {
        let session = engine.sessions.session(named: address.sessionName(model: nil), now: now)
        let validation: Validation
        do throws(APIError) {
            validation = try Validation.wanted(by: request, in: session.world)
        } catch {
            return refuse(address, error, endpoint: endpoint)
        }
        let body = request.body.isEmpty ? .none : try? JSONValue.parse(request.body)
        let view = CallView(
            endpoint: endpoint, model: "", headers: request.headers, body: body ?? .null, digest: CallDigest())
        let fingerprint = Fingerprint.of(request)
        let (world, commitment) = commit(view, session, session.world) { state, world, candidates in
            state.commitObject(candidates, scenario: world.scenario, fingerprint: fingerprint)
        }
        let operation = ObjectOperation(
            endpoint: endpoint, parameters: parameters, query: QueryItems(target: request.target), body: body,
            hasBody: !request.body.isEmpty, session: session, validation: validation)
        return serve(.object(operation), view, in: session, world, commitment, model: nil)
    }

    private mutating func serve(
        _ ask: Ask, _ view: CallView, in session: Session, _ world: World, _ commitment: SessionState.Commitment,
        model: String?
    ) -> Performance {
        let wallTime = unixTime
        unixTime = commitment.clock.unixTime(wallTime, at: now)
        var context = context(session, commitment.number, view.endpoint, rateLimits: commitment.rateLimits)
        let serving = Serving(world: world, view: view, ask: ask, session: session.name, commitment: commitment)
        let order = serving.order(context: &context, wallTime: wallTime)
        return play(
            order, in: session, number: commitment.number, endpoint: view.endpoint.rawValue, model: model,
            attempt: commitment.attempt)
    }

    /// Matching is done outside the session's lock, and again where the session was given another scenario meanwhile.
    private func commit(
        _ view: CallView, _ session: Session, _ known: World,
        _ change: @Sendable (inout SessionState, World, [Candidate]) -> SessionState.Commitment
    ) -> (World, SessionState.Commitment) {
        var world = known
        while true {
            let candidates = world.scenario.match(view)
            let commitment = session.mutate(in: world, now: now) { [world] in change(&$0, world, candidates) }
            if let commitment { return (world, commitment) }
            world = session.world
        }
    }

    /// A call that its own parameters condemned gets the API's error; scripts do not advance.
    private mutating func condemned(
        _ error: APIError, _ session: Session, _ endpoint: Endpoint, _ fingerprint: UInt64, model: ModelAddress?
    ) -> Performance {
        let (number, attempt, reading, clock) = session.mutate(now: now) { state in
            state.commitInvalid(fingerprint: fingerprint, model: model?.model ?? "", now: now)
        }
        unixTime = clock.unixTime(unixTime, at: now)
        // Recorded: an error of `/responses` reports no limits, one of the older endpoints does.
        var context = context(session, number, endpoint, rateLimits: endpoint == .responses ? nil : reading)
        let answer = error.answer(context: &context)
        return play(
            Order(answer), in: session, number: number, endpoint: endpoint.rawValue, model: model?.model,
            attempt: attempt)
    }

    // MARK: What is no call

    /// - Parameter model: the one that is asked for; nil for all of them.
    private mutating func list(_ address: SessionAddress, _ endpoint: Endpoint, model: String?) -> Performance {
        let world = engine.sessions.session(named: address.sessionName(model: nil), now: now).world
        let models: ModelTable
        do throws(APIError) {
            let validation = try Validation.wanted(by: request, in: world)
            models = world.models.known(in: validation, model: model)
        } catch {
            return refuse(address, error, endpoint: endpoint)
        }
        return auxiliary(address, endpoint: endpoint) { context in
            guard let model else { return ModelsAnswer.list(models, context: &context) }
            do throws(APIError) {
                return try ModelsAnswer.retrieve(model, models: models, context: &context)
            } catch {
                return error.answer(context: &context)
            }
        }
    }

    private mutating func refuse(
        _ address: SessionAddress, _ error: APIError, endpoint: Endpoint? = nil, keepsAlive: Bool = true
    ) -> Performance {
        auxiliary(address, endpoint: endpoint, isAuxiliary: false, keepsAlive: keepsAlive) {
            error.answer(context: &$0)
        }
    }

    private mutating func auxiliary(_ address: SessionAddress, endpoint: Endpoint?, _ answer: Answer) -> Performance {
        auxiliary(address, endpoint: endpoint) { _ in answer }
    }

    private mutating func auxiliary(
        _ address: SessionAddress, endpoint: Endpoint?, isAuxiliary: Bool = true, keepsAlive: Bool = true,
        _ answer: (inout AnswerContext) -> Answer
    ) -> Performance {
        let session = engine.sessions.session(named: address.sessionName(model: nil), now: now)
        let (number, clock) = session.mutate(now: now) { ($0.number(), $0.clock) }
        unixTime = clock.unixTime(unixTime, at: now)
        var context = context(session, number, endpoint, rateLimits: nil)
        let order = Order(answer(&context))
        return play(
            order, in: session, number: number, endpoint: endpoint?.rawValue, isAuxiliary: isAuxiliary,
            keepsAlive: keepsAlive)
    }

    // MARK: The last step

    private func context(
        _ session: Session, _ number: Int, _ endpoint: Endpoint?, rateLimits: RateLimitReading?
    ) -> AnswerContext {
        // Drawn once, so that neighbouring exchanges do not share stretches of one sequence.
        var seeds = IDMint(seed: session.seed ^ UInt64(number))
        var context = AnswerContext(ids: IDMint(seed: seeds.next()), created: unixTime, rateLimits: rateLimits)
        context.exposesRequestID = endpoint != .responses
        return context
    }

    private func play(
        _ order: Order, in session: Session, number: Int, endpoint: String?, model: String? = nil, attempt: Int = 1,
        isAuxiliary: Bool = false, keepsAlive: Bool = true
    ) -> Performance {
        let composition = Composition(
            answer: order.answer, faults: order.faults, pace: order.pace,
            connection: Composition.Connection(
                minorVersion: request.minorVersion, keepsAlive: keepsAlive && Persistence.isWanted(by: request),
                isHead: request.method == "HEAD"),
            date: HTTPDate.text(unixSeconds: unixTime))
        let (script, missed) = composition.compose()
        let decision = Exchange.Decision(
            endpoint: endpoint, model: model, status: order.answer.status, step: order.step, attempt: attempt,
            unmatched: order.unmatched,
            isAuxiliary: isAuxiliary, faults: order.faults.map(\.description))
        var exchange = Exchange(
            number: number, session: session.name, connection: connection, request: request, decision: decision,
            marbles: order.isPlain ? "" : script.marbles)
        for (index, reason) in missed.merging(order.missed, uniquingKeysWith: { first, _ in first }) {
            exchange.timeline.stamp(.faultMissed(index, reason: reason), at: now)
        }
        session.begin(exchange, decidedAt: now)
        return Performance(script: script, exchange: exchange)
    }
}

/// What the engine has decided to send, before it becomes a script.
struct Order {
    var answer: Answer
    var faults: [Fault] = []
    var pace = Pace.none
    /// Names the rule and step.
    var step: String?
    var unmatched: String?
    /// Payload faults that could not take effect.
    var missed: [Int: String] = [:]

    init(_ answer: Answer) { self.answer = answer }

    var isPlain: Bool { faults.isEmpty && pace == .none }
}
