package import SparringJSON

/// A stored object of a collection. The stored members are those of the finished object. Until it is finished, each retrieval replaces the
/// members that depend on the object's progress.
package struct CollectionObject: Sendable, Hashable {
    package var id: String
    private var body: JSONObject
    /// The progress of the object's work; nil for an object without work.
    package var progress: Progress?
    private var working: String?
    private var expired: String?
    /// When the object expires, in Unix seconds of session time.
    private var expires: Int?
    /// Where the bytes of an uploaded file are; nil without a file.
    package private(set) var content: JSONValue?
    /// The name of the schema that the object conforms to (`conform`); nil if the schema has no name.
    package private(set) var schema: String?
    /// Members that have no value before the work ends, but cannot be null.
    private var required: Set<String>

    /// Makes an object from a request, and completes it.
    ///
    /// - Parameters:
    ///   - template: an object that follows the answer's schema.
    ///   - request: the body; the object repeats those of its members that the object also has.
    ///   - names: the members that the schema knows.
    ///   - required: the members that cannot be null.
    ///   - parents: the ids of the objects in the path, by name: `eval_id`.
    package init(
        id: String, template: JSONObject, request: JSONObject, names: Set<String>, required: Set<String> = [],
        parents: [String: String], traits: CollectionTraits, plan: ProgressPlan?, created: Int
    ) {
        self.id = id
        self.required = required.intersection(Self.emptyAtWork)
        body = template
        body["id"] = .string(id)
        for (name, text) in [("object", traits.object), ("status", traits.status)] where body[name] != nil {
            if let text { body[name] = .string(text) }
        }
        for name in Self.times where body[name]?.int != nil { body[name] = .int(created) }
        for (name, parent) in parents where names.contains(name) || body[name] != nil { body[name] = .string(parent) }
        if let lifetime = traits.lifetime {
            expires = created + lifetime
            expired = traits.expired
            if names.contains("expires_at") { body["expires_at"] = .int(created + lifetime) }
        } else if body["expires_at"] != nil, body["expires_at"]?.isNull == false {
            body["expires_at"] = .int(created + 3600)
        }
        if let status = traits.working, body["status"] != nil || names.contains("status") {
            let plan = plan ?? .standard
            progress = Progress(plan.stage, begun: created)
            working = status
            body["status"] = .string(plan.ending ?? traits.ended)
            if let failure = plan.failure {
                for name in ["error", "last_error"] where names.contains(name) {
                    body[name] = ["code": .string(failure.code), "message": .string(failure.message)]
                }
            }
            if body["progress"]?.int != nil { body["progress"] = 100 }
        }
        update(request, names: names)
    }

    private static let times = ["created_at", "created", "last_active_at", "updated_at", "started_at"]
    /// Members that are null while the object works.
    private static let emptyAtWork: Set<String> = ["completed_at", "error", "last_error"]
    /// Members that only the server sets.
    private static let own: Set<String> = ["id", "object", "status", "created_at", "created", "expires_at"]

    /// The members of the object after an update with the members of a request.
    package func updated(by request: JSONObject) -> JSONObject {
        var members = body
        for member in request.members where !Self.own.contains(member.name) { members[member.name] = member.value }
        return members
    }

    /// Changes those members of the object that a request contains; ignores members that the object cannot have.
    package mutating func update(_ request: JSONObject, names: Set<String>) {
        for member in request.members where !Self.own.contains(member.name) {
            guard names.contains(member.name) || body[member.name] != nil else { continue }
            body[member.name] = member.value
        }
    }

    /// Makes the object conform to a schema of the document.
    ///
    /// - Parameter name: the name of the schema; nil if the schema has no name.
    package mutating func conform(to schema: JSONValue, named name: String?, _ completion: SchemaCompletion) {
        guard case .object(let object)? = completion.completed(.object(body), as: schema) else { return }
        (body, self.schema) = (object, name)
    }

    /// Adds an uploaded file to the object.
    package mutating func hold(_ content: JSONValue, name: String, bytes: Int) {
        self.content = content
        for (member, value) in [
            ("bytes", JSONValue.int(bytes)), ("filename", .string(name)), ("path", .string("/mnt/data/\(name)")),
        ] where body[member] != nil { body[member] = value }
    }

    // MARK: Reading

    package func json(at unixTime: Int) -> JSONValue {
        var json = body
        if let progress, !progress.isOver(at: unixTime) {
            json["status"] = .string(orNull: working)
            if json["progress"]?.int != nil { json["progress"] = 0 }
            for name in Self.emptyAtWork where json[name] != nil && !required.contains(name) {
                json[name] = .some(.null)
            }
        } else if let ends = progress?.ends, json["completed_at"] != nil {
            json["completed_at"] = .int(ends)
        }
        if let expires, expires <= unixTime, let expired, json["status"] != nil, !hasEnded(at: unixTime) {
            json["status"] = .string(expired)
        }
        return .object(json)
    }

    /// True once the work has ended; false for objects without work.
    private func hasEnded(at unixTime: Int) -> Bool { progress?.isOver(at: unixTime) ?? false }

    package func isAtWork(at unixTime: Int) -> Bool { progress.map { !$0.isOver(at: unixTime) } ?? false }

    package subscript(name: String) -> JSONValue? { body[name] }

    // MARK: Changing

    /// Ends the object's work now with this status. If the object has no work, this only sets its status.
    package mutating func end(_ status: String, at unixTime: Int) {
        progress?.ended = unixTime
        if body["status"] != nil { body["status"] = .string(status) }
        if body["progress"]?.int != nil, progress != nil { body["progress"] = 0 }
    }

    // MARK: Storing

    package var record: JSONValue {
        [
            "id": .string(id), "schema": .string(orNull: schema),
            "required": .array(required.sorted().map { .string($0) }), "body": .object(body),
            "progress": progress?.json ?? .null,
            "working": .string(orNull: working), "expired": .string(orNull: expired),
            "expires": expires.map { .int($0) } ?? .null, "content": content ?? .null,
        ]
    }

    /// Parses what `record` returns.
    package init?(_ json: JSONValue) {
        guard let id = json["id"]?.string, let body = json["body"]?.object else { return nil }
        self.id = id
        self.body = body
        schema = json["schema"]?.string
        required = Set(json["required"]?.array?.compactMap(\.string) ?? [])
        progress = Progress(json["progress"])
        working = json["working"]?.string
        expired = json["expired"]?.string
        expires = json["expires"]?.int
        content = json["content"]?.unlessNull
    }
}
