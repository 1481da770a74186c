package import SparringJSON

/// Files that were added to a vector store together.
///
/// Source: https://platform.openai.com/docs/api-reference/vector-stores-file-batches/batch-object
package struct VectorStoreBatch: Sendable, Hashable {
    package var id: String
    package var store: String
    package var completed: Int
    package var failed: Int
    package var progress: Progress
    package var isCancelled = false

    package init(id: String, store: String, completed: Int, failed: Int, progress: Progress) {
        self.id = id
        self.store = store
        self.completed = completed
        self.failed = failed
        self.progress = progress
    }

    package func status(at unixTime: Int) -> VectorStoreFile.Status {
        if isCancelled { return .cancelled }
        guard progress.isOver(at: unixTime) else { return .inProgress }
        return completed == 0 && failed > 0 ? .failed : .completed
    }

    package func json(at unixTime: Int) -> JSONValue {
        let status = status(at: unixTime)
        var counts = FileCounts()
        switch status {
        case .inProgress: counts.inProgress = completed + failed
        case .cancelled: counts.cancelled = completed + failed
        case .completed, .failed: (counts.completed, counts.failed) = (completed, failed)
        }
        return [
            "id": .string(id), "object": "vector_store.files_batch", "created_at": .int(progress.begun),
            "vector_store_id": .string(store), "status": .string(status.rawValue), "file_counts": counts.json,
        ]
    }

    // MARK: Storing

    package var record: JSONValue {
        [
            "id": .string(id), "store": .string(store), "completed": .int(completed), "failed": .int(failed),
            "progress": progress.json, "cancelled": .bool(isCancelled),
        ]
    }

    /// Parses what `record` returns.
    package init?(_ json: JSONValue) {
        guard let id = json["id"]?.string, let store = json["store"]?.string, let progress = Progress(json["progress"])
        else { return nil }
        self.init(
            id: id, store: store, completed: json["completed"]?.int ?? 0, failed: json["failed"]?.int ?? 0,
            progress: progress)
        isCancelled = json["cancelled"] == true
    }
}
