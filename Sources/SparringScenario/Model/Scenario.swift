package import SparringAPI
package import SparringWire

/// A script for a session: rules in order, the answer to requests that match none, and settings such as limits and models.
package struct Scenario: Sendable {
    package var name: String
    package var seed: UInt64?
    /// Nil if the scenario does not set the validation.
    package var validation: Validation?
    /// The limits of every organization.
    package var limits: Limits?
    /// If nil, any key is accepted.
    package var accounts: Accounts?
    /// The dollars that the answers of a session may cost by the price table; beyond this amount, calls get `insufficient_quota`.
    /// Nil if there is no budget. Only the upstreams of gateway cases have a budget.
    package var budget: Double?
    /// Changes and additions to the table of models, by model id.
    package var models: [String: ModelOverride]
    /// Nil if the scenario does not set the policy.
    package var modelPolicy: ModelPolicy?
    package var rules: [Rule]
    package var otherwise: Otherwise
    package var expectation: Expectation?
    /// Faults for every answer whose step has no faults.
    package var faults: [Fault] = []
    /// Faults of every request, before its body is read.
    package var requestFaults: [Fault] = []
    /// Random faults for answers whose step has no faults.
    package var chaos: Chaos?
    /// The pace of answers whose step sets none. The pace can be set for all models, and for some models by their id or family.
    package var pace = Pace.none
    package var paces: [String: Pace] = [:]
    /// If nil, concurrent calls do not slow each other down.
    package var load: Load?
    /// Whether `[[sparring: …]]` in the prompt adds faults, like a request's header field.
    package var takesPromptFaults = false
    /// Whether speech is also served in formats that Sparring cannot encode. A file in such a format is silent and has the right length.
    package var hasPlaceholderSpeech = true
    /// If nil, the server's own settings apply.
    package var listener: Listener?
    /// Whether the client is being graded. The error for an unmatched request then contains no advice for the author of
    /// a script.
    package var isGraded = false
    /// Calls of models to which the rules do not apply. These calls get the answers of a server without a scenario and use up no step,
    /// unless a rule names their endpoint.
    package var unscripted: Set<Endpoint> = []
    /// The text of the scenario; nil if the scenario was not read from one text.
    package var source: String?

    package init(
        name: String, seed: UInt64? = nil, limits: Limits? = nil, models: [String: ModelOverride] = [:],
        rules: [Rule] = [], otherwise: Otherwise = .fail, expectation: Expectation? = nil
    ) {
        self.name = name
        self.seed = seed
        self.limits = limits
        self.models = models
        self.rules = rules
        self.otherwise = otherwise
        self.expectation = expectation
    }

    /// How the server listens, and the faults of its connections.
    package struct Listener: Sendable, Hashable {
        package var isTLS: Bool
        package var plan = ListenerPlan()

        package init(isTLS: Bool, plan: ListenerPlan = ListenerPlan()) {
            self.isTLS = isTLS
            self.plan = plan
        }
    }

    /// All faults of answers, with their places in the scenario.
    private var orders: [(place: String, fault: Fault)] {
        var orders = faults.map { (place: "its `faults`", fault: $0) }
        orders += (chaos?.allFaults ?? []).map { (place: "its `chaos`", fault: $0) }
        for (index, rule) in rules.enumerated() {
            for (number, step) in rule.steps.enumerated() {
                let place = "rule \(index + 1)\(rule.name.map { " \"\($0)\"" } ?? ""), step \(number + 1)"
                orders += step.faults.map { (place: place, fault: $0) }
            }
        }
        return orders
    }

    /// Faults of answers that need TLS.
    package var tlsFaults: [Fault] { orders.map(\.fault).filter(\.needsTLS) }

    /// The reason why a server with these HTTP versions cannot apply all faults; nil if it can.
    package func obstacle(http2: Bool) -> String? {
        let connections = listener?.plan.sequence.flatMap(\.self) ?? []
        for (place, fault) in orders + connections.map({ (place: "its `listeners`", fault: $0) }) {
            if let obstacle = fault.obstacle(http2: http2) { return "the scenario \(name), \(place): \(obstacle)" }
        }
        return nil
    }

    /// The scenario of `serve` without arguments.
    package static let auto = Scenario(name: "auto", otherwise: .auto)

    package enum Otherwise: Sendable, Hashable {
        case auto
        case fail
    }
}

package struct Rule: Sendable {
    package var name: String?
    /// If nil, the rule matches every call.
    package var condition: Condition?
    package var steps: [Step]
    package var then: Then

    package init(name: String? = nil, condition: Condition? = nil, steps: [Step], then: Then = .fail) {
        self.name = name
        self.condition = condition
        self.steps = steps
        self.then = then
    }

    /// How calls after the last step are answered.
    package enum Then: Sendable, Hashable {
        case fail
        case last
        case cycle
    }
}

package struct Step: Sendable {
    package var answer: StepAnswer
    package var times: Times
    /// Whether a run may end without using the rule.
    package var isOptional: Bool
    /// Header fields that are added to the answer, or replace its own.
    package var headers: HeaderFields
    package var pace: Pace
    package var faults: [Fault]
    /// Faults of the request that this step answers, which take effect before its body is read.
    package var requestFaults: [Fault] = []
    /// The number of reasoning tokens.
    package var reasoning = 0
    /// The timing of a response in background mode; if nil, the default timing.
    package var background: BackgroundPlan?
    /// The ending of a response that does not complete.
    package var ending: ResponsesEnding?

    package init(
        _ answer: StepAnswer, times: Times = .count(1), isOptional: Bool = false, headers: HeaderFields = [:],
        pace: Pace = .none, faults: [Fault] = []
    ) {
        self.answer = answer
        self.times = times
        self.isOptional = isOptional
        self.headers = headers
        self.pace = pace
        self.faults = faults
    }

    package enum Times: Sendable, Hashable {
        case count(Int)
        case forever
    }
}

package enum StepAnswer: Sendable {
    case text(Template)
    case tools([ToolTemplate], text: Template?)
    case refusal(Template)
    /// The output of a response, item by item.
    case items([TemplateValue])
    /// Structured output: the content is this JSON document.
    case json(TemplateValue)
    /// A verdict for each input of a moderation. The last verdict also applies to all further inputs.
    case moderation([ModerationVerdict])
    /// The entries of an embeddings answer. The vectors are sent as numbers or in base64, as the request asks.
    case embeddings([ScriptedVector])
    /// The plan of the batch that the call creates.
    case batch(BatchPlan)
    /// The progress and the end of a new object, such as the files of a vector store.
    case progress(ProgressPlan)
    case error(ErrorAnswer)
    case raw(RawAnswer)
    /// An answer that is invented from the request. Equal requests get equal answers.
    case auto
    /// The server sends no bytes at all.
    case silence

    package var isSilence: Bool { if case .silence = self { true } else { false } }

    /// Whether the answer comes from a model; false for errors, raw answers and silence.
    package var isModels: Bool {
        switch self {
        case .error, .raw, .silence: false
        case .embeddings, .text, .tools, .refusal, .items, .json, .moderation, .batch, .progress, .auto: true
        }
    }
}

package struct ToolTemplate: Sendable {
    package var name: Template
    package var arguments: TemplateValue

    package init(name: Template, arguments: TemplateValue) {
        self.name = name
        self.arguments = arguments
    }
}

/// An error of the catalogue, with the step's changes.
package struct ErrorAnswer: Sendable, Hashable {
    /// A name of `ErrorCatalogue`; nil if status and message are given instead.
    package var name: String?
    package var status: Int?
    package var type: String?
    package var code: String?
    package var param: String?
    package var message: String?
    package var retryAfter: RetryAfter?
    package var retryAfterMilliseconds: Int?
    package var shouldRetry: Bool?

    /// `retry-after`: whole or fractional seconds, or an HTTP date this far in the future.
    package enum RetryAfter: Sendable, Hashable {
        case seconds(Duration)
        case date(Duration)
    }

    package init(name: String?) { self.name = name }
}

/// An answer with the given status, header fields and bytes.
package struct RawAnswer: Sendable, Hashable {
    package var status: Int
    package var headers: HeaderFields
    package var body: [UInt8]
    /// The prompts of a batch, if the body has placeholders. `{{custom_id.1}}` in the body stands for the id of the
    /// uploaded line with the first prompt. Nil for a body that is sent unchanged.
    package var batchPrompts: [String]?

    package init(status: Int, headers: HeaderFields = [:], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}
