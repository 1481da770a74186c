import SparringAPI
import SparringScenario
import SparringWire

/// What a request wants to have answered: a model's words, or something of what the session holds.
enum Operation {
    case call(any CheckedCall)
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
        case .call(let call): call.obstacle
        case .object, .external: nil
        }
    }

    /// The call of a model, answered here or by a source; nil for an operation on objects.
    var modelCall: (any CheckedCall)? {
        switch self {
        case .call(let call): call
        case .object: nil
        case .external(let external): external.call
        }
    }

    /// The call that a step can put words into; nil where no model speaks.
    var speaker: (any CheckedCall)? {
        guard let call = modelCall, type(of: call).speaks else { return nil }
        return call
    }

    var promptTokens: Int { modelCall?.promptTokens ?? 0 }

    /// Whether what a model says, and what is kept of it, is another server's.
    var isExternal: Bool { if case .external = self { true } else { false } }
}
