import SparringAPI
import SparringExchange
import SparringJSON
import SparringScenario
import SparringWire

/// Requests that a source answers. The scenario charges them, refuses some, answers some itself, and has faults for the rest.
extension RequestPipeline {
    mutating func sourced(by source: any AnswerSource, _ address: RequestAddress) -> PlannedExchange {
        let session = sessions.session(named: address.sessionName(model: nil), now: now)
        guard case .endpoint(let endpoint, _) = Router.route(method: request.method, path: address.path),
            endpoint.kind != .catalogue
        else { return unscripted(source, session) }
        let (known, models) = session.standing(wallTime: unixTime, now: now)
        // Nobody looks into a request that no rule is about.
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
        // A request that the API may refuse, or may not know, is read as far as it can be: the source knows whether it is answered.
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

    /// What no rule can be about.
    private func unscripted(_ source: any AnswerSource, _ session: Session) -> PlannedExchange {
        let number = session.mutate(now: now) { $0.number() }
        let external = ExternalRequest(
            source: source, request: request, connection: connection, now: now, call: nil
        ).fetch(headers: [:])
        var order = PlannedAnswer(external.answer)
        order.faults = (requested ?? []).ordered()
        return perform(
            external, in: session, number: number, order, attempt: 1, obstacle: "faults strike calls and objects alone")
    }

    /// As it came from its source.
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
    /// The rhythm of what a source has given, where no other is ordered.
    mutating func takePace(of external: ExternalAnswer) {
        if pace == .none { pace = external.pace } else { answer.forgetPauses() }
    }
}

extension ScenarioContext {
    /// Whether anything depends on what a request says.
    var isScripted: Bool {
        !scenario.rules.isEmpty || scenario.hasLimits || scenario.chaos != nil || hasPace
    }
}

extension Scenario {
    var hasLimits: Bool { limits != nil || accounts != nil }
}

extension Answer {
    /// For a rhythm that goes before the recorded one.
    fileprivate mutating func forgetPauses() {
        guard case .events(var events) = body else { return }
        for index in events.indices { events[index].pause = .zero }
        body = .events(events)
    }
}
