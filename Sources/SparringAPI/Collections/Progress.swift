package import SparringJSON

/// The progress of a stored object: its plan, its beginning, and the number of retrievals so far.
package struct Progress: Sendable, Hashable {
    package var stage: ProgressPlan.Stage
    /// The start of the progress, in Unix seconds of session time.
    package var begun: Int
    package var polls = 0
    /// When the work ended early, in Unix seconds; nil if the work followed its plan.
    package var ended: Int?

    package init(_ stage: ProgressPlan.Stage, begun: Int) {
        self.stage = stage
        self.begun = begun
    }

    /// The end in Unix seconds; nil if the end does not depend on the clock alone.
    package var ends: Int? {
        if let ended { return ended }
        if case .seconds(let count) = stage { return begun + count }
        return nil
    }

    package func isOver(at unixTime: Int) -> Bool { ends.map { $0 <= unixTime } ?? false }

    /// True if the number of retrievals decides the end, so that each retrieval must be counted.
    package var countsPolls: Bool { if case .polls = stage { ended == nil } else { false } }

    /// Counts a retrieval. The retrieval after the last counted poll returns the final status.
    package mutating func poll(at unixTime: Int) {
        guard case .polls(let count) = stage, ended == nil else { return }
        if polls >= count { ended = unixTime } else { polls += 1 }
    }

    package var json: JSONValue {
        var json = JSONObject([.init("begun", .int(begun))])
        switch stage {
        case .seconds(let count): json["seconds"] = .int(count)
        case .polls(let count): json["polls"] = .int(count)
        case .stuck: break
        }
        if polls > 0 { json["polled"] = .int(polls) }
        if let ended { json["ended"] = .int(ended) }
        return .object(json)
    }

    /// Parses what `json` returns.
    package init?(_ json: JSONValue?) {
        guard let begun = json?["begun"]?.int else { return nil }
        if let count = json?["seconds"]?.int {
            stage = .seconds(count)
        } else if let count = json?["polls"]?.int {
            stage = .polls(count)
        } else {
            stage = .stuck
        }
        self.begun = begun
        polls = json?["polled"]?.int ?? 0
        ended = json?["ended"]?.int
    }
}
