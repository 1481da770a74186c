package import SparringJSON

/// A file in a vector store.
///
/// Source: https://platform.openai.com/docs/api-reference/vector-stores-files/file-object
package struct VectorStoreFile: Sendable, Hashable {
    package enum Status: String, Sendable, Hashable, CaseIterable {
        case inProgress = "in_progress"
        case completed, failed, cancelled
    }

    package var id: String
    package var store: String
    /// The id of the file's batch; for a file without a batch, the file's own id.
    package var group: String
    package var created: Int
    package var filename: String
    package var bytes: Int
    package var attributes: JSONValue
    package var chunking: Chunking
    package var progress: Progress
    /// The reason why indexing the file fails at the end; nil if the indexing succeeds.
    package var failure: ProgressPlan.Failure?
    package var isCancelled = false

    package init(
        id: String, store: String, group: String, file: FileObject, entry: VectorStoreFields.Entry,
        progress: Progress, failure: ProgressPlan.Failure?
    ) {
        self.id = id
        self.store = store
        self.group = group
        created = progress.begun
        filename = file.filename
        bytes = file.bytes
        attributes = entry.attributes
        chunking = entry.chunking
        self.progress = progress
        self.failure = failure ?? Self.failure(of: file)
    }

    package func status(at unixTime: Int) -> Status {
        if isCancelled { return .cancelled }
        guard progress.isOver(at: unixTime) else { return .inProgress }
        return failure == nil ? .completed : .failed
    }

    package func json(at unixTime: Int) -> JSONValue {
        let status = status(at: unixTime)
        return [
            "id": .string(id), "object": "vector_store.file", "usage_bytes": .int(status == .completed ? bytes : 0),
            "created_at": .int(created), "vector_store_id": .string(store), "status": .string(status.rawValue),
            "last_error": status == .failed ? error : .null, "chunking_strategy": chunking.json,
            "attributes": attributes,
        ]
    }

    private var error: JSONValue {
        failure.map { ["code": .string($0.code), "message": .string($0.message)] } ?? .null
    }

    /// The extensions that file search reads.
    ///
    /// Source: https://platform.openai.com/docs/assistants/tools/file-search
    private static let extensions: Set<String> = [
        "c", "cpp", "cs", "css", "doc", "docx", "go", "html", "java", "js", "json", "md", "pdf", "php", "pptx", "py",
        "rb", "sh", "tex", "ts", "txt",
    ]

    /// The reason why the API could not index a file; nil if the API could index it.
    private static func failure(of file: FileObject) -> ProgressPlan.Failure? {
        let parts = file.filename.lowercased().split(separator: ".")
        guard parts.count > 1, let last = parts.last, extensions.contains(String(last)) else {
            return ProgressPlan.Failure(code: "unsupported_file", message: "The file type is not supported.")
        }
        guard file.bytes > 0 else { return ProgressPlan.Failure(code: "invalid_file", message: "The file is empty.") }
        return nil
    }

    // MARK: Storing

    package var record: JSONValue {
        [
            "id": .string(id), "store": .string(store), "group": .string(group), "created": .int(created),
            "filename": .string(filename), "bytes": .int(bytes), "attributes": attributes, "chunking": chunking.json,
            "progress": progress.json, "failure": error, "cancelled": .bool(isCancelled),
        ]
    }

    /// Parses what `record` returns.
    package init?(_ json: JSONValue) {
        guard let id = json["id"]?.string, let store = json["store"]?.string, let group = json["group"]?.string,
            let progress = Progress(json["progress"])
        else { return nil }
        self.id = id
        self.store = store
        self.group = group
        self.progress = progress
        created = json["created"]?.int ?? progress.begun
        filename = json["filename"]?.string ?? ""
        bytes = json["bytes"]?.int ?? 0
        attributes = json["attributes"] ?? [:]
        chunking = Chunking(json["chunking"])
        if let code = json["failure"]?["code"]?.string {
            failure = ProgressPlan.Failure(code: code, message: json["failure"]?["message"]?.string ?? "")
        }
        isCancelled = json["cancelled"] == true
    }
}
