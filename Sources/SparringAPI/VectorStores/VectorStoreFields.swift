package import SparringJSON

/// The checked body of a request about vector stores.
///
/// Source: https://platform.openai.com/docs/api-reference/vector-stores and the official Python package 3.57.0.
package struct VectorStoreFields: Sendable, Hashable {
    /// A file to add.
    package struct Entry: Sendable, Hashable {
        package var file: String
        package var attributes: JSONValue = [:]
        package var chunking = Chunking()

        package init(file: String, attributes: JSONValue = [:], chunking: Chunking = Chunking()) {
            self.file = file
            self.attributes = attributes
            self.chunking = chunking
        }
    }

    package var name: String?
    package var description: String?
    package var metadata: JSONValue?
    /// The lifetime in days; the inner nil removes the expiry.
    package var lifetime: Int??
    package var entries: [Entry] = []

    /// A body without members.
    package init() {}

    private static let mostFiles = 2_000

    // MARK: Requests

    /// The body of a creation, which may be missing, or of an update.
    package static func store(_ body: JSONValue?, isNew: Bool) throws(APIError) -> VectorStoreFields {
        let object = try object(
            body,
            names: isNew
                ? ["name", "description", "file_ids", "expires_after", "chunking_strategy", "metadata"]
                : ["name", "expires_after", "metadata"])
        var fields = VectorStoreFields()
        fields.name = try text("name", object)
        fields.description = try text("description", object)
        if let metadata = object["metadata"]?.unlessNull {
            try ParameterShape.metadata.check(metadata, at: "metadata")
            fields.metadata = metadata
        }
        if let expiry = object["expires_after"] {
            fields.lifetime = expiry.isNull ? .some(nil) : .some(try days(expiry))
        }
        fields.entries = try entries(object)
        return fields
    }

    /// The body that adds one file.
    package static func file(_ body: JSONValue?) throws(APIError) -> Entry {
        let object = try object(body, names: ["file_id", "attributes", "chunking_strategy"])
        guard let id = try text("file_id", object) else { throw .missing("file_id") }
        return Entry(
            file: id, attributes: try attributes(object), chunking: try Chunking.check(object["chunking_strategy"]))
    }

    /// The body of a batch: `file_ids` with attributes for all files, or `files` with attributes for each file.
    package static func batch(_ body: JSONValue?) throws(APIError) -> [Entry] {
        let object = try object(body, names: ["file_ids", "files", "attributes", "chunking_strategy"])
        if let files = object["files"]?.unlessNull {
            guard object["file_ids"]?.unlessNull == nil else {
                throw APIError(message: "Only one of 'file_ids' and 'files' can be specified.", param: "files")
            }
            guard let values = files.array else { throw .invalidType("files", expected: "an array", got: files) }
            try checkCount("files", values.count)
            var entries: [Entry] = []
            for (index, value) in values.enumerated() {
                guard let member = value.object else {
                    throw .invalidType("files[\(index)]", expected: "an object", got: value)
                }
                guard let id = member["file_id"]?.string else { throw .missing("files[\(index)].file_id") }
                entries.append(
                    Entry(
                        file: id, attributes: try attributes(member),
                        chunking: try Chunking.check(member["chunking_strategy"])))
            }
            return entries
        }
        guard object["file_ids"]?.unlessNull != nil else { throw .missing("file_ids") }
        return try entries(object)
    }

    /// The body that replaces the attributes of a file.
    package static func attributes(_ body: JSONValue?) throws(APIError) -> JSONValue {
        let object = try object(body, names: ["attributes"])
        guard object["attributes"] != nil else { throw .missing("attributes") }
        return try attributes(object)
    }

    // MARK: Members

    static func object(_ body: JSONValue?, names: [String]) throws(APIError) -> JSONObject {
        guard let object = (body ?? [:]).object else { throw .unparsable }
        if let stranger = object.names.first(where: { !names.contains($0) }) {
            throw .unknownParameter(stranger, known: names.filter { object[$0] == nil })
        }
        return object
    }

    private static func text(_ name: String, _ object: JSONObject) throws(APIError) -> String? {
        guard let value = object[name]?.unlessNull else { return nil }
        guard let text = value.string else { throw .invalidType(name, expected: "a string", got: value) }
        return text
    }

    private static func entries(_ object: JSONObject) throws(APIError) -> [Entry] {
        guard let value = object["file_ids"]?.unlessNull else { return [] }
        guard let values = value.array else { throw .invalidType("file_ids", expected: "an array", got: value) }
        try checkCount("file_ids", values.count)
        let (attributes, chunking) = (try attributes(object), try Chunking.check(object["chunking_strategy"]))
        var entries: [Entry] = []
        for (index, value) in values.enumerated() {
            guard let id = value.string else {
                throw .invalidType("file_ids[\(index)]", expected: "a string", got: value)
            }
            entries.append(Entry(file: id, attributes: attributes, chunking: chunking))
        }
        return entries
    }

    private static func checkCount(_ name: String, _ count: Int) throws(APIError) {
        guard count <= mostFiles else { throw .arrayTooLong(name, maximum: mostFiles, got: count) }
    }

    private static func days(_ value: JSONValue) throws(APIError) -> Int {
        guard let object = value.object else { throw .invalidType("expires_after", expected: "an object", got: value) }
        guard let anchor = object["anchor"]?.string else { throw .missing("expires_after.anchor") }
        guard anchor == "last_active_at" else {
            throw .invalidValue("expires_after.anchor", anchor, supported: ["last_active_at"])
        }
        guard let days = object["days"] else { throw .missing("expires_after.days") }
        guard let count = days.int else { throw .invalidType("expires_after.days", expected: "an integer", got: days) }
        guard count >= 1 else { throw .integerBelow("expires_after.days", minimum: 1, got: JSONNumber(count)) }
        guard count <= 365 else { throw .integerAbove("expires_after.days", maximum: 365, got: JSONNumber(count)) }
        return count
    }

    /// The attributes: up to 16 texts, numbers and flags, by name.
    private static func attributes(_ object: JSONObject) throws(APIError) -> JSONValue {
        guard let value = object["attributes"]?.unlessNull else { return [:] }
        guard let members = value.object?.members else {
            throw .invalidType("attributes", expected: "an object", got: value)
        }
        for member in members {
            switch member.value {
            case .string, .number, .bool: break
            default:
                throw .invalidType(
                    "attributes.\(member.name)", expected: "one of a string, a number, or a boolean", got: member.value)
            }
        }
        return value
    }
}
