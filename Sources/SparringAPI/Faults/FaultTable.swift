package import SparringWire

/// All faults: used by the grammar, `sparring faults` and `docs/reference/faults.md`.
package enum FaultTable {
    package static let kinds = connections + requests + answers

    /// Faults of a listener.
    package static let connections = ConnectionFaults.all.map(\.kind)

    /// Faults of a request, before a rule can match.
    package static let requests = RequestFaults.all.map(\.kind)

    /// Faults of an answer.
    package static let answers: [FaultKind] =
        ContentFaults.all.map(\.kind) + PayloadFaults.all.map(\.kind) + WireFaults.all.map(\.kind)

    /// Faults for `do:`.
    package static let actions: [FaultKind] = answers.filter { $0.ending == nil }

    /// Faults for `end:`.
    package static let endings: [FaultKind] = answers.filter { $0.ending != nil }
}
