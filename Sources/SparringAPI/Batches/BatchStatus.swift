/// How far a batch has come.
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

    /// Nothing follows.
    package var isFinal: Bool { [.failed, .completed, .expired, .cancelled].contains(self) }

    /// The timestamp that it sets.
    var stamp: String { self == .validating ? "created_at" : "\(rawValue)_at" }

    /// In the order of the object's members.
    static let stamped: [BatchStatus] = [
        .inProgress, .finalizing, .completed, .failed, .expired, .cancelling, .cancelled,
    ]
}
