import Synchronization

/// Remembers a table's results for unknown names. Comparing a name with every known name takes longer than a whole
/// answer, and a program sends the same name again and again.
///
/// All copies of a table with the same rows share one memo. A name is compared outside the lock, so that calls never wait for each other.
/// Two calls with the same name at the same time may both compare it.
final class StandInMemo: Sendable {
    struct Key: Hashable, Sendable {
        var name: String
        var endpoint: Endpoint
    }

    struct Finding: Sendable {
        /// The row that Sparring answers with.
        var row: ModelInfo
        /// The id of the known model that the row is copied from; nil for a typical model of the endpoint.
        var relative: String?
        var isMistyped: Bool
        /// The nearest known name.
        var nearest: String?
    }

    /// The maximum number of remembered names. A client that invents a new name for each call must not fill the memory.
    static let limit = 1024
    /// The longest name to remember, in bytes of UTF-8.
    static let longest = 256

    private let findings = Mutex<[Key: Finding]>([:])

    var count: Int { findings.withLock { $0.count } }

    subscript(key: Key) -> Finding? { findings.withLock { $0[key] } }

    func remember(_ finding: Finding, for key: Key) {
        guard key.name.utf8.count <= Self.longest else { return }
        findings.withLock { findings in
            if findings.count >= Self.limit { findings.removeAll(keepingCapacity: true) }
            findings[key] = finding
        }
    }
}
