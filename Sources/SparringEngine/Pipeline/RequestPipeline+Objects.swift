import SparringAPI
import SparringExchange
import SparringJSON
import SparringScenario
import SparringWire

/// Operations on the session's objects.
extension RequestPipeline {
    /// Answers an operation on the session's objects. Rules that name its endpoint take precedence.
    mutating func object(
        _ address: RequestAddress, _ endpoint: Endpoint, _ parameters: [String: String]
    ) -> PlannedExchange {
        var body = request.body.isEmpty ? .none : try? JSONValue.parse(request.body)
        dialect.translate(&body)
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
            if let intake { fingerprint = Fingerprint.of(request, intake) }
            try admit(endpoint, to: known, model: nil)
            validation = try Validation.wanted(by: request, in: known)
            form = try intake?.form()
            if let form { body = .object(form.fields) }
        } catch {
            intake?.abandon()
            return condemned(
                error, in: session, known, endpoint: endpoint, fingerprint: fingerprint, model: nil)
        }
        let view = CallView(
            endpoint: endpoint, model: "", headers: request.headers, body: body ?? .null, digest: CallDigest())
        let operation = ObjectOperation(
            endpoint: endpoint, parameters: parameters, query: QueryItems(target: request.target), body: body,
            hasBody: !request.body.isEmpty, form: form, session: session, now: now, validation: validation,
            caller: caller, authorization: request.headers["authorization"], batches: batches)
        // Discards the files that the operation did not keep.
        defer { intake?.abandon() }
        return serve(
            checked(.object(operation), view, in: session, known, commit: objectCommit(endpoint, fingerprint, known)),
            path: address.path, model: nil)
    }

    /// Operations on objects are charged only if the scenario limits their family.
    func objectCommit(_ endpoint: Endpoint, _ fingerprint: UInt64, _ world: ScenarioContext) -> CommitRequest {
        guard world.scenario.limits?.models[endpoint.family] != nil else { return .object(fingerprint: fingerprint) }
        return .object(
            fingerprint: fingerprint,
            charge: CommitRequest.Charge(family: endpoint.family, tokens: 0, caller: caller))
    }

    /// The form reader of the request, or a new one for a form that was received as an ordinary body; nil if there is
    /// no form.
    func formIntake(_ endpoint: Endpoint) throws(APIError) -> FormIntake? {
        if let intake = request.intake as? FormIntake { return intake }
        guard let limit = endpoint.longestForm, let contentType = request.headers["content-type"],
            contentType.lowercased().hasPrefix("multipart/")
        else { return nil }
        let intake = try FormIntake(
            contentType: contentType, limit: limit, hearsSound: endpoint.hearsSound, store: sessions.store)
        intake.receive(request.body)
        return intake
    }
}
