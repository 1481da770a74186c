import SparringAPI
import SparringExchange
import SparringJSON
import SparringScenario
import SparringWire

/// Operations that only the OpenAPI document has. These operations go through the same stages as an emulated call.
extension RequestPipeline {
    /// The document for operations that are not emulated. The document that the program carries is read at its first
    /// use.
    private var document: OpenAPIDocument { givenDocument ?? .builtIn }

    /// - Parameter error: the API's error for a path that it does not have, or for a wrong method.
    mutating func generic(_ address: RequestAddress, else error: APIError) -> PlannedExchange {
        if address.path == Picture.path { return picture(address) }
        return switch document.route(method: request.method, path: address.path) {
        case nil: unserved(address, error)
        case .wrongMethod: refuse(address, Router.wrong(request.method, address.path))
        case .operation(let operation, let parameters): generic(address, operation, parameters)
        }
    }

    private mutating func generic(
        _ address: RequestAddress, _ operation: APIOperation, _ parameters: [String: String]
    ) -> PlannedExchange {
        guard Credentials.isPresent(in: request) else {
            return refuse(address, Credentials.missing, operation: operation.name)
        }
        let session = sessions.session(named: address.sessionName(model: nil), now: now)
        let world = session.world
        var intake: FormIntake?
        // Discards the files that the answer did not keep.
        defer { intake?.abandon() }
        let call: GenericCall
        do throws(APIError) {
            caller = try Caller(of: request, for: nil, in: world.scenario.accounts)
            intake = try genericForm()
            let form = try intake?.form()
            var body =
                form.map { .object($0.fields) } ?? (request.body.isEmpty ? nil : try? JSONValue.parse(request.body))
            dialect.translate(&body)
            call = GenericCall(
                operation: operation, document: document, method: request.method, path: address.path,
                parameters: parameters, query: QueryItems(target: request.target), body: body,
                hasBody: !request.body.isEmpty, form: form,
                session: session, now: now, validation: try Validation.wanted(by: request, in: world), caller: caller,
                servesRetired: servesRetired)
        } catch {
            return refuse(address, error, operation: operation.name)
        }
        let model = call.body?["model"]?.string
        let view = CallView(
            .generic(operation.name), model: model ?? "", headers: request.headers, body: call.body ?? .null,
            digest: CallDigest(isStream: call.isStream))
        let charge = CommitRequest.Charge(
            family: limited(operation, model: model, in: world), tokens: 0, images: images(operation, body: call.body),
            caller: caller)
        let fingerprint = intake.map { Fingerprint.of(request, $0) } ?? Fingerprint.of(request)
        return serve(
            checked(
                .generic(call), view, in: session, world, commit: .call(fingerprint: fingerprint, charge: charge)),
            path: address.path, model: model)
    }

    /// A source's answer to an operation that is not emulated; nil if the scenario cannot change the answer.
    mutating func generic(
        from source: any AnswerSource, _ address: RequestAddress, in session: Session
    ) -> PlannedExchange? {
        let world = session.world
        guard world.isScripted || requested != nil,
            case .operation(let operation, _) = document.route(method: request.method, path: address.path),
            operation.endpoint == nil
        else { return nil }
        do throws(APIError) {
            caller = try Caller(of: request, for: nil, in: world.scenario.accounts)
        } catch {
            return refuse(address, error, operation: operation.name)
        }
        let body: JSONValue? = request.body.isEmpty ? .none : try? JSONValue.parse(request.body)
        let model = body?["model"]?.string
        let view = CallView(
            .generic(operation.name), model: model ?? "", headers: request.headers, body: body ?? .null,
            digest: CallDigest(isStream: body?["stream"] == true))
        let charge = CommitRequest.Charge(
            family: limited(operation, model: model, in: world), tokens: 0,
            images: images(operation, body: body), caller: caller)
        let fingerprint =
            request.upload == nil ? Fingerprint.of(request) : Fingerprint.ofUpload(connection: connection, now)
        let external = ExternalRequest(
            source: source, request: request, connection: connection, now: now, call: nil)
        return serve(
            checked(
                .external(external), view, in: session, world,
                commit: .call(fingerprint: fingerprint, charge: charge)),
            path: address.path, model: model)
    }

    /// The family whose limits count the request: the model's family if the model has its own limits, else the
    /// operation's family.
    private func limited(_ operation: APIOperation, model: String?, in world: ScenarioContext) -> String {
        guard let model, let limits = world.scenario.limits else { return operation.family }
        let family = world.models[model]?.family ?? model
        return limits.models[family] == nil && limits.sharing[family] == nil ? operation.family : family
    }

    /// The number of images in a request. Absurdly large numbers count as a thousand, so that no bucket overflows.
    private func images(_ operation: APIOperation, body: JSONValue?) -> Int {
        guard operation.family == "images" else { return 0 }
        let count = body?["n"]
        return min(1_000, max(1, count?.int ?? count?.string.flatMap { Int($0) } ?? 1))
    }

    /// Reads a form that was received as an ordinary body; nil if there is no form.
    private func genericForm() throws(APIError) -> FormIntake? {
        guard let contentType = request.headers["content-type"], contentType.lowercased().hasPrefix("multipart/")
        else { return nil }
        let intake = try FormIntake(
            contentType: contentType, limit: request.body.count, hearsSound: false, store: sessions.store)
        intake.receive(request.body)
        return intake
    }

    /// Rejects an operation that the API has and the user's document lacks with Sparring's own error, and an unknown
    /// path with the API's 404 and a hint in the log.
    private mutating func unserved(_ address: RequestAddress, _ error: APIError) -> PlannedExchange {
        guard error.status == 404 else { return refuse(address, error) }
        let method = request.method
        if givenDocument != nil,
            case .operation(let operation, _) = OpenAPIDocument.builtIn.route(method: method, path: address.path)
        {
            return refuse(
                address, UnservedOperation.error(method, address.path, name: operation.name),
                unmatched: "\(operation.name): not in the document of --openapi")
        }
        let hint = UnservedOperation.hint(address.path) { path in
            if case .endpoint = Router.route(method: method, path: path) { return true }
            return OpenAPIDocument.builtIn.route(method: method, path: path) != nil
        }
        return refuse(address, error, warning: hint)
    }
}
