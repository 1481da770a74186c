package import SparringJSON
package import SparringWire

/// A batch as its owner sees it.
///
/// Source: https://platform.openai.com/docs/api-reference/batch
package struct BatchObject: Sendable, Hashable {
    package enum Status: String, Sendable, CaseIterable {
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
        static let stamped: [Status] = [
            .inProgress, .finalizing, .completed, .failed, .expired, .cancelling, .cancelled,
        ]
    }

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
    /// Of the files that it makes, in seconds after its creation.
    package var outputLifetime: Int?

    /// The window of every batch, in seconds.
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

    /// The inverse of `json`.
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

/// Why a batch is not worked on: an entry of `errors`.
package struct BatchError: Error, Sendable, Hashable {
    package var code: String
    package var message: String
    package var param: String?
    /// Counted from 1; nil where it is about the file as a whole.
    package var line: Int?

    package init(code: String, message: String, param: String? = nil, line: Int? = nil) {
        self.code = code
        self.message = message
        self.param = param
        self.line = line
    }

    package var json: JSONValue {
        [
            "code": .string(code), "message": .string(message), "param": .string(orNull: param),
            "line": line.map { .int($0) } ?? .null,
        ]
    }

    init(_ json: JSONValue) {
        self.init(
            code: json["code"]?.string ?? "", message: json["message"]?.string ?? "", param: json["param"]?.string,
            line: json["line"]?.int)
    }
}

/// What is asked for with a batch, and the complaints about it.
///
/// Source: https://platform.openai.com/docs/api-reference/batch; the 409 as quoted in public clients.
package enum BatchesAnswer {
    static let endpoints = [
        "/v1/responses", "/v1/chat/completions", "/v1/embeddings", "/v1/completions", "/v1/moderations",
        "/v1/images/generations", "/v1/images/edits", "/v1/videos",
    ]

    private static let creation = ParameterTable(
        besides: ["output_expires_after"],
        [
            Parameter("input_file_id", .string()), Parameter("endpoint", .choice(endpoints)),
            Parameter("completion_window", .choice(["24h"])), Parameter("metadata", .metadata),
        ])

    package static func checkCreation(_ body: JSONValue?, created: Int) throws(APIError) -> BatchObject {
        guard let object = body?.object else { throw .unparsable }
        for name in ["input_file_id", "endpoint", "completion_window"] where object[name] == nil {
            throw .missing(name)
        }
        try creation.checkNames(of: object)
        for (parameter, value) in creation.given(in: object) { try parameter.shape.check(value, at: parameter.name) }
        let endpoint = object["endpoint"]?.string ?? ""
        var batch = BatchObject(
            id: "", endpoint: endpoint, inputFile: object["input_file_id"]?.string ?? "",
            metadata: object["metadata"] ?? .null, created: created)
        batch.outputLifetime = try FilesRequest.lifetime(
            object["output_expires_after"], named: "output_expires_after")
        return batch
    }

    /// - Throws: where lines of that endpoint could not be answered.
    package static func checkEmulation(_ batch: BatchObject) throws(APIError) {
        guard Endpoint.ofBatches[batch.endpoint] != nil else {
            throw APIError(
                message: "Sparring: batches for \(batch.endpoint) are not emulated.", code: "sparring_unsupported",
                headers: ["x-should-retry": "false"])
        }
    }

    package static func one(_ batch: BatchObject, context: AnswerInput, ids: inout IDMint) -> Answer {
        ResponsesObjects.answer(batch.json, context: context, ids: &ids)
    }

    package static func list(_ page: ListPage<BatchObject>, context: AnswerInput, ids: inout IDMint) -> Answer {
        ResponsesObjects.list(
            ListPage(elements: page.elements.map { ($0.id, $0.value.json) }, hasMore: page.hasMore), context: context,
            ids: &ids)
    }

    package static func notFound(_ id: String) -> APIError {
        APIError(status: 404, message: "No batch found with id '\(id)'.", about: "batch_id")
    }

    package static func notCancellable(_ batch: BatchObject) -> APIError {
        APIError(status: 409, message: "Cannot cancel a batch with status '\(batch.status.rawValue)'.")
    }

    package static func wrongPurpose(_ file: FileObject) -> APIError {
        APIError(
            message: "Invalid value: the file '\(file.id)' has the purpose '\(file.purpose)'; a batch wants 'batch'.",
            param: "input_file_id", code: "invalid_value")
    }
}

extension Endpoint {
    /// Those that lines of batches may ask for, by their `url`.
    package static let ofBatches: [String: Endpoint] = Dictionary(
        uniqueKeysWithValues: [.chatCompletions, .responses, .embeddings, .completions, .moderations].map {
            ($0.operation.path, $0)
        })
}
