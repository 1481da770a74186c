import SparringAPI
import SparringExchange
import SparringWire

/// What the engine has decided to send, before it becomes a script.
struct PlannedAnswer {
    var answer: Answer
    var faults: [OrderedFault] = []
    var pace = Pace.none
    /// Names the rule and step.
    var step: String?
    var unmatched: String?
    /// What the log, the report and a header field of the answer warn of.
    var warning: String?
    /// What the client is told to wait.
    var hint: Exchange.Hint?
    /// What it asks to be done beside sending it.
    var effects: [Effect] = []
    /// What a source has given; nil where the answer was made here.
    var external: ExternalAnswer?
    /// What was drawn for the call.
    var chaos: Exchange.Drawn?
    /// What is known by now of the faults that cannot take effect.
    var outcomes = FaultOutcomes()

    init(_ answer: Answer) { self.answer = answer }

    var isPlain: Bool { faults.isEmpty && pace == .none }

    /// Whether it is the ticket of a response that is made in the background, or its events.
    var isInBackground: Bool {
        effects.contains { if case .keep(let record, _) = $0 { record.isBackground } else { false } }
    }

    mutating func take(_ rendered: Rendered) {
        answer = rendered.answer
        effects = rendered.effects
        warning = rendered.warning ?? warning
    }
}
