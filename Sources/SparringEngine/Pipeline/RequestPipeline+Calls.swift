import SparringAPI
import SparringExchange
import SparringJSON
import SparringScenario
import SparringWire

/// Calls of a model: checked, counted, matched, answered.
extension RequestPipeline {
    mutating func call(_ address: RequestAddress, _ endpoint: Endpoint) -> PlannedExchange {
        let (form, problem) = endpoint.hearsSound ? heard(endpoint) : (nil, nil)
        var body = endpoint.hearsSound ? form.map { .object($0.fields) } : try? JSONValue.parse(request.body)
        dialect.translate(&body)
        let model = body?["model"]?.string.map(ModelAddress.init)
        if let model, model.session != nil { body = body?.replacing("model", with: .string(model.model)) }
        let session = sessions.session(named: address.sessionName(model: model), now: now)
        let (known, models) = session.standing(wallTime: unixTime, now: now)
        let fingerprint = form.map { Fingerprint.of(request, $0.intake) } ?? Fingerprint.of(request)

        let answering = models.answering(model?.model, at: endpoint, isDeployment: dialect.namesDeployments)
        let checked: any CheckedCall
        var closure: APIError?
        do throws(APIError) {
            try admit(endpoint, to: known, model: model?.model)
            if let problem { throw problem }
            let table = try admit(model?.model, answering.models, to: known)
            (checked, closure) = try check(endpoint, body, model?.model, table, known, session)
        } catch {
            let error = closed(error, model?.model, models)
            let warning = error.code == "model_not_found" ? answering.warning : nil
            return condemned(error, session, known, endpoint, fingerprint, model: model?.model, warning: warning)
        }
        if requested == nil, known.scenario.takesPromptFaults,
            let order = PromptPhrase.order(in: checked.digest.lastUser)
        {
            switch ScenarioLoader.answerFaults(in: order, errors: .api) {
            case .success(let faults): requested = faults
            case .failure(let mistakes): return refuse(address, .unknownFault(order, mistakes), endpoint: endpoint)
            }
        }
        let view = CallView(
            endpoint: endpoint, model: model?.model ?? "", headers: request.headers, body: body ?? .null,
            digest: checked.digest)
        let charge = CommitRequest.Charge(
            family: checked.model.family, tokens: checked.estimatedTokens, caller: caller)
        let commit: CommitRequest =
            closure == nil
            ? .call(fingerprint: fingerprint, charge: charge) : .closed(fingerprint: fingerprint, charge: charge)
        return serve(
            self.checked(
                .call(checked), view, in: session, known, commit: commit,
                warning: answering.warning ?? promptWarning(endpoint, body), closure: closure),
            path: address.path, model: model?.model)
    }

    /// Prompts that are kept with the API are not kept here.
    private func promptWarning(_ endpoint: Endpoint, _ body: JSONValue?) -> String? {
        guard endpoint == .responses, let id = body?["prompt"]?["id"]?.string else { return nil }
        return
            "Sparring has no prompt '\(id)': it adds no words to the request, and no model but \(ResponsesRequest.exampleModel(for: endpoint))"
    }

    /// - Parameter models: has a row for the model where Sparring answers for it.
    /// - Returns: the call, and the API's error where the model is the only thing wrong with it: a scripted error goes before that.
    private func check(
        _ endpoint: Endpoint, _ body: JSONValue?, _ model: String?, _ models: ModelTable, _ world: ScenarioContext,
        _ session: Session
    ) throws(APIError) -> (any CheckedCall, closure: APIError?) {
        func call(_ models: ModelTable) throws(APIError) -> any CheckedCall {
            let call = try LenientRequest(endpoint, body: body, models: models).call(
                try Validation.wanted(by: request, in: world), memory: session.memory(endpoint, body, now: now))
            if endpoint == .speech, !world.scenario.hasPlaceholderSpeech, let speech = call as? SpeechRequest {
                try speech.checkIsPlain()
            }
            return try documented(call, in: world)
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

    /// The models, where the caller's project may use the one that stands in for an unknown one.
    /// - Throws: the API's 403.
    private func admit(
        _ model: String?, _ models: ModelTable, to world: ScenarioContext
    ) throws(APIError) -> ModelTable {
        guard let accounts = world.scenario.accounts, let model, world.models[model] == nil, let row = models[model],
            !accounts.allow(model, of: row.family, for: caller)
        else { return models }
        throw .noAccess(to: model, project: caller.project)
    }

    /// A form whose file is listened to. What is no form has no fields: that is how the API reads it.
    private func heard(_ endpoint: Endpoint) -> (form: (fields: JSONObject, intake: FormIntake)?, problem: APIError?) {
        do throws(APIError) {
            guard let intake = try formIntake(endpoint) else { return (nil, .audioModelMissing) }
            return ((try intake.form().fields, intake), nil)
        } catch {
            return (nil, error)
        }
    }

    /// Who asks for examples holds them against the document.
    private func documented(_ call: any CheckedCall, in world: ScenarioContext) throws(APIError) -> any CheckedCall {
        guard let documented = call.asDocumented else { return call }
        return try Validation.wanted(by: request, in: world) == .examples ? documented : call
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
}
