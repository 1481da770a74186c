import SparringAPI
import SparringExchange
import SparringJSON
import SparringScenario
import SparringWire

/// Calls of a model: checks, counts, matches and answers them.
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

        let checked: any CheckedCall
        // Lenient validation passes over what these checks refuse, and over nothing else.
        var isBeingChecked = false
        do throws(APIError) {
            try admit(endpoint, to: known, model: model?.model)
            if let problem { throw problem }
            isBeingChecked = true
            let call = try LenientRequest(endpoint, body: body, models: models).call(
                try Validation.wanted(by: request, in: known), memory: session.memory(endpoint, body, now: now))
            isBeingChecked = false
            if endpoint == .speech, !known.scenario.hasPlaceholderSpeech, let speech = call as? SpeechRequest {
                try speech.checkIsPlain()
            }
            checked = try documented(call, in: known)
        } catch {
            let error = closed(error, model?.model, models)
            return condemned(
                error, in: session, known, endpoint: endpoint, fingerprint: fingerprint, model: model?.model,
                passesLeniently: isBeingChecked && passesLeniently(endpoint, body, models: models, in: session, known))
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
        return serve(
            self.checked(
                .call(checked), view, in: session, known, commit: .call(fingerprint: fingerprint, charge: charge)),
            path: address.path, model: model?.model)
    }

    /// Whether lenient validation accepts a call that the session's strict validation refuses.
    private func passesLeniently(
        _ endpoint: Endpoint, _ body: JSONValue?, models: ModelTable, in session: Session, _ world: ScenarioContext
    ) -> Bool {
        guard (try? Validation.wanted(by: request, in: world)) == .strict else { return false }
        let call = try? LenientRequest(endpoint, body: body, models: models).call(
            .lenient, memory: session.memory(endpoint, body, now: now))
        return call != nil
    }

    /// Reads the form of an audio request. A body that is not a form counts as a form without fields, as in the API.
    private func heard(_ endpoint: Endpoint) -> (form: (fields: JSONObject, intake: FormIntake)?, problem: APIError?) {
        do throws(APIError) {
            guard let intake = try formIntake(endpoint) else { return (nil, .audioModelMissing) }
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

    /// Replaces "model not found" by the exact reason if the model is shut down or not allowed; the checks see such a
    /// model as unknown.
    private func closed(_ error: APIError, _ model: String?, _ models: ModelTable) -> APIError {
        guard error.code == "model_not_found", let model else { return error }
        switch models.closure(of: model) {
        case .shutDown: return .shutDown(model)
        case .noAccess: return .noAccess(to: model, project: caller.project)
        case nil: return error
        }
    }
}
