package import SparringAPI
import SparringJSON
package import SparringWire

/// Rules that order something for the time before a request's body: the head alone has to tell that they answer.
extension Scenario {
    /// Whether anything is ordered for that time, for all requests or by a rule.
    package var strikesAtHead: Bool { !requestFaults.isEmpty || headRules > 0 }

    /// So many rules, from the first: up to the last that orders something.
    private var headRules: Int {
        (rules.lastIndex { $0.steps.contains { !$0.requestFaults.isEmpty } }).map { $0 + 1 } ?? 0
    }

    /// The first of them that asks for what only the body tells, and so leaves open which one answers.
    package var openHeadRule: Int? { rules.prefix(headRules).firstIndex { $0.condition?.isToldByHead == false } }

    /// What is wrong with such a rule, for its author.
    package static func openHeadRuleMistake(_ rule: Int) -> String {
        "rule \(rule + 1) asks for more than endpoint and header, and a rule that orders a fault before the body is read is this one or "
            + "comes after it: the head has to tell which rule answers"
    }

    /// The one of them that answers a request; nil where a later rule does, or none.
    package func rule(atHead endpoint: Endpoint, _ headers: HeaderFields) -> Int? {
        let view = CallView(
            endpoint: endpoint, model: "", headers: headers, body: .null,
            digest: CallDigest(lastUser: nil, system: nil, isStream: false))
        return match(view).first.flatMap { $0.rule < headRules ? $0.rule : nil }
    }
}

extension Condition {
    /// Whether a request's head is enough to answer it.
    fileprivate var isToldByHead: Bool {
        switch self {
        case .all(let conditions), .any(let conditions): conditions.allSatisfy(\.isToldByHead)
        case .not(let condition): condition.isToldByHead
        case .field(.endpoint, _), .field(.header, _): true
        case .field, .attempt, .nth, .chance: false
        }
    }
}
