package import SparringWire

/// Every fault that there is: what the grammar offers, what `sparring faults` lists, what `docs/faults.md` tells.
package enum FaultTable {
    package static let kinds: [FaultKind] =
        MeaningFaults.all.map(\.kind) + PayloadFaults.all.map(\.kind) + WireFaults.all.map(\.kind)

    /// What `do:` takes.
    package static let actions: [FaultKind] = kinds.filter { $0.ending == nil }

    /// What `end:` takes.
    package static let endings: [FaultKind] = kinds.filter { $0.ending != nil }
}
