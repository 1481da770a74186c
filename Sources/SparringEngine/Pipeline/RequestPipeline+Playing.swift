import SparringAPI
import SparringExchange
import SparringJSON
import SparringScenario
import SparringWire

/// The last step: turns a planned answer into a script and an exchange of the session.
extension RequestPipeline {
    func context(
        _ session: Session, _ number: Int, _ endpoint: Endpoint?, rateLimits: RateLimitReading?
    ) -> (AnswerInput, IDMint) {
        // One draw separates the seeds of neighbouring exchanges; otherwise they would share parts of one random
        // sequence.
        var seeds = IDMint(seed: session.seed ^ UInt64(number))
        var context = AnswerInput(
            created: unixTime, organization: caller.organization, project: caller.project, rateLimits: rateLimits)
        let isOfResponses = endpoint?.isOfResponses ?? false
        context.errorsReportLimits = !isOfResponses
        context.reportsUnstored = turn != nil
        context.passesProxy = endpoint?.passesProxy ?? false
        if endpoint?.makesImages == true {
            context.origin = request.headers["host"].map { "\(request.isSecure ? "https" : "http")://\($0)" }
        }
        return (context, IDMint(seed: seeds.next()))
    }

    func play(
        _ order: PlannedAnswer, in session: Session, number: Int, endpoint: String?, model: String? = nil,
        attempt: Int = 1,
        tags: [Exchange.Tag] = [],
        isAuxiliary: Bool = false, keepsAlive: Bool = true
    ) -> PlannedExchange {
        if let requested, order.faults.isEmpty {
            // The faults that the request orders also apply to errors and lists.
            order.faults = requested.ordered()
            PayloadFaults.apply(
                order.faults, to: &order.answer,
                endpoint: endpoint.flatMap(Endpoint.init(rawValue:)) ?? .chatCompletions, &order.outcomes)
            _ = PendingContentFaults(order.faults, &order.outcomes)
        }
        if let warning = order.warning { order.answer.headers["x-sparring-warning"] = Self.fieldValue(warning) }
        if let turns = sessions.turns { order.answer.headers["x-sparring-replica"] = turns.replica }
        turn?.carry(&order.answer)
        realtime?.carry(&order.answer)
        // The source's own messages already have the form that a socket needs.
        if order.external == nil { message?.carry(&order.answer, session: session.name) }
        var composition = Composition(
            answer: order.answer, faults: order.faults, pace: order.pace,
            connection: Composition.Connection(
                version: request.version, keepsAlive: keepsAlive && request.call.keepsAlive,
                isHead: request.method == "HEAD", carrier: carrier(of: order.answer)),
            date: HTTPDate.text(unixSeconds: unixTime))
        composition.connection.allowsCompression = compression != nil
        var decision = Exchange.Decision(
            endpoint: endpoint, model: model, status: order.answer.status, step: order.step, attempt: attempt,
            unmatched: order.unmatched,
            isAuxiliary: isAuxiliary,
            faults: (order.faults.map(\.fault) + request.struck.map(\.fault)).map(\.description))
        decision.chaos = order.chaos
        decision.warning = order.warning
        decision.hint = order.hint
        decision.refusal = order.refusal
        decision.requestID = order.answer.headers["x-request-id"]
        decision.usage = order.answer.usage
        decision.tags = tags
        decision.errorCode = order.answer.error
        if case .events = order.answer.body { decision.isStream = true }
        var asked = original ?? request
        asked.intake = nil
        let (script, hold) = compose(composition, &order.outcomes) {
            Exchange(
                number: number, session: session.name, connection: connection, request: asked, decision: decision)
        }
        var exchange = Exchange(
            number: number, session: session.name, connection: connection, request: asked,
            decision: decision,
            marbles: order.isPlain && hold == nil ? "" : script.marbles)
        for (id, reason) in order.outcomes.reasons {
            exchange.timeline.stamp(.faultMissed(id, reason: reason), at: now)
        }
        let struck = zip(request.struck, request.struck.map(\.fault).ordered(after: order.faults.count))
        for (struck, ordered) in struck {
            exchange.timeline.stamp(
                struck.missed.map { .faultMissed(ordered.id, reason: $0) } ?? .faultDelivered(ordered.id), at: now)
        }
        session.begin(exchange, decidedAt: now)
        let hasClock = script.steps.count > 2 || !order.isPlain
        var performance = PlannedExchange(script: script, exchange: consume exchange)
        performance.hold = hold
        // An answer that is written at once needs no clock.
        if hasClock { performance.clock = SessionScriptClock(session) }
        return performance
    }

    /// Composes an answer. If a breakpoint selects the answer, the script gets its hold.
    private func compose(
        _ composition: Composition, _ outcomes: inout FaultOutcomes, of exchange: () -> Exchange
    ) -> (WireScript, HeldAnswer?) {
        guard sessions.breakpoints.isSet else { return (composition.compose(&outcomes), nil) }
        let (exchange, breakpoints) = (exchange(), sessions.breakpoints)
        var composition = composition
        let breakpoint = breakpoints.first(wanting: exchange)
        composition.hold = breakpoint?.point
        var script = composition.compose(&outcomes)
        guard let breakpoint, script.isHeld else { return (script, nil) }
        let hold = breakpoints.claim(breakpoint, for: exchange)
        if hold == nil { script.steps.removeAll { $0 == .hold } }
        return (script, hold)
    }

    /// A rule may refuse the handshake of a WebSocket.
    private func carrier(of answer: Answer) -> Composition.Carrier {
        if realtime != nil, case .events(let events) = answer.body, events.last?.name == RealtimeTranslation.closed {
            return .lastFrames(SocketClose(1000, ""))
        }
        if turn != nil || realtime != nil || message != nil { return .frames }
        return opensSocket && answer.status == 101 ? .upgrade(closing ?? SocketOpening.expired) : .body
    }

    /// Replaces characters that are not visible ASCII or spaces, because a name from a client must not break the header field.
    private static func fieldValue(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { (0x20...0x7E).contains($0.value) ? $0 : "?" }))
    }
}
