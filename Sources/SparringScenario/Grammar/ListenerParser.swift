import SparringAPI
import SparringJSON
import SparringWire

/// Reads `listeners`: plain or TLS, and the faults of connections.
struct ListenerParser {
    let reader: YAMLReader
    let errors: ScenarioLoader.Errors

    static let keys = ["plain", "tls"]
    static let listenerKeys = ["sequence", "then"]

    func listener(_ node: YAMLNode) -> Scenario.Listener? {
        guard let mapping = reader.mapping(node, "listeners", keys: Self.keys) else { return nil }
        guard let entry = mapping.entries.first else {
            reader.note(node, "`listeners` is empty: add `tls` or `plain`")
            return nil
        }
        if let other = mapping.entries.dropFirst().first {
            reader.note(
                other.keyNode, "a server has only one listener: remove '\(other.key)', or '\(entry.key)' before it")
        }
        var listener = Scenario.Listener(isTLS: entry.key == "tls")
        if entry.value.json != .null { listener.plan = plan(entry.value, of: listener) }
        return listener
    }

    private func plan(_ node: YAMLNode, of listener: Scenario.Listener) -> ListenerPlan {
        var plan = ListenerPlan()
        guard let mapping = reader.mapping(node, "a listener", keys: Self.listenerKeys) else { return plan }
        if let sequence = mapping["sequence"] {
            plan.sequence = (reader.sequence(sequence, "sequence") ?? []).map { connection($0, of: listener) }
        } else {
            reader.note(
                node, "a listener needs a `sequence` of faults for its connections, such as sequence: [ok, reset]")
        }
        plan.then =
            mapping["then"].flatMap {
                reader.choice($0, "then", ListenerPlan.Then.allCases.map { ($0.rawValue, $0) })
            } ?? .last
        return plan
    }

    /// Reads `ok`, a fault or a list of faults.
    private func connection(_ node: YAMLNode, of listener: Scenario.Listener) -> [Fault] {
        if node.string == "ok" { return [] }
        let parser = FaultParser(reader: reader, errors: errors, scope: .connections)
        let nodes = node.isSequence ? reader.sequence(node, "the faults of a connection") ?? [] : [node]
        return nodes.compactMap { node in
            guard let fault = parser.fault(node) else { return nil }
            if fault.needsTLS, !listener.isTLS {
                reader.note(node, "'\(fault.effect)' needs TLS: move it under `tls`")
            }
            return fault
        }
    }
}
