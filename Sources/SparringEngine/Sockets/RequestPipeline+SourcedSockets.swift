import SparringAPI
import SparringExchange
import SparringJSON
import SparringScenario
import SparringWire

/// WebSockets that a source answers. As on an emulated socket, only rules that name `event: upgrade` apply to the handshake, and events
/// that call no model are answered only by rules that name these events.
extension RequestPipeline {
    /// - Parameter endpoint: the operation of the socket.
    mutating func handshake(
        by source: any AnswerSource, _ address: RequestAddress, _ endpoint: Endpoint
    ) -> PlannedExchange {
        // Faults in the URL or header apply to the answers on the socket.
        requested = nil
        let session = sessions.session(named: address.sessionName(model: nil), now: now)
        let known = session.world
        do throws(APIError) {
            try admit(endpoint, to: known, model: nil)
        } catch {
            return condemned(
                error, in: session, known, endpoint: endpoint, fingerprint: Fingerprint.of(request), model: nil)
        }
        guard known.scenario.rules.contains(where: { $0.condition?.namesEvent ?? false }) else {
            return unscripted(source, session)
        }
        let view = CallView(
            endpoint: endpoint, model: "", headers: request.headers, body: .null, digest: CallDigest(),
            event: CallView.upgrade)
        let external = ExternalRequest(
            source: source, request: request, connection: connection, now: now, call: nil, isOfSocket: true)
        return serve(
            checked(
                .external(external), view, in: session, known, commit: .object(fingerprint: Fingerprint.of(request))),
            path: address.path, model: nil)
    }

    /// Answers a message of the client, or begins a turn of the source.
    mutating func answer(_ message: SourcedMessage, _ address: RequestAddress) -> PlannedExchange {
        let session = sessions.session(named: address.sessionName(model: nil), now: now)
        // Faults of the handshake apply only to responses.
        if !message.isCall { requested = nil }
        guard let endpoint = message.endpoint, !message.turn.isOwn else { return unscripted(message, session) }
        let (known, models) = session.standing(wallTime: unixTime, now: now)
        let body = message.turn.body
        let model = endpoint == .realtime ? QueryItems(target: request.target)["model"] : body?["model"]?.string
        let fingerprint = Fingerprint.of(request)
        do throws(APIError) {
            try admit(endpoint, to: known, model: model)
        } catch {
            return condemned(error, in: session, known, endpoint: endpoint, fingerprint: fingerprint, model: model)
        }
        let call = known.isScripted ? message.call(models) : nil
        let view = CallView(
            endpoint: endpoint, model: model ?? "", headers: request.headers, body: body ?? .null,
            digest: call?.digest ?? CallDigest(), event: message.type ?? CallView.unnamed)
        let charge = CommitRequest.Charge(
            family: models[model ?? ""]?.family ?? model ?? "", tokens: call?.estimatedTokens ?? 0, caller: caller)
        let external = ExternalRequest(
            source: message, request: request, connection: connection, now: now, call: call,
            isOfSocket: !message.isCall)
        return serve(
            checked(
                .external(external), view, in: session, known,
                commit: message.isCall
                    ? .call(fingerprint: fingerprint, charge: charge) : .object(fingerprint: fingerprint)),
            path: address.path, model: model)
    }
}
