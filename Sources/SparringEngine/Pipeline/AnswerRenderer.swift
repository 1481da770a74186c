import SparringAPI
import SparringExchange
import SparringJSON
import SparringScenario
import SparringWire

/// Turns what a session has committed itself to into an order: the answer of a step, a refusal of the account, a loud failure.
struct AnswerRenderer {
    let match: ScenarioMatch
    let view: CallView
    let ask: Operation
    let session: Session
    /// What the answer is translated into.
    let dialect: Dialect
    /// Ordered by the request itself; nil: it orders none.
    let requested: [Fault]?
    /// Unix seconds of the wall.
    let wallTime: Int

    /// As the session has it, and then as the step changes it.
    private var context: AnswerInput
    private var ids: IDMint
    /// Faults of meaning that the answer is to have; nil where there are none.
    private var meaning: PendingContentFaults?
    private var outcomes = FaultOutcomes()

    private var world: ScenarioContext { match.world }
    private var commitment: SessionState.Commitment { match.commitment }

    /// - Parameter checked: the request that was matched.
    init(_ checked: CheckedRequest, match: ScenarioMatch, context: AnswerInput, ids: IDMint) {
        self.match = match
        view = checked.view
        ask = checked.operation
        session = checked.session
        dialect = checked.dialect
        requested = checked.requested
        wallTime = checked.wallTime
        self.context = context
        self.ids = ids
    }

    /// Makes the order. An answer is made once: its ids are drawn by it.
    mutating func order() -> PlannedAnswer {
        let strike = strike
        let faults = faults(strike).ordered()
        if !faults.isEmpty { meaning = PendingContentFaults(faults, &outcomes) }
        var order = if let error = strike?.error { failure(error) } else { outcome() }
        order.chaos = strike.map { drawn($0) }
        order.pace = loaded(pace(order), order)
        if order.isInBackground { putInBackground(&order, context.background) }
        dialect.translate(&order.answer, to: view.endpoint, ids: &ids)
        order.faults = faults
        if !faults.isEmpty {
            PayloadFaults.apply(faults, to: &order.answer, endpoint: view.endpoint, &outcomes)
            order.outcomes = outcomes
        }
        return order
    }

    /// What is asked of the step that answers, where it is: a copy of one has a dozen reference counts.
    private func ofStep<Value>(_ read: (Step) -> Value) -> Value? {
        guard case .step(let rule, let step, _) = commitment.outcome else { return nil }
        return read(world.scenario.rules[rule].steps[step])
    }

    /// What chaos has for the call, where nothing nearer is ordered.
    private var strike: Chaos.RandomFault? {
        guard let chaos = world.scenario.chaos, requested == nil, commitment.faults.isEmpty,
            isOwnAnswer || ofStep({ $0.faults.isEmpty && !$0.answer.isSilence }) == true
        else { return nil }
        var rule: Int?
        if case .step(let index, _, _) = commitment.outcome { rule = index }
        return chaos.strike(
            Chaos.Throw(
                session: session.name, seed: session.seed, rule: rule, digest: match.digest,
                attempt: commitment.attempt,
                call: commitment.call, elapsed: commitment.elapsed, isStream: view.digest.isStream))
    }

    /// The step's own, or else the scenario's for the model; answers that no model has worked for come at once.
    private mutating func pace(_ order: PlannedAnswer) -> Pace {
        var pace = order.pace
        if pace == .none, world.hasPace, order.unmatched == nil, order.answer.status == 200, ask.speaker != nil,
            !order.isInBackground, ofStep({ !$0.answer.isSilence }) ?? true
        {
            let paces = world.scenario.paces
            pace = paces[view.model] ?? paces[world.models[view.model]?.family ?? ""] ?? world.scenario.pace
        }
        guard pace.firstShape != nil || pace.everyShape != nil else { return pace }
        return pace.drawn(seed: ids.next())
    }

    /// The same, as it is with so many others in the house. What no model has worked for leaves at once.
    private func loaded(_ pace: Pace, _ order: PlannedAnswer) -> Pace {
        guard let load = world.scenario.load, let time = commitment.loadedAt else { return pace }
        guard order.answer.status == 200, order.unmatched == nil else {
            session.adjust { [number = commitment.number] in $0.load.leave(number, at: time) }
            return pace
        }
        return session.adjust { [number = commitment.number, pieces = order.answer.pieces] in
            $0.load.book(number, load, pace: pace, pieces: pieces, at: time)
        }
    }

    private func drawn(_ strike: Chaos.RandomFault) -> Exchange.Drawn {
        Exchange.Drawn(
            strike: strike.words, digest: match.digest, call: commitment.call,
            source: strike.sourceText)
    }

    /// An error in place of the answer that a step would have given.
    private mutating func failure(_ error: ErrorAnswer) -> PlannedAnswer {
        var order = PlannedAnswer(self.error(error))
        order.hint = hint(error)
        if case .step(let rule, let step, _) = commitment.outcome { order.step = world.labels[rule][step] }
        return order
    }

    /// The nearest order wins: the request's own, the step's, the drawn, the scenario's. What the admin API has ordered comes on top.
    private func faults(_ strike: Chaos.RandomFault?) -> [Fault] {
        if let strike { return strike.faults }
        let ordered = ofStep(\.faults)
        var faults = requested ?? ordered ?? []
        // What fails loudly stays whole: its message is what matters.
        if requested == nil, faults.isEmpty, isOwnAnswer || ordered != nil { faults = world.scenario.faults }
        if ofStep(\.answer.isSilence) == true, !faults.contains(where: { $0.point == .start }) {
            faults.append(Fault(at: .start, .ending(.hang(nil))))
        }
        return commitment.faults.isEmpty ? faults : faults + commitment.faults
    }

    private mutating func outcome() -> PlannedAnswer {
        switch commitment.outcome {
        case .step(let rule, let step, let captures):
            var order = answer(world.scenario.rules[rule].steps[step], captures)
            order.step = world.labels[rule][step]
            return order
        case .refused(let refusal):
            var order = PlannedAnswer(self.refusal(refusal))
            order.hint = refusal.excess.map {
                Exchange.Hint(ordered: $0.wait / commitment.clock.scale, told: $0.wait)
            }
            return order
        case .overloaded:
            guard let full = world.scenario.load?.full else {
                return loudly("the session is given another load")
            }
            var order = PlannedAnswer(error(full))
            order.hint = hint(full)
            return order
        case .exhausted(let rule):
            let label = world.scenario.label(rule: rule)
            return loudly(
                "the steps of \(label) are used up; say `then: last` or `then: cycle` to go on",
                graded: "it comes after the last answer of the case")
        case .unmatched:
            if ask.isAnswered(otherwise: world.scenario.otherwise) {
                if let obstacle = ask.obstacle { return loudly(obstacle) }
                var order = PlannedAnswer(Answer(status: 200))
                answerItself(&order)
                return order
            }
            return loudly(world.scenario.whyUnmatched(view))
        }
    }

    /// The answer where no step gives one.
    private mutating func answerItself(_ order: inout PlannedAnswer) {
        switch ask {
        case .call(let call):
            speak(call.content, call, in: &order)
        case .object(let operation):
            do throws(APIError) {
                order.take(try operation.answer(context: context, ids: &ids, models: world.models))
            } catch {
                order.answer = error.answer(context: context, ids: &ids)
            }
        case .external(let external):
            let limits = world.scenario.hasLimits ? commitment.rateLimits : nil
            let answer = external.fetch(headers: limits.map { StandardHeaders.fields($0) } ?? [:])
            order.external = answer
            order.answer = answer.answer
        }
    }

    /// Lets the model say something, with the faults of meaning in it.
    private mutating func speak(_ content: Content?, _ call: any CheckedCall, in order: inout PlannedAnswer) {
        guard let meaning, var said = content else {
            return order.take(call.render(saying: content, context: context, ids: &ids))
        }
        let struck = meaning.apply(to: &said, ending: &context.ending, &outcomes)
        order.take(call.render(saying: said, context: context, ids: &ids))
        order.answer.faults += struck
    }

    /// Whether no step answers, and something does all the same.
    private var isOwnAnswer: Bool {
        if case .unmatched = commitment.outcome { ask.isAnswered(otherwise: world.scenario.otherwise) } else { false }
    }

    /// The client gets its ticket at once, and a stream in the rhythm of its plan; a pace
    /// of its own would contradict what a client that polls is told.
    private func putInBackground(_ order: inout PlannedAnswer, _ plan: BackgroundPlan) {
        defer { order.pace = .none }
        guard case .events(let events) = order.answer.body else { return }
        order.answer.body = .events(
            plan.schedule(events, after: nil, elapsed: .zero))
    }

    // MARK: A step's answer

    private mutating func answer(
        _ step: Step, _ captures: [String: String]
    ) -> PlannedAnswer {
        let values = TemplateValues(
            captures: captures, request: view.body, lastUser: view.digest.lastUser, session: session.name,
            attempt: commitment.attempt)
        var order = PlannedAnswer(Answer(status: 200))
        order.pace = step.pace
        if let background = step.background { context.background = background }
        if let ending = step.ending {
            // A job fails some time after it was made.
            guard ask.speaker != nil || view.endpoint == .fineTuningJobCreation else {
                return loudly("the step says how an answer ends, and \(view.endpoint.rawValue) has none")
            }
            context.ending = ending
        }
        context.reasoningTokens = step.reasoning
        switch step.answer {
        case .silence: return order
        case .raw(let raw):
            let body = raw.batchPrompts.map { UploadedLines(of: session, unixTime: context.created).fill(raw.body, $0) }
            order.answer = Answer(status: raw.status, headers: raw.headers, body: .whole(body ?? raw.body))
        case .error(let error):
            order.answer = self.error(error)
            order.hint = hint(error)
        case .auto:
            let objection = ask.speaker?.objection(to: nil, reasoning: step.reasoning, ending: step.ending)
            if let reason = objection ?? ask.obstacle { return loudly(reason) }
            answerItself(&order)
        case .items(let items):
            guard let request = ask.modelCall as? ResponsesRequest else {
                return loudly(
                    "the step scripts the items of a response, and \(view.endpoint.rawValue) has none")
            }
            order.take(request.render(giving: items.map { $0.render(values) }, context: context, ids: &ids))
        case .text, .tools, .refusal, .json:
            guard let call = ask.speaker else {
                return loudly(
                    "the step scripts what a model says, and \(view.endpoint.rawValue) says nothing")
            }
            let content = step.answer.content(values)
            if let objection = call.objection(to: content, reasoning: step.reasoning, ending: step.ending) {
                return loudly(objection)
            }
            speak(content, call, in: &order)
        case .batch(let plan):
            guard case .object(let operation) = ask, operation.endpoint == .batchCreation else {
                return loudly("the step scripts a batch, and \(view.endpoint.rawValue) makes none")
            }
            context.batch = plan
            answerItself(&order)
        case .moderation(let verdicts):
            guard let request = ask.modelCall as? ModerationsRequest else {
                return loudly("the step scripts a moderation, but the request is for \(view.endpoint.rawValue)")
            }
            order.answer = request.answer(saying: verdicts, context: context, ids: &ids)
        case .embeddings(let vectors):
            guard let request = ask.modelCall as? EmbeddingsRequest else {
                return loudly("the step scripts embeddings, but the request is for \(view.endpoint.rawValue)")
            }
            order.answer = request.answer(giving: vectors, context: context, ids: &ids)
        }
        for field in step.headers.fields { order.answer.headers[field.name] = field.value }
        return order
    }

    private func hint(_ error: ErrorAnswer) -> Exchange.Hint? {
        error.wait.map { Exchange.Hint(ordered: $0, told: $0 * commitment.clock.scale) }
    }

    private mutating func error(_ scripted: ErrorAnswer) -> Answer {
        let error = scripted.scaled(by: commitment.clock.scale)
        var parameters = parameters
        parameters.status = error.status
        parameters.type = error.type
        parameters.code = error.code
        parameters.param = error.param
        parameters.message = error.message
        parameters.wait = error.wait
        var answer = ErrorCatalogue.answer(named: error.name, parameters: parameters, context: context, ids: &ids)
        for field in error.retryHeaders(unixTime: wallTime).fields { answer.headers[field.name] = field.value }
        return answer
    }

    private var parameters: ErrorCatalogue.Parameters {
        ErrorCatalogue.Parameters(
            endpoint: view.endpoint, model: view.model, promptTokens: ask.promptTokens,
            contextWindow: world.models[view.model]?.contextWindow)
    }

    // MARK: Refusals

    private mutating func refusal(_ refusal: RateLimiter.Refusal) -> Answer {
        var parameters = parameters
        parameters.limit = refusal.limit
        parameters.requested = refusal.requested
        parameters.used = refusal.excess?.used
        parameters.wait = refusal.excess?.wait
        parameters.namesProject = refusal.isProjects
        var answer = ErrorCatalogue.answer(named: refusal.name, parameters: parameters, context: context, ids: &ids)
        if let wait = parameters.wait {
            for field in ErrorAnswer.RetryAfter.hints(for: wait).fields { answer.headers[field.name] = field.value }
        }
        return answer
    }

    /// 400 that no client retries, with a message that says what to change.
    /// - Parameters:
    ///   - reason: for the author of the scenario.
    ///   - graded: for the author of a client that is being graded, who did not write the scenario; nil for the usual words.
    private mutating func loudly(_ reason: String, graded: String? = nil) -> PlannedAnswer {
        let reason =
            world.scenario.isGraded ? graded ?? "the case has no answer for \(view.endpoint.rawValue)" : reason
        let error = APIError(
            message: "Sparring: no answer for this request: \(reason).", code: "sparring_unmatched",
            headers: ["x-should-retry": "false"])
        var order = PlannedAnswer(error.answer(context: context, ids: &ids))
        order.unmatched = reason
        return order
    }
}

extension RateLimiter.Refusal {
    /// In the catalogue of errors.
    fileprivate var name: String {
        switch kind {
        case .requestsPerMinute: "rate_limit_exceeded"
        case .requestsPerDay: "rate_limit_exceeded_per_day"
        case .tokensPerMinute: excess == nil ? "request_too_large" : "rate_limit_exceeded_tokens"
        }
    }
}

extension StepAnswer {
    /// What the model says; nil for answers that are not the model's.
    func content(_ values: TemplateValues) -> Content? {
        switch self {
        case .text(let text): .text(text.render(values))
        case .refusal(let text): .refusal(text.render(values))
        case .json(let document): .text(document.render(values).text())
        case .tools(let tools, let text):
            .toolCalls(
                tools.map { ToolCall(name: $0.name.render(values), arguments: $0.arguments.render(values).text()) },
                text: text?.render(values))
        case .items, .moderation, .embeddings, .batch, .error, .raw, .auto, .silence: nil
        }
    }
}
