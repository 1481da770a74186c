package import SparringJSON
package import SparringWire

/// The batch object.
///
/// Source: https://platform.openai.com/docs/api-reference/batch
package struct BatchObject: Sendable, Hashable {
    package typealias Status = BatchStatus

    package var id: String
    package var endpoint: String
    package var inputFile: String
    package var metadata: JSONValue
    package var created: Int
    package var expires: Int
    package var status = Status.validating
    package var model: String?
    package var errors: [BatchError] = []
    package var outputFile: String?
    package var errorFile: String?
    /// When each status was reached, in Unix seconds.
    package var reached: [Status: Int] = [:]
    package var total = 0
    package var completed = 0
    package var failed = 0
    package var usage = Usage()
    /// Lifetime of the output files, in seconds after their creation.
    package var outputLifetime: Int?

    /// The completion window, in seconds.
    package static let window = 86_400

    package init(id: String, endpoint: String, inputFile: String, metadata: JSONValue = .null, created: Int) {
        self.id = id
        self.endpoint = endpoint
        self.inputFile = inputFile
        self.metadata = metadata
        self.created = created
        expires = created + Self.window
    }

    package mutating func reach(_ status: Status, at unixTime: Int) {
        self.status = status
        reached[status] = unixTime
    }

    package var json: JSONValue {
        var json: JSONObject = [
            "id": .string(id), "object": "batch", "endpoint": .string(endpoint),
            "errors": errors.isEmpty ? .null : ["object": "list", "data": .array(errors.map(\.json))],
            "input_file_id": .string(inputFile), "completion_window": "24h", "status": .string(status.rawValue),
            "output_file_id": .string(orNull: outputFile), "error_file_id": .string(orNull: errorFile),
            "created_at": .int(created), "expires_at": .int(expires),
        ]
        if let model { json["model"] = .string(model) }
        for status in Status.stamped { json[status.stamp] = reached[status].map { .int($0) } ?? .null }
        json["request_counts"] = ["total": .int(total), "completed": .int(completed), "failed": .int(failed)]
        json["usage"] = [
            "input_tokens": .int(usage.input), "input_tokens_details": ["cached_tokens": .int(usage.cached)],
            "output_tokens": .int(usage.output), "output_tokens_details": ["reasoning_tokens": .int(usage.reasoning)],
            "total_tokens": .int(usage.input + usage.output),
        ]
        json["metadata"] = metadata
        return .object(json)
    }

    /// Parses what `json` returns.
    package init?(_ json: JSONValue) {
        guard let id = json["id"]?.string, let endpoint = json["endpoint"]?.string,
            let input = json["input_file_id"]?.string, let created = json["created_at"]?.int,
            let status = json["status"]?.string.flatMap(Status.init)
        else { return nil }
        self.init(id: id, endpoint: endpoint, inputFile: input, metadata: json["metadata"] ?? .null, created: created)
        expires = json["expires_at"]?.int ?? expires
        self.status = status
        model = json["model"]?.string
        errors = (json["errors"]?["data"]?.array ?? []).map(BatchError.init)
        outputFile = json["output_file_id"]?.string
        errorFile = json["error_file_id"]?.string
        for status in Status.stamped { reached[status] = json[status.stamp]?.int }
        total = json["request_counts"]?["total"]?.int ?? 0
        completed = json["request_counts"]?["completed"]?.int ?? 0
        failed = json["request_counts"]?["failed"]?.int ?? 0
        usage.input = json["usage"]?["input_tokens"]?.int ?? 0
        usage.cached = json["usage"]?["input_tokens_details"]?["cached_tokens"]?.int ?? 0
        usage.output = json["usage"]?["output_tokens"]?.int ?? 0
        usage.reasoning = json["usage"]?["output_tokens_details"]?["reasoning_tokens"]?.int ?? 0
    }
}
