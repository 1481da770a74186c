package import SparringJSON

/// The number of files of a store or batch by status.
package struct FileCounts: Sendable, Hashable {
    package var inProgress = 0
    package var completed = 0
    package var failed = 0
    package var cancelled = 0

    package init() {}

    package var json: JSONValue {
        [
            "in_progress": .int(inProgress), "completed": .int(completed), "failed": .int(failed),
            "cancelled": .int(cancelled), "total": .int(inProgress + completed + failed + cancelled),
        ]
    }

    /// Parses what `json` returns.
    package init(_ json: JSONValue?) {
        inProgress = json?["in_progress"]?.int ?? 0
        completed = json?["completed"]?.int ?? 0
        failed = json?["failed"]?.int ?? 0
        cancelled = json?["cancelled"]?.int ?? 0
    }
}
