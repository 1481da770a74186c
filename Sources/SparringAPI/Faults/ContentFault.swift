package import SparringWire

/// A fault of meaning: its row in the table, and its edit of the content. Endpoints render the edited content as usual.
package struct ContentFault: Sendable {
    package let kind: FaultKind
    /// Returns nil if the content has nothing that the fault can break.
    let edit: @Sendable (FaultArguments, Content) -> Said?

    struct Said {
        var content: Content
        /// The ending of the response, if the fault keeps the response from completing.
        var ending: ResponsesEnding?
    }
}

/// The faults of meaning that were ordered for an answer.
package struct PendingContentFaults: Sendable {
    private let waiting: [(id: FaultID, action: Fault.Action)]

    /// Returns nil if the list contains no fault of meaning.
    /// - Parameter outcomes: all faults count as missed until the model's answer is rendered.
    package init?(_ faults: [OrderedFault], _ outcomes: inout FaultOutcomes) {
        waiting = faults.compactMap { ordered in
            guard case .action(let action) = ordered.fault.effect, action.layer == .meaning else { return nil }
            return (ordered.id, action)
        }
        guard !waiting.isEmpty else { return nil }
        for (id, _) in waiting { outcomes.miss(id, "the answer contains no model output") }
    }

    /// - Returns: the faults that took effect.
    package func apply(
        to content: inout Content, ending: inout ResponsesEnding?, _ outcomes: inout FaultOutcomes
    ) -> [FaultID] {
        var struck: [FaultID] = []
        for (id, action) in waiting {
            guard let said = ContentFaults.named[action.name]?.edit(action.arguments, content) else {
                outcomes.miss(id, "the model output contains nothing that this fault can break")
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
