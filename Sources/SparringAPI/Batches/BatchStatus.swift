/// The status of a batch.
///
/// Source: https://platform.openai.com/docs/api-reference/batch/object
package enum BatchStatus: String, Sendable, CaseIterable {
    case validating
    case failed
    case inProgress = "in_progress"
    case finalizing
    case completed
    case expired
    case cancelling
    case cancelled

    /// True if no other status follows.
    package var isFinal: Bool { [.failed, .completed, .expired, .cancelled].contains(self) }

    /// The name of the member with this status's timestamp.
    var stamp: String { self == .validating ? "created_at" : "\(rawValue)_at" }

    /// The statuses with a timestamp, in the order of the object's members.
    static let stamped: [BatchStatus] = [
        .inProgress, .finalizing, .completed, .failed, .expired, .cancelling, .cancelled,
    ]
}
