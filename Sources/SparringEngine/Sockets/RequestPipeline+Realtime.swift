import SparringAPI
import SparringExchange
import SparringJSON
import SparringScenario
import SparringWire

/// The events of a Realtime session.
extension RequestPipeline {
    /// Answers one event of a client.
    mutating func converse(_ address: RequestAddress, _ event: RealtimeTurn) -> PlannedExchange {
        var address = address
        address.name = event.session
        guard let type = event.type, event.error == nil else {
            return refuse(address, event.error ?? RealtimeState.notActive, endpoint: .realtime)
        }
        let session = sessions.session(named: event.session, now: now)
        let known = session.world
        do throws(APIError) {
            try admit(.realtime, to: known, model: event.model.id)
            let call: any CheckedCall
            switch type {
            case CallView.create: call = try event.call()
            case CallView.transcription:
                let models = session.standing(wallTime: unixTime, now: now).models
                guard let transcription = event.transcription(models) else { throw .itemIsGone }
                call = transcription
            default: return plain(address, event, of: type, in: session, known)
            }
            let view = view(event, type, call.digest)
            let charge = CommitRequest.Charge(
                family: call.model.family, tokens: call.estimatedTokens, caller: caller)
            return serve(
                checked(
                    .call(call), view, in: session, known,
                    commit: .call(fingerprint: Fingerprint.of(request), charge: charge)),
                path: address.path, model: call.model.id)
        } catch {
            return condemned(
                error, in: session, known, endpoint: .realtime, fingerprint: Fingerprint.of(request),
                model: event.model.id)
        }
    }

    private func view(_ event: RealtimeTurn, _ type: String, _ digest: CallDigest) -> CallView {
        CallView(
            endpoint: .realtime, model: event.model.id, headers: request.headers, body: .object(event.message),
            digest: digest, event: type)
    }

    /// Answers an event that calls no model. Only a rule that names such an event can change its answer. Faults that
    /// the handshake orders apply only to responses.
    private mutating func plain(
        _ address: RequestAddress, _ event: RealtimeTurn, of type: String, in session: Session,
        _ known: ScenarioContext
    ) -> PlannedExchange {
        requested = nil
        guard !known.scenario.rules.contains(where: { $0.condition?.namesEvent ?? false }) else {
            let view = view(event, type, CallDigest())
            return serve(
                checked(
                    .realtime(event), view, in: session, known,
                    commit: .object(fingerprint: Fingerprint.of(request))), path: address.path, model: event.model.id)
        }
        var problem: APIError?
        var trial = IDMint(seed: 0)
        do throws(APIError) { _ = try event.answer(&trial) } catch { problem = error }
        if let problem { return refuse(address, problem, endpoint: .realtime) }
        return auxiliary(address, endpoint: .realtime) { context, ids in
            do throws(APIError) {
                let rendered = try event.answer(&ids)
                event.take(rendered.effects)
                return rendered.answer
            } catch {
                return error.answer(context: context, ids: &ids)
            }
        }
    }
}

extension APIError {
    fileprivate static let itemIsGone = APIError(
        message: "Sparring: the item was deleted before its transcription began.", code: "sparring_unsupported")

    static let needsUpgrade = APIError(
        status: 426, message: "Sparring: /v1/realtime is a WebSocket; ask for it with `Upgrade: websocket`.",
        code: "sparring_unsupported", headers: ["upgrade": "websocket", "x-should-retry": "false"])
}
