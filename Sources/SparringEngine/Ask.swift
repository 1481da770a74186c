import SparringAPI
import SparringScenario
import SparringWire

/// What a request wants to have answered: a model's words, or something of what the session holds.
enum Ask {
    case call(Call)
    case object(ObjectOperation)
    /// Answered elsewhere, and once.
    case external(ExternalRequest)

    /// Whether a request that no rule matches is answered all the same.
    func isAnswered(otherwise: Scenario.Otherwise) -> Bool {
        switch self {
        case .call: otherwise == .auto
        case .object, .external: true
        }
    }

    /// Why there is no answer where no step gives one; nil where there is one.
    var obstacle: String? {
        switch self {
        case .call(let call): AutoContent.obstacle(for: call)
        case .object, .external: nil
        }
    }

    /// The call that a step can put words into; nil where nobody speaks.
    var speaker: Call? {
        switch self {
        case .call(.embeddings), .call(.moderations), .object: nil
        case .call(let call): call
        case .external(let external): external.call.flatMap { Ask.call($0).speaker }
        }
    }

    /// What is asked, whoever answers.
    var spoken: Ask {
        if case .external(let external) = self, let call = external.call { .call(call) } else { self }
    }

    var promptTokens: Int {
        switch self {
        case .call(let call): call.promptTokens
        case .object: 0
        case .external(let external): external.call?.promptTokens ?? 0
        }
    }

    /// Whether what a model says, and what is kept of it, is another server's.
    var isExternal: Bool { if case .external = self { true } else { false } }
}
