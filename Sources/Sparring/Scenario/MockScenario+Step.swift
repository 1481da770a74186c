import SparringAPI
import SparringScenario
import SparringWire

extension MockScenario {
    /// One answer of a scenario, with its count, header fields, pace and faults.
    public struct Step: Sendable {
        var step: SparringScenario.Step
        /// The step's mistakes, except unknown names in its templates.
        var mistakes: [String] = []
        /// The placeholders in the step's templates.
        var names: [String] = []

        init(_ answer: StepAnswer, mistakes: [String] = [], names: [String] = []) {
            step = SparringScenario.Step(answer)
            self.mistakes = mistakes
            self.names = names
        }

        /// - Parameter captures: the named groups of the rule's condition.
        func mistakes(captures: [String]) -> [String] {
            mistakes
                + names.filter { !TemplateValues.isKnown($0) && !captures.contains($0) }.map { name in
                    let known = captures + TemplateValues.knownNames
                    return "unknown name {{\(name)}}; the names are \(known.joined(separator: ", "))"
                }
        }

        func changed(_ change: (inout Step) -> Void) -> Step {
            var copy = self
            change(&copy)
            return copy
        }
    }
}

/// The number of answers of a step, and whether it must answer.
extension MockScenario.Step {
    /// Answers this many calls in a row, at least 1.
    public func times(_ count: Int) -> Self {
        changed {
            $0.step.times = .count(count)
            if count < 1 { $0.mistakes.append("a step must answer at least 1 call, not \(count)") }
        }
    }

    /// Answers all further calls of the rule.
    public func forever() -> Self { changed { $0.step.times = .forever } }

    /// Reports do not count the step as a failure if it is not used.
    public func optional() -> Self { changed { $0.step.isOptional = true } }
}

/// Changes to an answer.
extension MockScenario.Step {
    /// Adds header fields to the answer. If the answer already has a field of that name, it is replaced.
    public func headers(_ fields: KeyValuePairs<String, String>) -> Self {
        changed { step in for field in fields { step.step.headers.append(field.key, field.value) } }
    }

    /// Sets the pace of a stream, in the session's time.
    ///
    /// - Parameters:
    ///   - first: the time from the head to the first content.
    ///   - every: the time between two pieces of content.
    public func paced(first: Duration? = nil, every: Duration? = nil) -> Self {
        changed {
            $0.step.pace = Pace(first: first, every: every)
            for duration in [first, every] {
                if let duration, duration < .zero { $0.mistakes.append("a pace cannot be negative: \(duration)") }
            }
        }
    }

    /// Applies faults to the answer. Several calls of this method add their faults to each other.
    public func faults(_ faults: MockScenario.Fault...) -> Self { self.faults(faults) }

    /// Applies faults to the answer. Several calls of this method add their faults to each other.
    public func faults(_ faults: [MockScenario.Fault]) -> Self {
        let sorted = MockScenario.Fault.sorted(faults)
        return changed {
            $0.step.faults += sorted.answer
            $0.step.requestFaults += sorted.request
            $0.mistakes += sorted.mistakes
        }
    }

    /// The number of reasoning tokens of a chat completion, which appear in the usage.
    public func reasoning(tokens: Int) -> Self {
        changed {
            $0.step.reasoning = tokens
            if tokens < 0 { $0.mistakes.append("reasoning tokens must be at least 0, not \(tokens)") }
        }
    }
}

/// The end and the timing of a response of `/v1/responses`.
extension MockScenario.Step {
    /// The reason why a response is incomplete.
    public enum IncompleteReason: String, Sendable, CaseIterable {
        /// `max_output_tokens`
        case maxOutputTokens = "max_output_tokens"
        /// `content_filter`
        case contentFilter = "content_filter"
    }

    /// The response ends with the status `incomplete`.
    public func incomplete(_ reason: IncompleteReason) -> Self {
        changed { $0.step.ending = .incomplete(reason: reason.rawValue) }
    }

    /// The response ends with the status `failed`. The HTTP status is still 200.
    ///
    /// - Parameters:
    ///   - code: the `code` of the response's error.
    ///   - message: by default the API's message for an error of the server.
    public func failed(code: String = "server_error", message: String? = nil) -> Self {
        changed { $0.step.ending = .failed(code: code, message: message ?? ResponsesEnding.serverError) }
    }

    /// How long a response in the background is `queued` and then `in_progress`, in the session's time.
    public func background(queued: Duration, running: Duration) -> Self {
        changed {
            $0.step.background = BackgroundPlan(queued: queued, running: running)
            if queued < .zero || running < .zero { $0.mistakes.append("times in the background cannot be negative") }
        }
    }
}
