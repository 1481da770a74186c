import SparringAPI
import SparringExchange
import SparringJSON
import SparringScenario
import SparringWire

/// Requests that a source answers. The scenario charges them, refuses some, answers some itself, and has faults for the rest.
extension Desk {
    mutating func sourced(by source: any AnswerSource, _ address: SessionAddress) -> Performance {
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
            return condemned(error, session, known, endpoint, fingerprint, model: model)
        }
        let call = isScripted && endpoint.kind == .model ? Self.call(endpoint, body, models) : nil
        let view = CallView(
            endpoint: endpoint, model: model ?? "", headers: request.headers, body: body ?? .null,
            digest: call?.digest ?? CallDigest())
        let isModels = endpoint.kind == .model
        let (tokens, family) = (call?.estimatedTokens ?? 0, call?.family ?? models[model ?? ""]?.family ?? model ?? "")
        let (world, commitment, digest) = commit(view, address, session, known) {
            [now, caller] state, world, candidates, digest in
            isModels
                ? state.commit(
                    candidates, scenario: world.scenario, fingerprint: fingerprint, family: family, tokens: tokens,
                    digest: digest, caller: caller, now: now)
                : state.commitObject(
                    candidates, scenario: world.scenario, fingerprint: fingerprint, digest: digest, now: now)
        }
        let ticket = SourceTicket(source, request, connection, now, call: call)
        return serve(ticket, view, in: session, world, commitment, digest, model: model)
    }

    /// A request that the API may refuse, or may not know, is read as far as it can be: whether it is answered, the source knows.
    private static func call(_ endpoint: Endpoint, _ body: JSONValue?, _ models: ModelTable) -> Call? {
        try? Draft(endpoint, body: body, models: models).passing(.lenient) { (draft) throws(APIError) in
            try Call.check(endpoint, body: draft.body, models: draft.models)
        }
    }

    private mutating func serve(
        _ ticket: SourceTicket, _ view: CallView, in session: Session, _ world: World,
        _ commitment: SessionState.Commitment, _ digest: UInt64, model: String?
    ) -> Performance {
        let wallTime = unixTime
        unixTime = commitment.clock.unixTime(wallTime, at: now)
        var context = context(session, commitment.number, view.endpoint, rateLimits: commitment.rateLimits)
        if world.scenario.hasLimits, let reading = commitment.rateLimits {
            ticket.headers = StandardHeaders.fields(reading)
        }
        let serving = Serving(
            world: world, view: view, ask: .sourced(ticket), session: session, commitment: commitment, digest: digest,
            dialect: .own, requested: requested)
        var order = serving.order(context: &context, wallTime: wallTime)
        if let untouched = ticket.untouched(order) {
            return perform(
                untouched, in: session, number: commitment.number, order, attempt: commitment.attempt,
                obstacle: ticket.obstacle)
        }
        if ticket.given != nil {
            if order.pace == .none { order.pace = ticket.pace } else { order.answer.forgetPauses() }
        }
        return play(
            order, in: session, number: commitment.number, endpoint: view.endpoint.rawValue, model: model,
            attempt: commitment.attempt, tags: Exchange.Tag.all(in: view.body))
    }

    /// What no rule can be about.
    private func unscripted(_ source: any AnswerSource, _ session: Session) -> Performance {
        let number = session.mutate(now: now) { $0.number() }
        let ticket = SourceTicket(source, request, connection, now, call: nil)
        var order = Order(ticket.take())
        order.faults = requested ?? []
        guard let given = ticket.given else { preconditionFailure("a ticket that was taken has given something") }
        return perform(
            given, in: session, number: number, order, attempt: 1, obstacle: "faults strike calls and objects alone")
    }

    /// As it came from its source.
    private func perform(
        _ sourced: SourcedAnswer, in session: Session, number: Int, _ order: Order, attempt: Int,
        obstacle: String?
    ) -> Performance {
        var performance = sourced.performance
        performance.exchange.number = number
        performance.exchange.session = session.name
        performance.exchange.decision.attempt = attempt
        performance.exchange.decision.faults = order.faults.map(\.description)
        performance.exchange.decision.chaos = order.chaos
        if let obstacle {
            for index in order.faults.indices {
                performance.exchange.timeline.stamp(.faultMissed(index, reason: obstacle), at: now)
            }
        }
        session.begin(performance.exchange, decidedAt: now)
        return performance
    }
}

extension World {
    /// Whether anything depends on what a request says.
    var isScripted: Bool {
        !scenario.rules.isEmpty || scenario.hasLimits || scenario.accounts != nil || scenario.chaos != nil || hasPace
    }
}

extension Scenario {
    fileprivate var hasLimits: Bool { limits != nil || accounts != nil }
}

extension Answer {
    /// For a rhythm that goes before the recorded one.
    fileprivate mutating func forgetPauses() {
        guard case .events(var events) = body else { return }
        for index in events.indices { events[index].pause = .zero }
        body = .events(events)
    }
}
