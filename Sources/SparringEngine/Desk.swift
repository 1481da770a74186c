import SparringAPI
import SparringExchange
import SparringJSON
import SparringScenario
import SparringWire

/// One request on its way through the engine.
struct Desk {
    let sessions: SessionRegistry
    let batches: BatchWorker
    var request: Request
    /// As it came, where it came in Azure's dialect.
    var original: Request?
    var azure: AzureDialect?
    let connection: Int
    let now: Moment
    /// What answers where nothing is emulated; nil where nothing does.
    let document: OpenAPIDocument?
    /// Seconds, for `date` and `created`: the wall's, and the session's as soon as that is known.
    var unixTime: Int
    /// Known as soon as the key is.
    var caller = Caller()
    /// What the request orders for its own answer; nil: nothing.
    var requested: [Fault]?

    mutating func perform() -> Performance {
        var address = SessionAddress(request)
        if let azure = AzureDialect(asked: request, at: address.path) {
            self.azure = azure
            address.path = azure.path[...]
            translate(azure, &address)
        }
        if let fault = address.fault {
            switch ScenarioLoader.faults(in: fault, errors: .api) {
            case .success(let faults): requested = faults
            case .failure(let mistakes): return refuse(address, .unknownFault(fault, mistakes))
            }
        }
        if let azure, !azure.isServed { return refuse(address, Router.unknown(request.method, address.path)) }
        switch Router.route(method: request.method, path: address.path) {
        case .preflight: return auxiliary(address, endpoint: nil, CrossOrigin.preflight(request))
        case .wrongMethod(let error), .unknown(let error): return generic(address, else: error)
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

    /// From here on the request is one to the API itself; what is journaled stays as it came.
    private mutating func translate(_ azure: AzureDialect, _ address: inout SessionAddress) {
        original = request
        guard let key = request.headers["api-key"] else { return }
        request.headers["authorization"] = "Bearer \(key)"
        address.keyName = SessionAddress(request).keyName
    }

    /// An answer to something that is no request. The connection ends after it.
    mutating func reject(_ problem: RequestProblem) -> Performance {
        refuse(SessionAddress(request), problem.error, keepsAlive: false)
    }

    // MARK: Calls

    private mutating func call(_ address: SessionAddress, _ endpoint: Endpoint) -> Performance {
        var body = try? JSONValue.parse(request.body)
        if let azure { body = azure.named(body) }
        let model = body?["model"]?.string.map(ModelAddress.init)
        if let model, model.session != nil { body = body?.replacing("model", with: .string(model.model)) }
        let session = sessions.session(named: address.sessionName(model: model), now: now)
        let (known, models) = session.standing(wallTime: unixTime, now: now)
        let fingerprint = Fingerprint.of(request)

        let checked: Call
        do throws(APIError) {
            try admit(endpoint, to: known, model: model?.model)
            let memory = memory(endpoint, body, session)
            let call = try Draft(endpoint, body: body, models: models).passing(
                try Validation.wanted(by: request, in: known)
            ) { (draft) throws(APIError) in
                try Call.check(endpoint, body: draft.body, models: draft.models, memory: memory)
            }
            checked = try documented(call, endpoint, in: known)
        } catch {
            let error = closed(error, model?.model, models)
            return condemned(error, session, known, endpoint, fingerprint, model: model?.model)
        }
        let view = CallView(
            endpoint: endpoint, model: model?.model ?? "", headers: request.headers, body: body ?? .null,
            digest: checked.digest)
        let (tokens, family) = (checked.estimatedTokens, checked.family)
        let (world, commitment, digest) = commit(view, address, session, known) {
            [now, caller] state, world, candidates, digest in
            state.commit(
                candidates, scenario: world.scenario, fingerprint: fingerprint, family: family, tokens: tokens,
                digest: digest, caller: caller, now: now)
        }
        return serve(.call(checked), view, in: session, world, commitment, digest, model: model?.model)
    }

    /// Who asks for examples holds them against the document.
    private func documented(_ call: Call, _ endpoint: Endpoint, in world: World) throws(APIError) -> Call {
        guard endpoint == .embeddings || endpoint == .completions else { return call }
        return try Validation.wanted(by: request, in: world) == .examples ? call.asDocumented : call
    }

    /// An operation on what the session holds. Scripts that name its endpoint come first.
    private mutating func object(
        _ address: SessionAddress, _ endpoint: Endpoint, _ parameters: [String: String]
    ) -> Performance {
        var body = request.body.isEmpty ? .none : try? JSONValue.parse(request.body)
        if let azure { body = azure.named(body) }
        let model = body?["model"]?.string.map(ModelAddress.init)
        if let model, model.session != nil { body = body?.replacing("model", with: .string(model.model)) }
        let session = sessions.session(named: address.sessionName(model: model), now: now)
        let known = session.world
        var fingerprint = Fingerprint.of(request)
        let validation: Validation
        var intake: FormIntake?
        var form: Form?
        do throws(APIError) {
            intake = try formIntake(endpoint)
            if let intake { fingerprint ^= UInt64(bitPattern: Int64(intake.fingerprint)) }
            try admit(endpoint, to: known, model: nil)
            validation = try Validation.wanted(by: request, in: known)
            form = try intake?.form()
            if let form { body = .object(form.fields) }
        } catch {
            intake?.abandon()
            return condemned(error, session, known, endpoint, fingerprint, model: nil)
        }
        let view = CallView(
            endpoint: endpoint, model: "", headers: request.headers, body: body ?? .null, digest: CallDigest())
        let (world, commitment, digest) = commit(view, address, session, known) {
            [fingerprint, now] state, world, candidates, digest in
            state.commitObject(
                candidates, scenario: world.scenario, fingerprint: fingerprint, digest: digest, now: now)
        }
        let operation = ObjectOperation(
            endpoint: endpoint, parameters: parameters, query: QueryItems(target: request.target), body: body,
            hasBody: !request.body.isEmpty, form: form, session: session, now: now, validation: validation,
            caller: caller, batches: batches)
        // Files that the operation has not kept are not wanted.
        defer { intake?.abandon() }
        return serve(.object(operation), view, in: session, world, commitment, digest, model: nil)
    }

    /// What has taken the form, or takes it now where it came as a body like any other; nil where no form came.
    private func formIntake(_ endpoint: Endpoint) throws(APIError) -> FormIntake? {
        if let intake = request.intake as? FormIntake { return intake }
        guard let limit = endpoint.longestForm, let contentType = request.headers["content-type"],
            contentType.lowercased().hasPrefix("multipart/")
        else { return nil }
        let intake = try FormIntake(contentType: contentType, limit: limit, store: sessions.store)
        intake.receive(request.body)
        return intake
    }

    /// Only what asks for the state of a session takes its lock once more.
    private func memory(_ endpoint: Endpoint, _ body: JSONValue?, _ session: Session) -> ResponsesMemory {
        guard endpoint == .responses else { return ResponsesMemory() }
        return session.recall(ResponsesMemory.Wanted(body), now: now)
    }

    private mutating func serve(
        _ ask: Ask, _ view: CallView, in session: Session, _ world: World, _ commitment: SessionState.Commitment,
        _ digest: UInt64, model: String?
    ) -> Performance {
        let wallTime = unixTime
        unixTime = commitment.clock.unixTime(wallTime, at: now)
        var context = context(session, commitment.number, view.endpoint, rateLimits: commitment.rateLimits)
        let serving = Serving(
            world: world, view: view, ask: ask, session: session, commitment: commitment, digest: digest,
            azure: azure, requested: requested)
        var order = serving.order(context: &context, wallTime: wallTime)
        if !order.isPlain, let download = context.download {
            // Faults strike bytes that are there.
            order.answer.body = Self.content(download, in: session.store)
            context.download = nil
        }
        if let kept = context.kept {
            let moment = commitment.clock.time(at: now)
            session.adjust { [plan = context.background] in $0.objects.keep(kept, plan: plan, at: moment) }
        }
        if let completion = context.storedCompletion {
            session.adjust { $0.objects.completions[completion.id] = completion }
        }
        var performance = play(
            order, in: session, number: commitment.number, endpoint: view.endpoint.rawValue, model: model,
            attempt: commitment.attempt, tags: Exchange.Tag.all(in: view.body))
        if let download = context.download, request.method != "HEAD" {
            performance.feed = Download(StoredBytes(download), in: session.store)
        }
        if let id = context.streamed {
            performance.isRevoked = { session.adjust { $0.objects.responses[id]?.cancelled != nil } }
        }
        return performance
    }

    private static func content(_ places: [(place: Int64, count: Int)], in store: any ObjectStore) -> Answer.Body {
        var reader = ByteReader(StoredBytes(places), in: store)
        // Where the store fails, the body is short of its announced length, as it is where it follows from there.
        return .whole((try? reader.rest()) ?? [])
    }

    /// Matching is done outside the session's lock, and again where the session was given another scenario meanwhile.
    private func commit(
        _ view: CallView, _ address: SessionAddress, _ session: Session, _ known: World,
        _ change: @Sendable (inout SessionState, World, [Candidate], UInt64) -> SessionState.Commitment
    ) -> (World, SessionState.Commitment, digest: UInt64) {
        var world = known
        while true {
            let candidates = world.scenario.match(view)
            let digest = world.hasDice ? Fingerprint.digest(of: request, path: address.path) : 0
            let commitment = session.mutate(in: world, now: now) { [world] in change(&$0, world, candidates, digest) }
            if let commitment { return (world, commitment, digest) }
            world = session.world
        }
    }

    // MARK: Refusals

    /// Finds out who asks, and whether they may.
    /// - Throws: the API's 401 or 403.
    private mutating func admit(_ endpoint: Endpoint, to world: World, model: String?) throws(APIError) {
        let accounts = world.scenario.accounts
        caller = try Caller(of: request, for: endpoint, in: accounts)
        guard let accounts, let model, let row = world.models[model] else { return }
        guard accounts.allow(model, of: row.family, for: caller) else {
            throw .noAccess(to: model, project: caller.project)
        }
    }

    /// To the checks, a model that is closed is one that they do not know.
    private func closed(_ error: APIError, _ model: String?, _ models: ModelTable) -> APIError {
        guard error.code == "model_not_found", let model else { return error }
        switch models.closure(of: model) {
        case .shutDown: return .shutDown(model)
        case .noAccess: return .noAccess(to: model, project: caller.project)
        case nil: return error
        }
    }

    /// A call that its key, its model or its own parameters condemned gets the API's error; scripts do not advance. Only one with
    /// wrong parameters has come as far as the limits: recorded, it costs a request and its error reports them.
    private mutating func condemned(
        _ error: APIError, _ session: Session, _ world: World, _ endpoint: Endpoint, _ fingerprint: UInt64,
        model: String?
    ) -> Performance {
        let isCharged = endpoint.kind == .model && error.status == 400
        let family = isCharged ? model.flatMap { world.models[$0]?.family } : nil
        let refused = session.mutate(now: now) { [caller] state in
            state.commitRefused(fingerprint: fingerprint, family: family, caller: caller, now: now)
        }
        unixTime = refused.clock.unixTime(unixTime, at: now)
        var context = context(session, refused.number, endpoint, rateLimits: refused.rateLimits)
        var answer = error.answer(context: &context)
        if let azure { answer = azure.spoken(answer, to: endpoint, context: &context) }
        return play(
            Order(answer), in: session, number: refused.number, endpoint: endpoint.rawValue, model: model,
            attempt: refused.attempt)
    }

    // MARK: What is in the document alone

    /// An operation without an emulation. No script is about it, and nothing stands behind its answer.
    private mutating func generic(_ address: SessionAddress, else error: APIError) -> Performance {
        switch document?.route(method: request.method, path: address.path) {
        case nil: return refuse(address, error)
        case .wrongMethod: return refuse(address, Router.wrong(request.method, address.path))
        case .operation(let operation, let parameters):
            guard Credentials.isPresent(in: request) else { return refuse(address, Credentials.missing) }
            let session = sessions.session(named: address.sessionName(model: nil), now: now)
            do throws(APIError) {
                caller = try Caller(of: request, for: nil, in: session.world.scenario.accounts)
            } catch {
                return refuse(address, error)
            }
            let isStream = (try? JSONValue.parse(request.body))?["stream"] == true
            return auxiliary(address, operation: operation.id, isAuxiliary: false) {
                operation.answer(parameters: parameters, isStream: isStream, context: &$0)
            }
        }
    }

    // MARK: What is no call

    /// - Parameter model: the one that is asked for; nil for all of them.
    private mutating func list(_ address: SessionAddress, _ endpoint: Endpoint, model: String?) -> Performance {
        let session = sessions.session(named: address.sessionName(model: nil), now: now)
        let (world, known) = session.standing(wallTime: unixTime, now: now)
        let models: ModelTable
        do throws(APIError) {
            try admit(endpoint, to: world, model: nil)
            let validation = try Validation.wanted(by: request, in: world)
            models = world.open(known, to: caller).known(in: validation, model: model)
        } catch {
            return condemned(error, session, world, endpoint, Fingerprint.of(request), model: nil)
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
        _ address: SessionAddress, endpoint: Endpoint? = nil, operation: String? = nil, isAuxiliary: Bool = true,
        keepsAlive: Bool = true,
        _ answer: (inout AnswerContext) -> Answer
    ) -> Performance {
        let session = sessions.session(named: address.sessionName(model: nil), now: now)
        let (number, clock) = session.mutate(now: now) { ($0.number(), $0.clock) }
        unixTime = clock.unixTime(unixTime, at: now)
        var context = context(session, number, endpoint, rateLimits: nil)
        var order = Order(answer(&context))
        if let azure { order.answer = azure.spoken(order.answer, to: endpoint, context: &context) }
        return play(
            order, in: session, number: number, endpoint: endpoint?.rawValue ?? operation, isAuxiliary: isAuxiliary,
            keepsAlive: keepsAlive)
    }

    // MARK: The last step

    private func context(
        _ session: Session, _ number: Int, _ endpoint: Endpoint?, rateLimits: RateLimitReading?
    ) -> AnswerContext {
        // Drawn once, so that neighbouring exchanges do not share stretches of one sequence.
        var seeds = IDMint(seed: session.seed ^ UInt64(number))
        var context = AnswerContext(
            ids: IDMint(seed: seeds.next()), created: unixTime, organization: caller.organization,
            project: caller.project, rateLimits: rateLimits)
        let isOfResponses = endpoint?.isOfResponses ?? false
        context.exposesRequestID = !isOfResponses
        context.errorsReportLimits = !isOfResponses
        return context
    }

    private func play(
        _ order: Order, in session: Session, number: Int, endpoint: String?, model: String? = nil, attempt: Int = 1,
        tags: [Exchange.Tag] = [],
        isAuxiliary: Bool = false, keepsAlive: Bool = true
    ) -> Performance {
        var order = order
        if let requested, order.faults.isEmpty {
            // An answer that no step has given: a refusal, a list.
            order.faults = requested
            order.missed = PayloadFaults.apply(
                requested, to: &order.answer, endpoint: endpoint.flatMap(Endpoint.init(rawValue:)) ?? .chatCompletions)
            order.missed.merge(MeaningOrder(requested)?.missed ?? [:]) { first, _ in first }
        }
        let composition = Composition(
            answer: order.answer, faults: order.faults, pace: order.pace,
            connection: Composition.Connection(
                minorVersion: request.minorVersion, keepsAlive: keepsAlive && Persistence.isWanted(by: request),
                isHead: request.method == "HEAD"),
            date: HTTPDate.text(unixSeconds: unixTime))
        let (script, missed) = composition.compose()
        var decision = Exchange.Decision(
            endpoint: endpoint, model: model, status: order.answer.status, step: order.step, attempt: attempt,
            unmatched: order.unmatched,
            isAuxiliary: isAuxiliary, faults: order.faults.map(\.description))
        decision.chaos = order.chaos
        decision.hint = order.hint
        decision.requestID = order.answer.headers["x-request-id"]
        decision.usage = order.answer.usage
        decision.tags = tags
        var request = request
        request.intake = nil
        var exchange = Exchange(
            number: number, session: session.name, connection: connection, request: original ?? request,
            decision: decision,
            marbles: order.isPlain ? "" : script.marbles)
        for (index, reason) in missed.merging(order.missed, uniquingKeysWith: { first, _ in first }) {
            exchange.timeline.stamp(.faultMissed(index, reason: reason), at: now)
        }
        session.begin(exchange, decidedAt: now)
        var performance = Performance(script: script, exchange: exchange)
        // What is written at once waits for nothing.
        if script.steps.count > 2 || !order.isPlain { performance.clock = SessionScriptClock(session) }
        return performance
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
    /// What the client is told to wait.
    var hint: Exchange.Hint?
    /// What was drawn for the call.
    var chaos: Exchange.Drawn?
    /// Payload faults that could not take effect.
    var missed: [Int: String] = [:]

    init(_ answer: Answer) { self.answer = answer }

    var isPlain: Bool { faults.isEmpty && pace == .none }
}
