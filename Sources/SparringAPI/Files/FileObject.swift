package import SparringJSON
package import SparringWire

/// The file object.
///
/// Source: https://platform.openai.com/docs/api-reference/files and recorded answers.
package struct FileObject: Sendable, Hashable {
    package var id: String
    package var purpose: String
    package var filename: String
    package var bytes: Int
    package var created: Int
    /// When the file expires, in Unix seconds; nil for a file without expiry.
    package var expires: Int?
    package var status: String

    package init(
        id: String, purpose: String, filename: String, bytes: Int, created: Int, expires: Int? = nil,
        status: String = "processed"
    ) {
        self.id = id
        self.purpose = purpose
        self.filename = filename
        self.bytes = bytes
        self.created = created
        self.expires = expires
        self.status = status
    }

    package var json: JSONValue {
        [
            "object": "file", "id": .string(id), "purpose": .string(purpose), "filename": .string(filename),
            "bytes": .int(bytes), "created_at": .int(created), "expires_at": expires.map { .int($0) } ?? .null,
            "status": .string(status), "status_details": .null,
        ]
    }

    /// Parses what `json` returns.
    package init?(_ json: JSONValue) {
        guard let id = json["id"]?.string, let purpose = json["purpose"]?.string,
            let filename = json["filename"]?.string, let bytes = json["bytes"]?.int,
            let created = json["created_at"]?.int, let status = json["status"]?.string
        else { return nil }
        self.init(
            id: id, purpose: purpose, filename: filename, bytes: bytes, created: created,
            expires: json["expires_at"]?.int, status: status)
    }

    /// True for purposes whose content can be downloaded: batches, fine-tuning and their results; false for files of
    /// assistants and models.
    package var isReadable: Bool { !["assistants", "user_data", "vision"].contains(purpose) }

    /// The object that `examples` mode returns for an unknown id.
    package static func example(_ id: String, purpose: String = "user_data") -> FileObject {
        FileObject(id: id, purpose: purpose, filename: "example.jsonl", bytes: 0, created: 0)
    }
}

/// The answers about files, and their errors.
///
/// Source: https://platform.openai.com/docs/api-reference/files; messages as quoted in public clients and issue
/// trackers. Errors have the API's older format: in the style of JSON Schema, without a code.
package enum FilesAnswer {
    package static func one(_ file: FileObject, context: AnswerInput, ids: inout IDMint) -> Answer {
        ResponsesObjects.answer(file.json, context: context, ids: &ids)
    }

    package static func list(_ page: ListPage<FileObject>, context: AnswerInput, ids: inout IDMint) -> Answer {
        ResponsesObjects.list(
            ListPage(elements: page.elements.map { ($0.id, $0.value.json) }, hasMore: page.hasMore), context: context,
            ids: &ids)
    }

    package static func deleted(_ id: String, context: AnswerInput, ids: inout IDMint) -> Answer {
        ResponsesObjects.answer(["object": "file", "deleted": true, "id": .string(id)], context: context, ids: &ids)
    }

    /// The head of a download, whose body is read from the store.
    package static func content(of file: FileObject, context: AnswerInput, ids: inout IDMint) -> Answer {
        var headers = StandardHeaders.fields(
            contentType: "application/octet-stream", context: context, ids: &ids, rateLimits: nil)
        let name = file.filename.utf8.map { $0 >= 0x20 && $0 < 0x7F && $0 != 0x22 && $0 != 0x5C ? $0 : 0x5F }
        headers.append(
            "content-disposition", "attachment; filename=\"\(String(decoding: name, as: UTF8.self))\"")
        return Answer(status: 200, headers: headers)
    }

    package static func notFound(_ id: String) -> APIError {
        APIError(status: 404, message: "No such File object: \(id)", param: "id")
    }

    package static func notReadable(_ file: FileObject) -> APIError {
        APIError(message: "Not allowed to download files of purpose: \(file.purpose)")
    }

    package static func tooLarge(_ bytes: Int, limit: Int) -> APIError {
        APIError(
            status: 413, type: "server_error",
            message: "413: Maximum content size limit (\(limit)) exceeded (\(bytes) bytes read)")
    }
}
