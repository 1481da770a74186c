import SparringAPI
import SparringExchange
import SparringJSON
import SparringScenario
import SparringWire

/// Requests that a source answers. The scenario charges them, refuses or answers some of them, and applies faults to
/// the rest.
extension RequestPipeline {
    mutating func sourced(by source: any AnswerSource, _ address: RequestAddress) -> PlannedExchange {
        if let message { return answer(message, address) }
        if WebSocketUpgrade.isAsked(by: request), let endpoint = SourcedSocket.endpoint(of: address.path) {
            return handshake(by: source, address, endpoint)
        }
        let session = sessions.session(named: address.sessionName(model: nil), now: now)
        guard case .endpoint(let endpoint, _) = Router.route(method: request.method, path: address.path),
            endpoint.kind != .catalogue
        else { return generic(from: source, address, in: session) ?? unscripted(source, session) }
        let (known, models) = session.standing(wallTime: unixTime, now: now)
        // The body is parsed only if rules can match it.
        let isScripted = known.isScripted
        let body: JSONValue? = isScripted && !request.body.isEmpty ? try? JSONValue.parse(request.body) : .none
        let model = body?["model"]?.string
        let fingerprint =
            request.upload == nil ? Fingerprint.of(request) : Fingerprint.ofUpload(connection: connection, now)
        do throws(APIError) {
            try admit(endpoint, to: known, model: model)
        } catch {
            return condemned(
                error, in: session, known, endpoint: endpoint, fingerprint: fingerprint, model: model)
        }
        // An invalid or unknown request is parsed as far as possible, because the source decides whether to answer it.
        let call =
            isScripted && endpoint.kind == .model
            ? try? LenientRequest(endpoint, body: body, models: models).call(.lenient) : nil
        let view = CallView(
            endpoint: endpoint, model: model ?? "", headers: request.headers, body: body ?? .null,
            digest: call?.digest ?? CallDigest())
        let charge = CommitRequest.Charge(
            family: call?.model.family ?? models[model ?? ""]?.family ?? model ?? "",
            tokens: call?.estimatedTokens ?? 0,
            caller: caller)
        let external = ExternalRequest(
            source: source, request: request, connection: connection, now: now, call: call)
        let checked = checked(
            .external(external), view, in: session, known,
            commit: endpoint.kind == .model
                ? .call(fingerprint: fingerprint, charge: charge) : .object(fingerprint: fingerprint))
        return serve(checked, path: address.path, model: model)
    }

    /// Requests that no rule can match.
    func unscripted(_ source: any AnswerSource, _ session: Session) -> PlannedExchange {
        let number = session.mutate(now: now) { $0.number() }
        let external = ExternalRequest(
            source: source, request: request, connection: connection, now: now, call: nil
        ).fetch(headers: [:])
        let order = PlannedAnswer(external.answer)
        order.faults = (requested ?? []).ordered()
        return perform(
            external, in: session, number: number, order, attempt: 1, obstacle: "faults need a call or object")
    }

    /// Sends the source's answer unchanged.
    func perform(
        _ external: ExternalAnswer, in session: Session, _ commitment: SessionState.Commitment, _ order: PlannedAnswer
    ) -> PlannedExchange {
        perform(
            external, in: session, number: commitment.number, order, attempt: commitment.attempt,
            obstacle: external.obstacle)
    }

    private func perform(
        _ external: ExternalAnswer, in session: Session, number: Int, _ order: PlannedAnswer, attempt: Int,
        obstacle: String?
    ) -> PlannedExchange {
        var performance = external.sourced.performance
        performance.exchange.number = number
        performance.exchange.session = session.name
        performance.exchange.decision.attempt = attempt
        performance.exchange.decision.faults = order.faults.map(\.fault.description)
        performance.exchange.decision.chaos = order.chaos
        if let obstacle {
            for ordered in order.faults {
                performance.exchange.timeline.stamp(.faultMissed(ordered.id, reason: obstacle), at: now)
            }
        }
        session.begin(performance.exchange, decidedAt: now)
        return performance
    }
}

extension PlannedAnswer {
    /// Uses the source's pace, except if the scenario orders another one.
    func takePace(of external: ExternalAnswer) {
        if pace == .none { pace = external.pace } else { answer.forgetPauses() }
    }
}

extension ScenarioContext {
    /// True if the answer may depend on the content of the request.
    var isScripted: Bool {
        !scenario.rules.isEmpty || scenario.hasLimits || scenario.chaos != nil || hasPace
    }
}

extension Scenario {
    var hasLimits: Bool { limits != nil || accounts != nil }
}

extension Answer {
    /// Removes the recorded pauses, because another pace applies.
    fileprivate mutating func forgetPauses() {
        guard case .events(var events) = body else { return }
        for index in events.indices { events[index].pause = .zero }
        body = .events(events)
    }
}
