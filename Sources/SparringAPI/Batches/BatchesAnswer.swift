package import SparringJSON
package import SparringWire

/// Checks of batch requests, and their errors.
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

    /// - Throws: an error if lines of that endpoint cannot be answered.
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
    /// The endpoints that batch lines may use, by `url`.
    package static let ofBatches: [String: Endpoint] = Dictionary(
        uniqueKeysWithValues: [.chatCompletions, .responses, .embeddings, .completions, .moderations].map {
            ($0.operation.path, $0)
        })
}
