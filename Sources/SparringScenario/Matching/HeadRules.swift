import SparringAPI
import SparringJSON
package import SparringWire

/// Rules with faults between a request's head and its body. The head alone must decide whether such a rule answers.
extension Scenario {
    /// Whether the scenario or one of its rules has such faults.
    package var strikesAtHead: Bool { !requestFaults.isEmpty || headRules > 0 }

    /// The number of rules up to and including the last one with such faults.
    private var headRules: Int {
        (rules.lastIndex { $0.steps.contains { !$0.requestFaults.isEmpty } }).map { $0 + 1 } ?? 0
    }

    /// The first of these rules whose condition depends on the body, so that the head cannot decide which rule answers.
    package var openHeadRule: Int? { rules.prefix(headRules).firstIndex { $0.condition?.isToldByHead == false } }

    /// The message about such a rule, for the author of the scenario.
    package static func openHeadRuleMistake(_ rule: Int) -> String {
        "the condition of rule \(rule + 1) needs the request's body, but this rule or a later rule has a fault at `request head`; "
            + "use only `endpoint` and `header.NAME` in the rules up to the rule with the fault"
    }

    /// The index of the rule that answers a request, if it is one of these rules.
    package func rule(atHead asked: AskedOperation, _ headers: HeaderFields) -> Int? {
        let view = CallView(
            asked, model: "", headers: headers, body: .null,
            digest: CallDigest(lastUser: nil, system: nil, isStream: false))
        return match(view).first.flatMap { $0.rule < headRules ? $0.rule : nil }
    }
}

extension Condition {
    /// Whether the condition can be evaluated with the head alone.
    fileprivate var isToldByHead: Bool {
        switch self {
        case .all(let conditions), .any(let conditions): conditions.allSatisfy(\.isToldByHead)
        case .not(let condition): condition.isToldByHead
        case .field(.endpoint, _), .field(.header, _): true
        case .field, .attempt, .nth, .chance: false
        }
    }
}
