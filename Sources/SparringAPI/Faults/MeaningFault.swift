package import SparringWire

/// A fault of what the model says: its row, and its edit of the words. Every endpoint puts them in its own shape afterwards.
package struct MeaningFault: Sendable {
    package let kind: FaultKind
    /// Nil where there is nothing in the words to break.
    let edit: @Sendable ([FaultValue], Content) -> Said?

    struct Said {
        var content: Content
        /// Where the model did not come to its end.
        var ending: ResponsesEnding?
    }
}

/// The faults of meaning that an answer is to have, and what became of them.
package struct MeaningOrder: Sendable {
    fileprivate var waiting: [(index: Int, action: Fault.Action)]
    package private(set) var missed: [Int: String] = [:]

    /// Nil where there are none in the list.
    package init?(_ faults: [Fault]) {
        waiting = faults.enumerated().compactMap { index, fault in
            guard case .action(let action) = fault.effect, action.layer == .meaning else { return nil }
            return (index, action)
        }
        guard !waiting.isEmpty else { return nil }
        for fault in waiting { missed[fault.index] = "the answer is not what a model says" }
    }

    /// - Returns: the faults that have taken effect, by index.
    package mutating func apply(to content: inout Content, ending: inout ResponsesEnding?) -> [Int] {
        var struck: [Int] = []
        for (index, action) in waiting {
            guard let said = MeaningFaults.named[action.name]?.edit(action.arguments, content) else {
                missed[index] = "there is nothing in what the model says that could be broken so"
                continue
            }
            missed[index] = nil
            content = said.content
            ending = said.ending ?? ending
            struck.append(index)
        }
        return struck
    }
}
