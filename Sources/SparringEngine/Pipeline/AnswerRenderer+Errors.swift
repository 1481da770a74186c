import SparringAPI
import SparringScenario
import SparringWire

/// The answers that are errors: those of steps and limits, and Sparring's own errors if it cannot make an answer.
extension AnswerRenderer {
    /// The error of a step, in the API's words.
    mutating func error(_ scripted: ErrorAnswer) -> Answer {
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
            endpoint: view.endpoint ?? .chatCompletions, model: view.model.isEmpty ? limitedFamily : view.model,
            promptTokens: ask.promptTokens,
            contextWindow: world.models[view.model]?.contextWindow)
    }

    /// The name in a limit's message for an operation that calls no model: the family of the operation.
    private var limitedFamily: String {
        switch ask {
        case .generic(let call): call.operation.family
        case .object, .catalogue: view.endpoint?.family ?? ""
        case .call, .external, .upgrade, .realtime: ""
        }
    }

    /// The error of a limit that the request exceeds.
    mutating func refusal(_ refusal: RateLimiter.Refusal) -> Answer {
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

    /// A 400 that clients do not retry, with a message that says what to change.
    /// - Parameters:
    ///   - reason: the message for the author of the scenario.
    ///   - graded: the message for the author of a client that is being graded, who did not write the scenario; nil for
    ///   the usual message.
    mutating func loudly(_ reason: String, graded: String? = nil) -> PlannedAnswer {
        let reason =
            world.scenario.isGraded ? graded ?? "the case has no answer for \(view.asked.name)" : reason
        let error = APIError(
            message: "Sparring: no answer for this request: \(reason).", code: "sparring_unmatched",
            headers: ["x-should-retry": "false"])
        let order = PlannedAnswer(error.answer(context: context, ids: &ids))
        order.unmatched = reason
        return order
    }
}

extension RateLimiter.Refusal {
    /// The error's name in `ErrorCatalogue`.
    fileprivate var name: String {
        switch kind {
        case .requestsPerMinute: "rate_limit_exceeded"
        case .requestsPerDay: "rate_limit_exceeded_per_day"
        case .imagesPerMinute: "rate_limit_exceeded_images"
        case .budget: "insufficient_quota"
        case .tokensPerMinute: excess == nil ? "request_too_large" : "rate_limit_exceeded_tokens"
        }
    }
}
