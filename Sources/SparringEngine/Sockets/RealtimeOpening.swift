import SparringAPI
import SparringExchange
import SparringJSON
import SparringScenario
import SparringWire

/// The handshake of a Realtime session.
///
/// Source: https://developers.openai.com/api/docs/guides/realtime-websocket. Close codes and the wording of the errors
/// were not compared with the API.
enum RealtimeOpening {
    /// A session ends after an hour.
    static let lifetime = Duration.seconds(3600)
    static let expired = SocketClose(1001, "Sparring: the session is an hour old")

    private static let limitReached = APIError(
        message: "Your session hit the maximum duration of 60 minutes.", code: "session_expired")

    /// The subprotocol that is followed by a key, for clients that cannot set header fields.
    private static let keyPrefix = "openai-insecure-api-key."

    /// Moves the key, organization and project from the subprotocols of a browser to the header fields of other clients.
    static func readProtocols(of request: inout Request) {
        for name in SocketHandshake.protocols(request.headers) {
            let fields = [
                (keyPrefix, "authorization", "Bearer "), ("openai-organization.", "openai-organization", ""),
                ("openai-project.", "openai-project", ""),
            ]
            for (prefix, field, scheme) in fields where name.hasPrefix(prefix) && request.headers[field] == nil {
                request.headers[field] = scheme + name.dropFirst(prefix.count)
            }
        }
    }

    /// The subprotocol to agree on. A subprotocol that contains a key is never sent back.
    static func agreed(_ headers: HeaderFields) -> String? {
        SocketHandshake.protocols(headers).first { $0 == "realtime" }
    }

    /// - Parameters:
    ///   - compression: the parameters to agree on; nil without compression.
    ///   - error: the error that ends the socket at once; nil for a socket that lives for an hour.
    ///   - state: the new session.
    static func answer(
        accept: String, subprotocol: String?, compression: SocketCompression?, error: APIError?,
        state: RealtimeState?, ids: inout IDMint
    ) -> Answer {
        var headers: HeaderFields = [
            "upgrade": "websocket", "connection": "Upgrade", "sec-websocket-accept": accept,
        ]
        headers["sec-websocket-protocol"] = subprotocol
        headers["sec-websocket-extensions"] = compression?.field
        if let error {
            return Answer(
                status: 101, headers: headers, body: .events([error.realtimeEvent(cause: nil, ids: &ids)]))
        }
        var events = RealtimeEvents(ids: ids)
        if let state { events.add("session.created", ["session": .object(state.settings)]) }
        ids = events.ids
        var limit = limitReached.realtimeEvent(cause: nil, ids: &ids)
        limit.pause = lifetime
        return Answer(status: 101, headers: headers, body: .events(events.events + [limit]))
    }
}

extension RequestPipeline {
    var isRealtime: Bool {
        let path = RequestAddress(request).path
        return path == "/v1/realtime" || path == Self.translationPath
    }

    /// Answers the handshake of a Realtime session. A wrong key is refused as in HTTP. With a wrong model, the socket opens and ends with
    /// an error, because clients report such an error better than an HTTP status.
    mutating func openRealtime(_ asked: RequestAddress) -> PlannedExchange {
        let accept: String
        do throws(SocketHandshake.Problem) {
            accept = try SocketHandshake.accept(method: request.method, version: request.version, request.headers)
        } catch {
            return refuse(asked, .handshake(error), endpoint: .realtime)
        }
        // The exchange shows the request as it was received.
        original = original ?? request
        RealtimeOpening.readProtocols(of: &request)
        guard Credentials.isPresent(in: request) else {
            return refuse(asked, Credentials.missing, endpoint: .realtime)
        }
        let query = QueryItems(target: request.target)
        let named = query["model"].map(ModelAddress.init)
        var address = RequestAddress(request)
        let (secret, owner) = secret(of: address, model: named)
        address.name = owner ?? address.sessionName(model: named)
        let session = sessions.session(named: address.sessionName(model: named), now: now)
        let (known, models) = session.standing(wallTime: unixTime, now: now)
        let time = session.unixTime(unixTime, at: now)
        if let key = secret?.key { request.headers["authorization"] = "Bearer \(key)" }
        do throws(APIError) {
            if let sent = Credentials.key(of: request), sent.hasPrefix("ek_") || secret != nil {
                guard let secret else { throw .incorrectKey(sent) }
                guard time < secret.expiresAt else { throw .expired(secret) }
            }
            try admit(.realtime, to: known, model: named?.model ?? secret?.settings["model"]?.string)
        } catch {
            return condemned(
                error, in: session, known, endpoint: .realtime, fingerprint: Fingerprint.of(request), model: nil)
        }
        requested = nil
        opensSocket = true
        compression = SocketCompression.agreed(request.headers)
        closing = RealtimeOpening.expired
        var ids = IDMint(seed: session.seed ^ FNV1a.hash("realtime") &+ session.adjust { $0.objects.nextSocket() })
        var problem: APIError?
        do throws(APIError) {
            opening = try opened(
                secret: secret, query: query, named, models, session: session.name, expiresAt: time + 3600, ids: &ids)
        } catch {
            problem = error
            closing = SocketClose(4000, "\(error.type).\(error.code ?? "error")")
        }
        let answer = RealtimeOpening.answer(
            accept: accept, subprotocol: RealtimeOpening.agreed(request.headers), compression: compression,
            error: problem, state: opening?.state, ids: &ids)
        let model = opening?.model.id ?? named?.model
        guard known.scenario.rules.contains(where: { $0.condition?.namesEvent ?? false }) else {
            return auxiliary(address, endpoint: .realtime, warning: opening?.warning) { _, _ in answer }
        }
        let view = CallView(
            endpoint: .realtime, model: model ?? "", headers: request.headers, body: .null, digest: CallDigest(),
            event: CallView.upgrade)
        return serve(
            checked(
                .upgrade(answer), view, in: session, known, commit: .object(fingerprint: Fingerprint.of(request)),
                warning: opening?.warning),
            path: address.path, model: model)
    }

    /// The client secret in the request, and the name of the session that has it.
    private func secret(of address: RequestAddress, model: ModelAddress?) -> (StoredSecret?, String?) {
        guard let key = Credentials.key(of: request), key.hasPrefix("ek_") else { return (nil, nil) }
        let own = sessions.existing(address.sessionName(model: model)).map { [$0] } ?? []
        // The socket and the secret come from different programs, so the secret may belong to any session.
        for session in own + (address.name == nil ? sessions.all : []) {
            if let found = session.adjust({ $0.objects.secrets.last { $0.value == key } }) {
                return (found, session.name)
            }
        }
        return (nil, nil)
    }

    /// The session that the handshake opens.
    /// - Throws: the error that the socket ends with.
    private func opened(
        secret: StoredSecret?, query: QueryItems, _ named: ModelAddress?, _ models: ModelTable, session: String,
        expiresAt: Int, ids: inout IDMint
    ) throws(APIError) -> RealtimeSettings {
        if request.headers["openai-beta"]?.contains("realtime=v1") ?? false { throw .betaIsOver }
        let translates = RequestAddress(request).path == Self.translationPath
        if let secret, secret.isOfTranslation != translates {
            let path = secret.isOfTranslation ? Self.translationPath : "/v1/realtime"
            throw APIError(
                message: "Sparring: this client secret opens sessions of \(path).", code: "sparring_unsupported")
        }
        if translates {
            return try openedTranslation(
                secret: secret, named, models, session: session, expiresAt: expiresAt, ids: &ids)
        }
        let isTranscription =
            query["intent"] == "transcription" || secret?.settings["type"]?.string == "transcription"
        let settings = secret.flatMap { $0.settings.isEmpty ? nil : $0.settings }
        if let settings { try RealtimeSessionShape.check(settings, isTranscription: isTranscription) }
        let wanted =
            named?.model ?? settings?["model"]?.string
            ?? (isTranscription
                ? settings?["audio"]?["input"]?["transcription"]?["model"]?.string ?? "gpt-4o-transcribe" : nil)
        guard let wanted, !wanted.isEmpty else { throw .missingModel }
        let answering = models.answering(wanted, at: .realtime)
        guard let model = answering.models[wanted] else { throw .unknownModel(wanted) }
        guard models[wanted] == nil || model.isRealtime(isTranscription: isTranscription) else {
            throw .notInRealtime(wanted)
        }
        let settled = RealtimeSession(
            model: wanted, isTranscription: isTranscription, expiresAt: expiresAt, settings: settings, ids: &ids)
        return RealtimeSettings(
            state: RealtimeState(session: settled, ids: &ids), model: model, session: session,
            authorization: request.headers["authorization"], warning: answering.warning)
    }
}

extension ModelInfo {
    /// Whether the API serves the model over Realtime.
    fileprivate func isRealtime(isTranscription: Bool) -> Bool {
        if isTranscription { return kind == .transcription || kind == .other }
        return kind == .other || id.contains("realtime") || id.hasPrefix("gpt-audio")
    }
}

extension APIError {
    fileprivate static func expired(_ secret: StoredSecret) -> APIError {
        APIError(
            status: 401, message: "Sparring: the client secret has expired (expires_at \(secret.expiresAt)).",
            code: "invalid_api_key")
    }

    static func unknownModel(_ name: String) -> APIError {
        APIError(
            message: "The model `\(name)` does not exist or you do not have access to it.", code: "model_not_found")
    }

    static func notInRealtime(_ name: String) -> APIError {
        APIError(
            message: "Model \"\(name)\" is not supported in realtime mode.", param: "model", code: "invalid_model")
    }

    static let missingModel = APIError(
        message: "You must provide a model parameter.", param: "model", code: "missing_model")

    fileprivate static let betaIsOver = APIError(
        message: "The Realtime Beta API is no longer supported. Please use /v1/realtime for the GA API.",
        code: "beta_api_shape_disabled")
}
