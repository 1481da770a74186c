package import SparringJSON
package import SparringWire

/// An upload: a large file in parts.
///
/// Source: https://platform.openai.com/docs/api-reference/uploads
package struct UploadObject: Sendable, Hashable {
    package enum Status: String, Sendable {
        case pending
        case completed
        case cancelled
        case expired
    }

    package var id: String
    package var filename: String
    package var purpose: String
    /// The announced size, which the parts must add up to.
    package var bytes: Int
    package var created: Int
    package var status: Status
    /// Lifetime of the resulting file, in seconds after its creation; nil for a file without expiry.
    package var lifetime: Int?
    package var file: FileObject?

    /// The time in which parts are accepted, in seconds.
    package static let window = 3600
    package static let largest = 8 << 30
    package static let largestPart = 64 << 20

    package init(
        id: String, filename: String, purpose: String, bytes: Int, created: Int, status: Status = .pending,
        lifetime: Int? = nil, file: FileObject? = nil
    ) {
        self.id = id
        self.filename = filename
        self.purpose = purpose
        self.bytes = bytes
        self.created = created
        self.status = status
        self.lifetime = lifetime
        self.file = file
    }

    package var expires: Int { created + Self.window }

    package func status(at unixTime: Int) -> Status {
        status == .pending && unixTime >= expires ? .expired : status
    }

    package func json(at unixTime: Int) -> JSONValue {
        var json: JSONObject = [
            "id": .string(id), "object": "upload", "bytes": .int(bytes), "created_at": .int(created),
            "filename": .string(filename), "purpose": .string(purpose),
            "status": .string(status(at: unixTime).rawValue), "expires_at": .int(expires),
        ]
        if let file { json["file"] = file.json }
        return .object(json)
    }

    /// Parses what `json` returns.
    package init?(_ json: JSONValue) {
        guard let id = json["id"]?.string, let filename = json["filename"]?.string,
            let purpose = json["purpose"]?.string, let bytes = json["bytes"]?.int,
            let created = json["created_at"]?.int, let status = json["status"]?.string.flatMap(Status.init)
        else { return nil }
        self.init(
            id: id, filename: filename, purpose: purpose, bytes: bytes, created: created, status: status,
            file: json["file"].flatMap(FileObject.init))
    }

    /// The object that `examples` mode returns for an unknown id.
    package static func example(_ id: String) -> UploadObject {
        UploadObject(id: id, filename: "example.jsonl", purpose: "fine-tune", bytes: 0, created: 0)
    }
}

/// Checks of upload requests, and their errors.
///
/// Source: https://platform.openai.com/docs/api-reference/uploads. The API's wording of errors about parts, sizes and states is not known;
/// Sparring uses its own wording.
package enum UploadsAnswer {
    private static let creation = ParameterTable(
        besides: ["expires_after"],
        [
            Parameter("filename", .string()),
            Parameter("purpose", .choice(["assistants", "batch", "fine-tune", "vision", "user_data"])),
            Parameter("bytes", .integer(minimum: 0, maximum: UploadObject.largest)),
            Parameter("mime_type", .string()),
        ])

    package static func checkCreation(_ body: JSONValue?, id: String, created: Int) throws(APIError) -> UploadObject {
        let object = try checked(body, creation, required: ["filename", "purpose", "bytes", "mime_type"])
        let lifetime = try FilesRequest.lifetime(object["expires_after"])
        return UploadObject(
            id: id, filename: object["filename"]?.string ?? "", purpose: object["purpose"]?.string ?? "",
            bytes: object["bytes"]?.int ?? 0, created: created, lifetime: lifetime)
    }

    private static let completion = ParameterTable(
        besides: ["part_ids"], [Parameter("md5", .string())])

    package static func checkCompletion(_ body: JSONValue?) throws(APIError) -> (parts: [String], md5: String?) {
        let object = try checked(body, completion, required: ["part_ids"])
        guard let ids = object["part_ids"]?.array else {
            throw .invalidType("part_ids", expected: "an array of strings", got: object["part_ids"] ?? .null)
        }
        var parts: [String] = []
        for (index, id) in ids.enumerated() {
            guard let text = id.string else { throw .invalidType("part_ids[\(index)]", expected: "a string", got: id) }
            parts.append(text)
        }
        return (parts, object["md5"]?.string)
    }

    private static func checked(
        _ body: JSONValue?, _ table: ParameterTable, required: [String]
    ) throws(APIError) -> JSONObject {
        guard let object = body?.object else { throw .unparsable }
        for name in required where object[name] == nil { throw .missing(name) }
        try table.checkNames(of: object)
        for (parameter, value) in table.given(in: object) { try parameter.shape.check(value, at: parameter.name) }
        return object
    }

    package static func one(_ upload: UploadObject, context: AnswerInput, ids: inout IDMint) -> Answer {
        ResponsesObjects.answer(upload.json(at: context.created), context: context, ids: &ids)
    }

    package static func part(_ id: String, of upload: String, context: AnswerInput, ids: inout IDMint) -> Answer {
        ResponsesObjects.answer(
            [
                "id": .string(id), "object": "upload.part", "created_at": .int(context.created),
                "upload_id": .string(upload),
            ], context: context, ids: &ids)
    }

    package static func notFound(_ id: String) -> APIError {
        APIError(status: 404, message: "No such Upload object: \(id)", param: "upload_id")
    }

    package static func partNotFound(_ id: String, of upload: String) -> APIError {
        APIError(message: "Upload '\(upload)' has no part '\(id)'.", param: "part_ids")
    }

    package static func notPending(_ upload: UploadObject, at unixTime: Int) -> APIError {
        APIError(
            message: "Upload '\(upload.id)' has status '\(upload.status(at: unixTime).rawValue)' and cannot be changed."
        )
    }

    package static func wrongSum(_ sum: Int, of upload: UploadObject) -> APIError {
        APIError(
            message: "The parts of upload '\(upload.id)' come to \(sum) bytes; \(upload.bytes) were announced.",
            param: "part_ids")
    }

    package static let wrongChecksum = APIError(
        message: "The md5 of the parts is not the one that was given.", param: "md5")
}
