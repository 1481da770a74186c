import SparringAPI
import SparringExchange
import SparringWire

/// The answer that the engine has decided to send, before it becomes a script.
///
/// A class with one owner at a time: the stages of a call pass the reference on. A copy of so many fields would change
/// sixty reference counts at each stage.
final class PlannedAnswer {
    var answer: Answer
    var faults: [OrderedFault] = []
    var pace = Pace.none
    /// The label of the rule and step.
    var step: String?
    var unmatched: String?
    /// The reason why the request is refused before any rule; nil if it is not refused.
    var refusal: Exchange.Refusal?
    /// The warning in the log, the report and a header field of the answer.
    var warning: String?
    /// The wait that the answer tells the client to keep.
    var hint: Exchange.Hint?
    /// Work in addition to sending the answer.
    var effects: [Effect] = []
    /// The answer of a source; nil if the answer was made here.
    var external: ExternalAnswer?
    /// The fault that chaos has drawn for the call.
    var chaos: Exchange.Drawn?
    /// Faults that are already known to have no effect.
    var outcomes = FaultOutcomes()

    init(_ answer: Answer) { self.answer = answer }

    var isPlain: Bool { faults.isEmpty && pace == .none }

    /// True for the first answer of a background response and for its events.
    var isInBackground: Bool {
        effects.contains { if case .keep(let record, _) = $0 { record.isBackground } else { false } }
    }

    func take(_ rendered: Rendered) {
        answer = rendered.answer
        effects = rendered.effects
        warning = rendered.warning ?? warning
    }
}
