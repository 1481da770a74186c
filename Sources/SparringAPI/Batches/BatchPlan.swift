package import SparringJSON

/// How a batch goes, as a scenario orders it: how long each status lasts, and what becomes of the batch.
package struct BatchPlan: Sendable, Hashable {
    package enum Stage: Sendable, Hashable {
        /// As long as the work takes.
        case work
        /// In the session's time.
        case seconds(Int)
        /// Until it has been asked for so often.
        case polls(Int)
        /// For ever: until it is cancelled or expires.
        case stuck
    }

    package var stages: [BatchStatus: Stage] = [:]
    /// The validator finds this, whatever the file has.
    package var failure: BatchError?
    /// A batch that completes has no output file.
    package var hasOutput = true
    /// The part of the lines after which the window is over, 0 to 1; nil: it is over after 24 hours.
    package var expiresAfter: Double?
    /// Lines are charged to the account, and refused as calls are.
    package var isCharged = false

    package init() {}

    package static let staged: [BatchStatus] = [.validating, .inProgress, .finalizing, .cancelling]

    package subscript(status: BatchStatus) -> Stage { stages[status] ?? .work }

    /// Whether some status lasts for a time of its own.
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

    /// The inverse of `json`.
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
