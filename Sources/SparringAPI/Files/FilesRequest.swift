package import SparringJSON

/// A checked request to upload a file.
///
/// Source: https://platform.openai.com/docs/api-reference/files/create
package struct FilesRequest: Sendable, Hashable {
    package static let purposes = ["fine-tune", "assistants", "batch", "user_data", "vision", "evals"]
    /// The largest file, in bytes.
    package static let largestFile = 512 << 20
    package static let largestBatch = 200 << 20

    package var purpose: String
    package var filename: String
    package var bytes: Int
    /// The lifetime of the file in seconds, from its creation; nil for a file without expiry.
    package var lifetime: Int?

    /// - Parameter body: the fields of the form.
    /// - Throws: the API's 400.
    package static func check(_ body: JSONValue?) throws(APIError) -> FilesRequest {
        let fields = body?.object ?? JSONObject()
        guard let file = fields["file"], let filename = file["filename"]?.string, let bytes = file["bytes"]?.int else {
            throw required("file")
        }
        guard let purpose = fields["purpose"]?.string else { throw required("purpose") }
        try checkPurpose(purpose, among: purposes)
        let lifetime = try lifetime(fields["expires_after"])
        let limit = purpose == "batch" ? largestBatch : largestFile
        guard bytes <= limit else { throw FilesAnswer.tooLarge(bytes, limit: limit) }
        // The API keeps files of batches for thirty days by default.
        let standard = purpose == "batch" ? 30 * 86_400 : Int?.none
        return FilesRequest(purpose: purpose, filename: filename, bytes: bytes, lifetime: lifetime ?? standard)
    }

    static func required(_ name: String) -> APIError {
        APIError(message: "'\(name)' is a required property", about: name)
    }

    static func checkPurpose(_ purpose: String, among purposes: [String]) throws(APIError) {
        guard purposes.contains(purpose) else {
            let list = purposes.map { "'\($0)'" }.joined(separator: ", ")
            throw APIError(message: "'\(purpose)' is not one of [\(list)] - 'purpose'", param: "purpose")
        }
    }

    /// `expires_after`: one hour to thirty days after the creation. In a form, the number is text.
    static func lifetime(_ value: JSONValue?, named name: String = "expires_after") throws(APIError) -> Int? {
        guard let value, !value.isNull else { return nil }
        guard value.object != nil else { throw .invalidType(name, expected: "an object", got: value) }
        guard let anchor = value["anchor"] else { throw .missing("\(name).anchor") }
        try ParameterShape.choice(["created_at"]).check(anchor, at: "\(name).anchor")
        guard var seconds = value["seconds"] else { throw .missing("\(name).seconds") }
        if let text = seconds.string, let number = Int(text) { seconds = .int(number) }
        try ParameterShape.integer(minimum: 3600, maximum: 2_592_000).check(seconds, at: "\(name).seconds")
        return seconds.int
    }
}
