import SparringAPI
import SparringExchange
import SparringJSON
import SparringScenario
import SparringWire

/// Calls of a model: checks, counts, matches and answers them.
extension RequestPipeline {
    mutating func call(_ address: RequestAddress, _ endpoint: Endpoint) -> PlannedExchange {
        let memo = CheckMemo.covers(endpoint) && turn == nil && !dialect.namesDeployments ? sessions.checks : nil
        let repeatable = memo.map { _ in Fingerprint.of(request) }
        if let memo, let repeatable, let finding = memo.finding(endpoint, request.body, fingerprint: repeatable),
            let session = session(repeating: finding, address)
        {
            return serve(finding, address, in: session, fingerprint: repeatable)
        }
        let (form, problem) = endpoint.callsByForm ? form(endpoint) : (nil, nil)
        // The files of a form are not kept.
        defer { form?.intake.abandon() }
        var body =
            endpoint.hearsSound || form != nil ? form.map { .object($0.fields) } : try? JSONValue.parse(request.body)
        dialect.translate(&body)
        let model = body?["model"]?.string.map(ModelAddress.init)
        if let model, model.session != nil { body = body?.replacing("model", with: .string(model.model)) }
        let session = sessions.session(named: address.sessionName(model: model), now: now)
        let (known, models) = session.standing(wallTime: unixTime, now: now)
        let fingerprint = repeatable ?? form.map { Fingerprint.of(request, $0.intake) } ?? Fingerprint.of(request)

        let answering = models.answering(model?.model, at: endpoint, isDeployment: dialect.namesDeployments)
        let finding: CheckMemo.Finding
        var closure: APIError?
        // Lenient validation accepts only requests that these checks refuse.
        var isBeingChecked = false
        do throws(APIError) {
            try admit(endpoint, to: known, model: model?.model)
            if let problem { throw problem }
            let table = try admit(model?.model, answering.models, to: known)
            isBeingChecked = true
            let validation = try Validation.wanted(by: request, in: known)
            let checked: any CheckedCall
            (checked, closure) = try check(
                endpoint, body, model: model?.model, models: table, validation: validation, in: session, known)
            finding = CheckMemo.Finding(
                checked, at: endpoint, bytes: request.body, body: body ?? .null, model: model, world: known,
                validation: validation, day: day, warning: answering.warning ?? promptWarning(endpoint, body))
        } catch {
            let error = closed(error, model?.model, models)
            return condemned(
                error, in: session, known, endpoint: endpoint, fingerprint: fingerprint, model: model?.model,
                passesLeniently: isBeingChecked
                    && passesLeniently(endpoint, body, models: answering.models, in: session, known),
                warning: error.code == "model_not_found" ? answering.warning : nil)
        }
        if let memo, closure == nil, session.steadyWorld === known { memo.remember(finding, fingerprint: fingerprint) }
        return serve(finding, address, in: session, fingerprint: fingerprint, closure: closure)
    }

    /// The session of a call with the same body as an earlier one; nil if the check of this call could have another
    /// result.
    private mutating func session(repeating finding: CheckMemo.Finding, _ address: RequestAddress) -> Session? {
        let session = sessions.session(named: address.sessionName(model: finding.model), now: now)
        guard session.steadyWorld === finding.world, finding.day == day,
            let validation = try? Validation.wanted(by: request, in: finding.world), validation == finding.validation,
            (try? admit(finding.endpoint, to: finding.world, model: finding.model?.model)) != nil
        else { return nil }
        return session
    }

    /// The day of the wall clock, in days since 1970.
    private var day: Int { unixTime / 86_400 }

    /// Answers a call that has passed its checks.
    ///
    /// - Parameter closure: the API's error if only the model is wrong.
    private mutating func serve(
        _ finding: CheckMemo.Finding, _ address: RequestAddress, in session: Session, fingerprint: UInt64,
        closure: APIError? = nil
    ) -> PlannedExchange {
        let (endpoint, call, world) = (finding.endpoint, finding.call, finding.world)
        if requested == nil, world.scenario.takesPromptFaults,
            let order = PromptPhrase.order(in: call.digest.lastUser)
        {
            switch ScenarioLoader.answerFaults(in: order, errors: .api) {
            case .success(let faults): requested = faults
            case .failure(let mistakes): return refuse(address, .unknownFault(order, mistakes), endpoint: endpoint)
            }
        }
        if turn?.generates == false, let warm = call as? ResponsesRequest {
            return warmUp(warm.withoutOutput, in: session)
        }
        let view = CallView(
            endpoint: endpoint, model: finding.model?.model ?? "", headers: request.headers, body: finding.body,
            digest: call.digest, event: turn?.event)
        let charge = charge(finding)
        let commit: CommitRequest =
            closure == nil
            ? .call(fingerprint: fingerprint, charge: charge) : .closed(fingerprint: fingerprint, charge: charge)
        return serve(
            checked(
                .call(call), view, in: session, world, commit: commit, warning: finding.warning, closure: closure),
            path: address.path, model: finding.model?.model)
    }

    /// The charge to the account. Images are charged by their number. Images count against the limits of their family, or of their model if
    /// the model has its own limits.
    private func charge(_ finding: CheckMemo.Finding) -> CommitRequest.Charge {
        let (call, family) = (finding.call, finding.family)
        guard finding.endpoint.makesImages, let request = call as? ImageRequest else {
            return CommitRequest.Charge(family: family, tokens: call.estimatedTokens, caller: caller)
        }
        let limits = finding.world.scenario.limits
        let hasOwn = limits.map { $0.models[family] != nil || $0.sharing[family] != nil } ?? false
        return CommitRequest.Charge(
            family: hasOwn ? family : finding.endpoint.family, tokens: call.estimatedTokens, images: request.count,
            caller: caller)
    }

    /// A warning about a stored prompt, which only the API has.
    private func promptWarning(_ endpoint: Endpoint, _ body: JSONValue?) -> String? {
        guard endpoint == .responses, let id = body?["prompt"]?["id"]?.string else { return nil }
        return
            "Sparring has no prompt '\(id)': this prompt adds no text to the request, and the default model is \(ResponsesRequest.exampleModel(for: endpoint))"
    }

    /// - Parameter models: the table of models, with a row for the requested model if Sparring answers for an unknown model.
    /// - Returns: the call, and the API's error if only the model is wrong. A scripted error takes precedence over this
    ///   error.
    private func check(
        _ endpoint: Endpoint, _ body: JSONValue?, model: String?, models: ModelTable, validation: Validation,
        in session: Session, _ world: ScenarioContext
    ) throws(APIError) -> (any CheckedCall, closure: APIError?) {
        func call(_ models: ModelTable) throws(APIError) -> any CheckedCall {
            try self.call(endpoint, body, models: models, validation: validation, in: session, world)
        }
        do throws(APIError) {
            return (try call(models), nil)
        } catch {
            guard !world.scenario.rules.isEmpty, let model, models[model] == nil,
                let call = try? call(models.hosting(models.guess(model, at: endpoint)))
            else { throw error }
            return (call, closed(error, model, models))
        }
    }

    private func call(
        _ endpoint: Endpoint, _ body: JSONValue?, models: ModelTable, validation: Validation, in session: Session,
        _ world: ScenarioContext
    ) throws(APIError) -> any CheckedCall {
        let memory = turn?.memory(of: session, body, now: now) ?? session.memory(endpoint, body, now: now)
        let call = try LenientRequest(endpoint, body: body, models: models).call(validation, memory: memory)
        if endpoint == .speech, !world.scenario.hasPlaceholderSpeech, let speech = call as? SpeechRequest {
            try speech.checkIsPlain()
        }
        return try documented(call, in: world)
    }

    /// Whether lenient validation accepts a call that the session's strict validation refuses.
    private func passesLeniently(
        _ endpoint: Endpoint, _ body: JSONValue?, models: ModelTable, in session: Session, _ world: ScenarioContext
    ) -> Bool {
        guard (try? Validation.wanted(by: request, in: world)) == .strict else { return false }
        return (try? call(endpoint, body, models: models, validation: .lenient, in: session, world)) != nil
    }

    /// The table of models, if the caller's project may use the model that replaces an unknown one.
    /// - Throws: the API's 403.
    private func admit(
        _ model: String?, _ models: ModelTable, to world: ScenarioContext
    ) throws(APIError) -> ModelTable {
        guard let accounts = world.scenario.accounts, let model, world.models[model] == nil, let row = models[model],
            !accounts.allow(model, of: row.family, for: caller)
        else { return models }
        throw .noAccess(to: model, project: caller.project)
    }

    /// Reads the form of a call. For audio, a body that is not a form counts as a form without fields, as in the API; a
    /// request for images may also be JSON.
    private func form(_ endpoint: Endpoint) -> (form: (fields: JSONObject, intake: FormIntake)?, problem: APIError?) {
        do throws(APIError) {
            guard let intake = try formIntake(endpoint) else {
                return (nil, endpoint.hearsSound ? .audioModelMissing : nil)
            }
            return ((try intake.form().fields, intake), nil)
        } catch {
            return (nil, error)
        }
    }

    /// In `examples` mode, the answer follows the OpenAPI document if the call supports that.
    private func documented(_ call: any CheckedCall, in world: ScenarioContext) throws(APIError) -> any CheckedCall {
        guard let documented = call.asDocumented else { return call }
        return try Validation.wanted(by: request, in: world) == .examples ? documented : call
    }

    /// Replaces "model not found" by the exact reason if the model is shut down or not allowed. To the checks, such a
    /// model is unknown.
    private func closed(_ error: APIError, _ model: String?, _ models: ModelTable) -> APIError {
        guard error.code == "model_not_found", let model else { return error }
        switch models.closure(of: model) {
        case .shutDown: return .shutDown(model)
        case .noAccess: return .noAccess(to: model, project: caller.project)
        case nil: return error
        }
    }
}
