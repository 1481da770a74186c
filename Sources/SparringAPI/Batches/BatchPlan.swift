package import SparringJSON

/// A scenario's plan for a batch: how long each status lasts, and how the batch ends.
package struct BatchPlan: Sendable, Hashable {
    package enum Stage: Sendable, Hashable {
        /// The status lasts as long as the work takes.
        case work
        /// The status lasts that many seconds of session time.
        case seconds(Int)
        /// The status lasts for that many polls.
        case polls(Int)
        /// The status lasts until the batch is cancelled or expires.
        case stuck
    }

    package var stages: [BatchStatus: Stage] = [:]
    /// Fails validation with this error, whatever the file contains.
    package var failure: BatchError?
    /// False for a batch that completes without an output file.
    package var hasOutput = true
    /// The share of lines after which the batch expires, 0 to 1. If this share is nil, the batch expires after 24 hours.
    package var expiresAfter: Double?
    /// True if lines are charged to the account and refused like calls.
    package var isCharged = false

    package init() {}

    package static let staged: [BatchStatus] = [.validating, .inProgress, .finalizing, .cancelling]

    package subscript(status: BatchStatus) -> Stage { stages[status] ?? .work }

    /// True if at least one status has a set duration.
    package var isTimed: Bool {
        stages.values.contains { if case .seconds = $0 { true } else { false } }
    }

    package var json: JSONValue {
        var json = JSONObject()
        for (status, stage) in stages.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            json[status.rawValue] =
                switch stage {
                case .work: .null
                case .seconds(let count): ["seconds": .int(count)]
                case .polls(let count): ["polls": .int(count)]
                case .stuck: "stuck"
                }
        }
        if let failure { json["fails"] = failure.json }
        if !hasOutput { json["output"] = false }
        if let expiresAfter { json["expires"] = .number(JSONNumber(expiresAfter)) }
        if isCharged { json["charged"] = true }
        return .object(json)
    }

    /// Parses what `json` returns.
    package init(_ json: JSONValue?) {
        for status in Self.staged {
            guard let stage = json?[status.rawValue]?.unlessNull else { continue }
            if let count = stage["seconds"]?.int { stages[status] = .seconds(count) }
            if let count = stage["polls"]?.int { stages[status] = .polls(count) }
            if stage == "stuck" { stages[status] = .stuck }
        }
        failure = json?["fails"].map(BatchError.init)
        hasOutput = json?["output"]?.bool ?? true
        expiresAfter = json?["expires"]?.double
        isCharged = json?["charged"]?.bool ?? false
    }
}
