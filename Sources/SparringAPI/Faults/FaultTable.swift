package import SparringWire

/// Every fault that there is: what the grammar offers, what `sparring faults` lists, what `docs/reference/faults.md` tells.
package enum FaultTable {
    package static let kinds = connections + requests + answers

    /// What a listener takes.
    package static let connections = ConnectionFaults.all.map(\.kind)

    /// What a request takes before a rule can match.
    package static let requests = RequestFaults.all.map(\.kind)

    /// What an answer takes.
    package static let answers: [FaultKind] =
        ContentFaults.all.map(\.kind) + PayloadFaults.all.map(\.kind) + WireFaults.all.map(\.kind)

    /// What `do:` takes.
    package static let actions: [FaultKind] = answers.filter { $0.ending == nil }

    /// What `end:` takes.
    package static let endings: [FaultKind] = answers.filter { $0.ending != nil }
}
