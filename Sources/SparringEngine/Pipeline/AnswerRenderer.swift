import SparringAPI
import SparringExchange
import SparringJSON
import SparringScenario
import SparringWire

/// Turns a session's commitment into the answer to send: the answer of a step, a refusal by a rate limit, or the error
/// for an unmatched request.
struct AnswerRenderer {
    let match: ScenarioMatch
    let view: CallView
    let ask: Operation
    let session: Session
    /// The dialect into which the answer is translated.
    let dialect: Dialect
    private let warning: String?
    private let closure: APIError?
    /// The faults that the request itself orders; nil if it orders no faults.
    let requested: [Fault]?
    /// Wall-clock time, in Unix seconds.
    let wallTime: Int
    private let now: Moment

    /// At first the session's values, later the values that the step has changed.
    var context: AnswerInput
    var ids: IDMint
    /// The faults of the layer `meaning` to apply; nil without such faults.
    private var meaning: PendingContentFaults?
    private var outcomes = FaultOutcomes()

    var world: ScenarioContext { match.world }
    var commitment: SessionState.Commitment { match.commitment }

    /// - Parameter checked: the request that was matched.
    init(_ checked: CheckedRequest, match: ScenarioMatch, context: AnswerInput, ids: IDMint) {
        self.match = match
        view = checked.view
        ask = checked.operation
        session = checked.session
        dialect = checked.dialect
        warning = checked.warning
        closure = checked.closure
        requested = checked.requested
        wallTime = checked.wallTime
        now = checked.now
        self.context = context
        self.ids = ids
    }

    /// Makes the planned answer. Call it only once, because it draws ids.
    mutating func order() -> PlannedAnswer {
        let strike = strike
        let faults = faults(strike).ordered()
        if !faults.isEmpty { meaning = PendingContentFaults(faults, &outcomes) }
        let order = if let error = strike?.error { failure(error) } else { outcome() }
        if let strike { order.chaos = drawn(strike) }
        order.warning = warning ?? order.warning
        // Two statements are used, because a single statement would copy the renderer before the pace is drawn.
        let pace = pace(order)
        order.pace = loaded(pace, order)
        if order.isInBackground { putInBackground(order, context.background) }
        dialect.translate(&order.answer, to: view.endpoint, ids: &ids)
        order.faults = faults
        if !faults.isEmpty {
            PayloadFaults.apply(faults, to: &order.answer, endpoint: view.endpoint ?? .chatCompletions, &outcomes)
            order.outcomes = outcomes
        }
        return order
    }

    /// Reads a value of the step in place: copying a step would touch a dozen reference counts. Nil if no step answers.
    private func ofStep<Value>(_ read: (Step) -> Value) -> Value? {
        guard case .step(let rule, let step, _) = commitment.outcome else { return nil }
        return read(world.scenario.rules[rule].steps[step])
    }

    /// The fault that chaos draws for the call, unless the request, the step or the admin API orders faults.
    private var strike: Chaos.RandomFault? {
        guard let chaos = world.scenario.chaos, requested == nil, !ask.isOfSocket, commitment.faults.isEmpty,
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

    /// The step's pace, or else the scenario's pace for the model. Errors and other answers without a model have no
    /// pace.
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

    /// The pace under the session's current load. Errors are never delayed.
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

    /// The drawn error, which replaces the step's answer.
    private mutating func failure(_ error: ErrorAnswer) -> PlannedAnswer {
        let order = PlannedAnswer(self.error(error))
        order.hint = hint(error)
        if case .step(let rule, let step, _) = commitment.outcome { order.step = world.labels[rule][step] }
        return order
    }

    /// The faults to apply. The faults come from the first of these that orders faults: the request, the step, chaos, the scenario. Faults
    /// from the admin API are added.
    private func faults(_ strike: Chaos.RandomFault?) -> [Fault] {
        if let strike { return strike.faults }
        let ordered = ofStep { $0.faults }
        var faults = requested ?? ordered ?? []
        // An unmatched-request error gets no scenario faults, because the client must be able to read its message.
        if requested == nil, faults.isEmpty, !ask.isOfSocket, isOwnAnswer || ordered != nil {
            faults = world.scenario.faults
        }
        if ofStep({ $0.answer.isSilence }) == true, !faults.contains(where: { $0.point == .start }) {
            faults.append(Fault(at: .start, .ending(.hang(nil))))
        }
        return commitment.faults.isEmpty ? faults : faults + commitment.faults
    }

    private mutating func outcome() -> PlannedAnswer {
        switch commitment.outcome {
        case .step(let rule, let step, let captures):
            let order = answer(world.scenario.rules[rule].steps[step], captures)
            order.step = world.labels[rule][step]
            return order
        case .refused(let refusal):
            let order = PlannedAnswer(self.refusal(refusal))
            order.hint = refusal.excess.map {
                Exchange.Hint(ordered: $0.wait / commitment.clock.scale, told: $0.wait)
            }
            return order
        case .overloaded:
            guard let full = world.scenario.load?.full else {
                return loudly("the session's scenario was replaced while this call waited")
            }
            let order = PlannedAnswer(error(full))
            order.hint = hint(full)
            return order
        case .closed:
            guard let closure else { return loudly("the session's scenario was replaced while this call waited") }
            return PlannedAnswer(closure.answer(context: context, ids: &ids))
        case .exhausted(let rule):
            let label = world.scenario.label(rule: rule)
            return loudly(
                "the steps of \(label) are used up; add `then: last` or `then: cycle` to answer more calls",
                graded: "it comes after the last answer of the case")
        case .unmatched:
            if answersUnmatched {
                if let obstacle = ask.obstacle { return loudly(obstacle) }
                let order = PlannedAnswer(Answer(status: 200))
                answerItself(order)
                return order
            }
            return loudly(world.scenario.whyUnmatched(view))
        }
    }

    /// Makes the answer if no step gives its content: by emulation, or by the source of an external request.
    private mutating func answerItself(_ order: PlannedAnswer) {
        switch ask {
        case .call(let call):
            if view.endpoint == .responses, let request = call as? ResponsesRequest, let tool = request.hostedTool {
                return use(tool, for: request, in: order)
            }
            speak(call.content, call, in: order)
        case .object(let operation):
            do throws(APIError) {
                order.take(try operation.answer(context: context, ids: &ids, models: world.models))
            } catch {
                order.answer = error.answer(context: context, ids: &ids)
                order.refusal = Exchange.Refusal(error.message)
            }
        case .upgrade(let answer): order.answer = answer
        case .realtime(let event):
            do throws(APIError) {
                order.take(try event.answer(&ids))
            } catch {
                order.answer = error.answer(context: context, ids: &ids)
                order.refusal = Exchange.Refusal(error.message)
            }
        case .generic(let call):
            do throws(APIError) {
                order.take(try call.answer(context: context, ids: &ids))
            } catch {
                order.answer = error.answer(context: context, ids: &ids)
                order.refusal = Exchange.Refusal(error.message)
            }
        case .catalogue(let operation): order.answer = operation.answer(context: context, ids: &ids)
        case .external(let external):
            let limits = world.scenario.hasLimits ? commitment.rateLimits : nil
            let answer = external.fetch(headers: limits.map { StandardHeaders.fields($0) } ?? [:])
            order.external = answer
            order.answer = answer.answer
        }
    }

    /// Makes a call of one of the API's own tools.
    private mutating func use(_ tool: HostedTool, for request: ResponsesRequest, in order: PlannedAnswer) {
        readPrompt(of: request)
        let index = VectorStoreIndex(store: session.store, session: session.name)
        do throws(StoreProblem) {
            let pieces = try index.pieces(of: tool.vectorStores, tool.search.filter, at: context.created)
            let items = tool.items(results: tool.search.ranked(pieces), seed: Int(ids.next() % 1_000_000))
            order.take(request.render(giving: items, context: context, ids: &ids))
        } catch {
            order.answer = APIError(error).answer(context: context, ids: &ids)
        }
    }

    /// Renders the model's answer, after applying the faults of the layer `meaning`.
    private mutating func speak(_ content: Content?, _ call: any CheckedCall, in order: PlannedAnswer) {
        readPrompt(of: call)
        guard let meaning, var said = content else {
            return order.take(call.render(saying: content, context: context, ids: &ids))
        }
        let struck = meaning.apply(to: &said, ending: &context.ending, &outcomes)
        order.take(call.render(saying: said, context: context, ids: &ids))
        order.answer.faults += struck
    }

    /// Counts the tokens of the prompt that are in the session's prompt cache, and adds the prompt to it.
    private mutating func readPrompt(of call: any CheckedCall) {
        guard let prompt = call.cacheable else { return }
        let time = commitment.clock.time(at: now)
        context.promptCache = session.adjust { [organization = context.organization] in
            $0.promptCache.use(prompt, of: organization, at: time)
        }
    }

    /// True if no step answers, and the request is answered nevertheless.
    private var isOwnAnswer: Bool {
        if case .unmatched = commitment.outcome { answersUnmatched } else { false }
    }

    /// True if the request is answered when no rule matches it.
    private var answersUnmatched: Bool {
        world.scenario.leavesOut(view.endpoint) || ask.isAnswered(otherwise: world.scenario.otherwise)
    }

    /// Turns the answer into a background answer. The client gets a queued response at once, and a stream follows the
    /// timing of the plan. A pace would contradict the status that a polling client reads.
    private func putInBackground(_ order: PlannedAnswer, _ plan: BackgroundPlan) {
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
        let order = PlannedAnswer(Answer(status: 200))
        order.pace = step.pace
        if let background = step.background { context.background = background }
        if let ending = step.ending {
            // A fine-tuning job may fail later, so the step that creates it may set an ending too.
            guard ask.speaker != nil || view.endpoint == .fineTuningJobCreation else {
                return loudly("the step sets how an answer ends, but \(view.asked.name) has no such answers")
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
            answerItself(order)
        case .items(let items):
            guard let request = ask.modelCall as? ResponsesRequest else {
                return loudly(
                    "the step scripts the items of a response, but the request is for \(view.asked.name)")
            }
            readPrompt(of: request)
            order.take(request.render(giving: items.map { $0.render(values) }, context: context, ids: &ids))
        case .json(let document) where view.endpoint == nil:
            order.answer = ExampleAnswer.json(
                document.render(values), named: view.asked.name, context: context, ids: &ids)
        case .json(let document) where view.endpoint?.takesWholeBodies == true:
            let headers = StandardHeaders.fields(
                contentType: "application/json", context: context, ids: &ids, rateLimits: context.rateLimits)
            order.answer = Answer(status: 200, headers: headers, body: .whole(document.render(values).serialized()))
        case .text, .tools, .refusal, .json:
            guard let call = ask.speaker else {
                return loudly(
                    "the step scripts the answer of a model, but the request is for \(view.asked.name)")
            }
            let content = step.answer.content(values)
            if let objection = call.objection(to: content, reasoning: step.reasoning, ending: step.ending) {
                return loudly(objection)
            }
            speak(content, call, in: order)
        case .batch(let plan):
            guard case .object(let operation) = ask, operation.endpoint == .batchCreation else {
                return loudly("the step scripts a batch, but the request is for \(view.asked.name)")
            }
            context.batch = plan
            answerItself(order)
        case .progress(let plan):
            guard ask.beginsWork else {
                return loudly(
                    "the step scripts the progress of an "
                        + "object, but \(view.asked.name) creates no object with progress")
            }
            context.progress = plan
            answerItself(order)
        case .moderation(let verdicts):
            guard let request = ask.modelCall as? ModerationsRequest else {
                return loudly("the step scripts a moderation, but the request is for \(view.asked.name)")
            }
            order.answer = request.answer(saying: verdicts, context: context, ids: &ids)
        case .embeddings(let vectors):
            guard let request = ask.modelCall as? EmbeddingsRequest else {
                return loudly("the step scripts embeddings, but the request is for \(view.asked.name)")
            }
            order.answer = request.answer(giving: vectors, context: context, ids: &ids)
        }
        for field in step.headers.fields { order.answer.headers[field.name] = field.value }
        return order
    }

    private func hint(_ error: ErrorAnswer) -> Exchange.Hint? {
        error.wait.map { Exchange.Hint(ordered: $0, told: $0 * commitment.clock.scale) }
    }
}
