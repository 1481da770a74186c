import SparringAPI
import SparringScenario
import SparringWire

extension MockScenario {
    /// One answer of a scenario, with its count, header fields, pace and faults.
    public struct Step: Sendable {
        var step: SparringScenario.Step
        /// Its mistakes, apart from unknown names in its templates.
        var mistakes: [String] = []
        /// The placeholders of its templates.
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

/// How often a step answers, and when.
extension MockScenario.Step {
    /// Answers so many calls in a row; at least 1.
    public func times(_ count: Int) -> Self {
        changed {
            $0.step.times = .count(count)
            if count < 1 { $0.mistakes.append("a step answers at least 1 call, not \(count)") }
        }
    }

    /// Answers all further calls of the rule.
    public func forever() -> Self { changed { $0.step.times = .forever } }

    /// The step may be left over at the end: reports do not count it as a failure.
    public func optional() -> Self { changed { $0.step.isOptional = true } }
}

/// Changes to an answer.
extension MockScenario.Step {
    /// Header fields that are added to those of the answer. A field that the answer has already is replaced.
    public func headers(_ fields: KeyValuePairs<String, String>) -> Self {
        changed { step in for field in fields { step.step.headers.append(field.key, field.value) } }
    }

    /// The pace of a stream, in the session's time.
    ///
    /// - Parameters:
    ///   - first: from the head to the first content.
    ///   - every: between pieces of content.
    public func paced(first: Duration? = nil, every: Duration? = nil) -> Self {
        changed {
            $0.step.pace = Pace(first: first, every: every)
            for duration in [first, every] {
                if let duration, duration < .zero { $0.mistakes.append("a pace cannot be negative: \(duration)") }
            }
        }
    }

    /// Breaks the answer. Several calls of this method add up.
    public func faults(_ faults: MockScenario.Fault...) -> Self { self.faults(faults) }

    /// Breaks the answer. Several calls of this method add up.
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
            if tokens < 0 { $0.mistakes.append("reasoning tokens are at least 0, not \(tokens)") }
        }
    }
}

/// The course of a response of `/v1/responses`.
extension MockScenario.Step {
    /// Why a response is incomplete.
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

    /// The response ends with the status `failed`. The HTTP status is 200 all the same.
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
