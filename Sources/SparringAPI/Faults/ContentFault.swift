package import SparringWire

/// A fault of what the model says: its row, and its edit of the words. Every endpoint puts them in its own shape afterwards.
package struct ContentFault: Sendable {
    package let kind: FaultKind
    /// Nil where there is nothing in the words to break.
    let edit: @Sendable (FaultArguments, Content) -> Said?

    struct Said {
        var content: Content
        /// Where the model did not come to its end.
        var ending: ResponsesEnding?
    }
}

/// The faults of meaning that an answer is to have.
package struct PendingContentFaults: Sendable {
    private let waiting: [(id: FaultID, action: Fault.Action)]

    /// Nil where there are none in the list.
    /// - Parameter outcomes: counts them all as missed, until the model says something.
    package init?(_ faults: [OrderedFault], _ outcomes: inout FaultOutcomes) {
        waiting = faults.compactMap { ordered in
            guard case .action(let action) = ordered.fault.effect, action.layer == .meaning else { return nil }
            return (ordered.id, action)
        }
        guard !waiting.isEmpty else { return nil }
        for (id, _) in waiting { outcomes.miss(id, "the answer is not what a model says") }
    }

    /// - Returns: the faults that have taken effect.
    package func apply(
        to content: inout Content, ending: inout ResponsesEnding?, _ outcomes: inout FaultOutcomes
    ) -> [FaultID] {
        var struck: [FaultID] = []
        for (id, action) in waiting {
            guard let said = ContentFaults.named[action.name]?.edit(action.arguments, content) else {
                outcomes.miss(id, "there is nothing in what the model says that could be broken so")
                continue
            }
            outcomes.strike(id)
            content = said.content
            ending = said.ending ?? ending
            struck.append(id)
        }
        return struck
    }
}
