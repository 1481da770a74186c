import SparringAPI
import SparringScenario
import SparringWire

/// The work that a request requires: a call of a model, or an operation on the session's objects.
enum Operation {
    case call(any CheckedCall)
    case object(ObjectOperation)
    /// An operation that only the OpenAPI document has.
    case generic(GenericCall)
    /// Fixed data, if a rule answers the request.
    case catalogue(CatalogueOperation)
    /// A request that a source answers, once.
    case external(ExternalRequest)
    /// A WebSocket handshake, with the answer that accepts it.
    case upgrade(Answer)
    /// An event of a Realtime session that calls no model.
    case realtime(RealtimeTurn)

    /// True if the request is answered even if no rule matches.
    func isAnswered(otherwise: Scenario.Otherwise) -> Bool {
        switch self {
        // A script with a voice agent's answers need not script the user's words.
        case .call(let call): otherwise == .auto || call is RealtimeTranscription
        case .object, .generic, .catalogue, .external, .upgrade, .realtime: true
        }
    }

    /// The reason why the call cannot be answered without a step; nil if it can.
    var obstacle: String? {
        switch self {
        case .call(let call): call.obstacle
        case .object, .generic, .catalogue, .external, .upgrade, .realtime: nil
        }
    }

    /// The call of a model, answered here or by a source; nil for an operation on objects.
    var modelCall: (any CheckedCall)? {
        switch self {
        case .call(let call): call
        case .object, .generic, .catalogue, .upgrade, .realtime: nil
        case .external(let external): external.call
        }
    }

    /// The call for which a step can script the model's answer; nil if the endpoint has no model output.
    var speaker: (any CheckedCall)? {
        guard let call = modelCall, type(of: call).speaks else { return nil }
        return call
    }

    /// True if the operation creates an object with its own progress, which a scenario can set.
    var beginsWork: Bool {
        switch self {
        case .object(let operation): operation.endpoint.beginsWork
        case .generic(let call): CollectionAnswers.beginsWork(call)
        case .call, .catalogue, .external, .upgrade, .realtime: false
        }
    }

    var promptTokens: Int { modelCall?.promptTokens ?? 0 }

    /// True for the handshake of a WebSocket and for events that call no model. Chaos and the scenario's faults do not apply to these
    /// requests.
    var isOfSocket: Bool {
        switch self {
        case .upgrade, .realtime: true
        case .external(let external): external.isOfSocket
        case .call, .object, .generic, .catalogue: false
        }
    }

    /// True if a source answers and stores the results.
    var isExternal: Bool { if case .external = self { true } else { false } }
}
