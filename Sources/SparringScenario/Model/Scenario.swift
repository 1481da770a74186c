package import SparringAPI
package import SparringWire

/// A script for a session: rules in order, what happens when none matches, and the world around them.
package struct Scenario: Sendable {
    package var name: String
    package var seed: UInt64?
    /// Nil where the scenario does not say.
    package var validation: Validation?
    /// Of every organization.
    package var limits: Limits?
    /// Nil: any key is accepted.
    package var accounts: Accounts?
    /// Rows that extend or change the table of models, by model id.
    package var models: [String: ModelOverride]
    package var rules: [Rule]
    package var otherwise: Otherwise
    package var expectation: Expectation?
    /// Of every answer whose step orders none.
    package var faults: [Fault] = []
    /// Of every request, before its body is read.
    package var requestFaults: [Fault] = []
    /// Drawn for answers whose step orders none.
    package var chaos: Chaos?
    /// Of answers whose step gives none: of all models, and of some by their id or family.
    package var pace = Pace.none
    package var paces: [String: Pace] = [:]
    /// Nil: an answer takes as long for one as for a hundred.
    package var load: Load?
    /// Whether a phrase in the prompt orders faults, as a request's header does.
    package var takesPromptFaults = false
    /// Whether speech comes in formats that no codec writes here, as files of the right length without a voice.
    package var hasPlaceholderSpeech = false
    /// Nil where the scenario leaves it to the server.
    package var listener: Listener?
    /// Whether its client is being graded. An unmatched request is then reported without advice for the author of a script.
    package var isGraded = false

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

    /// What the server listens with, and what befalls those who connect.
    package struct Listener: Sendable, Hashable {
        package var isTLS: Bool
        package var plan = ListenerPlan()

        package init(isTLS: Bool, plan: ListenerPlan = ListenerPlan()) {
            self.isTLS = isTLS
            self.plan = plan
        }
    }

    /// Every fault that it orders for an answer, and where it does.
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

    /// Faults of answers that make sense in TLS alone.
    package var tlsFaults: [Fault] { orders.map(\.fault).filter(\.needsTLS) }

    /// Why a server cannot keep what is ordered: a fault is of the other HTTP. Nil where all can be kept.
    package func obstacle(http2: Bool) -> String? {
        let connections = listener?.plan.sequence.flatMap(\.self) ?? []
        for (place, fault) in orders + connections.map({ (place: "its `listeners`", fault: $0) }) {
            if let obstacle = fault.obstacle(http2: http2) { return "the scenario \(name), \(place): \(obstacle)" }
        }
        return nil
    }

    /// What a bare `serve` answers with.
    package static let auto = Scenario(name: "auto", otherwise: .auto)

    package enum Otherwise: Sendable, Hashable {
        case auto
        case fail
    }

    /// How many calls a run is expected to make in all; `run` holds it against the timeline.
    package struct Expectation: Sendable, Hashable {
        package var attempts: ClosedRange<Int>

        package init(attempts: ClosedRange<Int>) { self.attempts = attempts }
    }
}

package struct Rule: Sendable {
    package var name: String?
    /// Nil matches every call.
    package var condition: Condition?
    package var steps: [Step]
    package var then: Then

    package init(name: String? = nil, condition: Condition? = nil, steps: [Step], then: Then = .fail) {
        self.name = name
        self.condition = condition
        self.steps = steps
        self.then = then
    }

    /// What follows the last step.
    package enum Then: Sendable, Hashable {
        case fail
        case last
        case cycle
    }
}

package struct Step: Sendable {
    package var answer: StepAnswer
    package var times: Times
    /// May be left over at the end of a run.
    package var isOptional: Bool
    /// Added to the answer's own header fields, or replacing them.
    package var headers: HeaderFields
    package var pace: Pace
    package var faults: [Fault]
    /// Of the request that this step is next for, before its body is read.
    package var requestFaults: [Fault] = []
    /// Tokens that the model thinks before it says anything.
    package var reasoning = 0
    /// Where the request asks for a response in the background; nil for the standard one.
    package var background: BackgroundPlan?
    /// How a response ends, where it does not complete.
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
    /// Structured output: the document is the content.
    case json(TemplateValue)
    /// One for each input of a moderation, the last for all that follow.
    case moderation([ModerationVerdict])
    /// The entries of an embeddings answer. They go out as numbers or in base64, as the request says.
    case embeddings([ScriptedVector])
    /// How a batch that is made goes.
    case batch(BatchPlan)
    case error(ErrorAnswer)
    case raw(RawAnswer)
    /// Made up from the request, the same for the same request.
    case auto
    /// Not one byte.
    case silence

    package var isSilence: Bool { if case .silence = self { true } else { false } }
}

package struct ToolTemplate: Sendable {
    package var name: Template
    package var arguments: TemplateValue

    package init(name: Template, arguments: TemplateValue) {
        self.name = name
        self.arguments = arguments
    }
}

/// An error of the catalogue, with what the step changes in it.
package struct ErrorAnswer: Sendable, Hashable {
    /// A name of `ErrorCatalogue`; nil where status and message are spelled out.
    package var name: String?
    package var status: Int?
    package var type: String?
    package var code: String?
    package var param: String?
    package var message: String?
    package var retryAfter: RetryAfter?
    package var retryAfterMilliseconds: Int?
    package var shouldRetry: Bool?

    /// `retry-after`: whole or fractional seconds, or an HTTP date that long from now.
    package enum RetryAfter: Sendable, Hashable {
        case seconds(Duration)
        case date(Duration)
    }

    package init(name: String?) { self.name = name }
}

/// Bytes of the author's own.
package struct RawAnswer: Sendable, Hashable {
    package var status: Int
    package var headers: HeaderFields
    package var body: [UInt8]
    /// The prompts of a batch, if `{{custom_id.1}}` in the body stands for the id of the uploaded line that has the first
    /// prompt. Nil for a body that goes out as it is.
    package var batchPrompts: [String]?

    package init(status: Int, headers: HeaderFields = [:], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}
