import SparringAPI
import SparringJSON
import SparringWire

/// Answers for the collections of the OpenAPI document: objects that can be created, retrieved, listed, changed and deleted.
/// This code serves all collections; `CollectionTraits` has their differences.
struct CollectionAnswers {
    let call: GenericCall
    let place: CollectionIndex.Place
    let context: AnswerInput

    /// Makes a generic answer for these operations.
    /// - Returns: nil for operations outside all collections, and for operations whose answer is not the object.
    static func make(
        _ call: GenericCall, _ context: AnswerInput, _ ids: inout IDMint
    ) throws(APIError) -> Rendered? {
        if let thread = try threadAndRun(call, context, &ids) { return thread }
        guard let place = place(of: call) else { return nil }
        return try CollectionAnswers(call: call, place: place, context: context).answer(&ids)
    }

    /// True if the call creates an object that does work.
    static func beginsWork(_ call: GenericCall) -> Bool {
        if call.operation.path == "/v1/threads/runs" { return true }
        guard let place = place(of: call), place.role == .create else { return false }
        return CollectionTraits.of(place.collection).working != nil
    }

    static func place(of call: GenericCall) -> CollectionIndex.Place? {
        let index = call.document === OpenAPIDocument.builtIn ? builtIn : index(of: call.document)
        return index.place(method: call.operation.method, path: call.operation.path)
    }

    private static let builtIn = index(of: .builtIn)

    private static func index(of document: OpenAPIDocument) -> CollectionIndex {
        CollectionIndex(document.operations.lazy.map { ($0.method, $0.path) })
    }

    private func answer(_ ids: inout IDMint) throws(APIError) -> Rendered? {
        try checkParents()
        switch place.role {
        case .create: return try create(&ids)
        case .list: return try list(&ids)
        case .retrieve: return try retrieve(&ids)
        case .update: return try update(&ids)
        case .delete: return try delete(&ids)
        case .act(let verb): return try act(verb, &ids)
        case .other: return try other(&ids)
        }
    }

    // MARK: Operations

    /// Nil if the answer is not an object with an id, such as a list of permissions.
    ///
    /// - Parameter leading: the events before the events of the object, if the answer is streamed.
    func create(_ ids: inout IDMint, leading: [JSONValue] = []) throws(APIError) -> Rendered? {
        let traits = CollectionTraits.of(place.collection)
        let description = call.document.description(of: call.operation)
        let request = call.body?.object ?? JSONObject()
        guard let answer = description.answer else { return nil }
        let schema = completion.variant(of: answer, for: request)
        guard let template = call.document.example(of: schema)?.object, template["id"]?.string != nil
        else { return nil }
        let names = completion.names(of: schema)
        // The id of a membership is its member's id: `user_id`.
        let given = request[place.parameter]?.string
        let file = call.form?.files.first
        for _ in 0..<100 {
            let id = given ?? ids.hex(traits.prefix, count: traits.digits)
            var object = CollectionObject(
                id: id, template: template, request: request, names: names, required: required(by: schema),
                parents: parents, traits: traits, plan: context.progress, created: context.created)
            object.conform(to: schema, named: Self.name(of: answer), completion)
            let snapshots = snapshots(of: &object, in: description)
            var changes: [ObjectChange] = []
            if let file {
                object.hold(StoredBytes(file).json, name: file.filename, bytes: file.bytes)
                changes.append(.keep(file.blob, session: call.session.name))
            }
            changes.append(objects.put(id, object.record))
            if try commit(changes) {
                guard let snapshots else { return json(object.json(at: context.created), &ids, description.status) }
                return Rendered(
                    ExampleAnswer.stream(leading + snapshots, of: call.operation, context: context, ids: &ids))
            }
            guard given == nil else { throw .alreadyThere(place.collection, id) }
        }
        throw APIError(StoreProblem("the store found no free id for a new object"))
    }

    private func list(_ ids: inout IDMint) throws(APIError) -> Rendered? {
        var query = call.query
        let cursor = ["after", "page", "page_token", "cursor"].lazy.compactMap { query[$0] }.first
        for name in ["page", "page_token", "cursor"] { _ = query.remove(name) }
        var list = ListQuery(limit: 20, order: .descending)
        do throws(APIError) {
            list = try ListQuery(query, order: .descending)
        } catch {
            // A lenient session ignores parameters that the API refuses.
            guard call.validation != .strict else { throw error }
        }
        list.after = cursor
        let filters = query.items.filter { !Self.pagination.contains($0.name) }
        let page = try stored { () throws(StoreProblem) in
            try objects.page(list) { member in
                guard !filters.isEmpty, let object = CollectionObject(member.json) else { return true }
                let json = object.json(at: context.created)
                return filters.allSatisfy { filter in json[filter.name]?.string.map { $0 == filter.value } ?? true }
            }
        }
        guard let schema = call.document.description(of: call.operation).answer else { return nil }
        let names = completion.names(of: schema)
        guard names.contains("data") else { return nil }
        let whole = call.document.resolved(schema)
        let items = call.document.resolved(whole["properties"]?["data"] ?? true)["items"] ?? true
        let data = page.elements.compactMap { CollectionObject($0.value.json).map { shown($0, as: items) } }
        var json: JSONObject = ["object": "list", "data": .array(data)]
        let last = page.elements.last?.id
        for (name, value) in [
            ("first_id", JSONValue.string(orNull: page.elements.first?.id)), ("last_id", .string(orNull: last)),
            ("has_more", .bool(page.hasMore)), ("next", .string(orNull: page.hasMore ? last : nil)),
            ("next_page", .string(orNull: page.hasMore ? last : nil)),
            ("next_page_token", .string(orNull: page.hasMore ? last : nil)),
        ] where names.contains(name) { json[name] = value }
        for name in ["object"] + (whole["required"]?.array?.compactMap(\.string) ?? []) where name != "data" {
            guard let inner = whole["properties"]?[name] else { continue }
            json[name] = json[name].flatMap { completion.completed($0, as: inner) } ?? call.document.example(of: inner)
        }
        return self.json(.object(json), &ids)
    }

    private static let pagination: Set<String> = [
        "limit", "after", "before", "order", "order_by", "include", "include[]",
    ]

    private func retrieve(_ ids: inout IDMint) throws(APIError) -> Rendered? {
        guard let (found, member) = try found() else { return nil }
        var object = found
        if object.progress?.countsPolls == true {
            object.progress?.poll(at: context.created)
            // If another request has changed the object meanwhile, this retrieval is not counted.
            _ = try commit([objects.put(object.id, object.record, revision: member.revision)])
        }
        var rendered = json(shown(object, as: call.document.description(of: call.operation).answer), &ids)
        if object.isAtWork(at: context.created) { rendered.answer.headers.append("openai-poll-after-ms", "500") }
        return rendered
    }

    private func update(_ ids: inout IDMint) throws(APIError) -> Rendered? {
        guard let answer = call.document.description(of: call.operation).answer else { return nil }
        let request = call.body?.object ?? JSONObject()
        return try change(&ids) { object in
            let schema = completion.variant(of: answer, for: object.updated(by: request))
            object.update(request, names: completion.names(of: schema))
            object.conform(to: schema, named: Self.name(of: answer), completion)
        }
    }

    private func delete(_ ids: inout IDMint) throws(APIError) -> Rendered? {
        guard let (object, member) = try found() else { return nil }
        // A failed commit means that another request deleted the object at the same time.
        _ = try commit([objects.remove(member)] + StoredBytes(object.content).drops)
        let description = call.document.description(of: call.operation)
        guard let schema = description.answer, var json = call.document.example(of: schema) else { return nil }
        if json["id"] != nil { json = json.replacing("id", with: .string(object.id)) }
        if json["deleted"] != nil { json = json.replacing("deleted", with: true) }
        return self.json(json, &ids, description.status)
    }

    /// Performs an operation, named by a verb, that changes no status: if the answer is the object, returns the object unchanged. Nil if
    /// the answer is something else.
    private func act(_ verb: String, _ ids: inout IDMint) throws(APIError) -> Rendered? {
        guard let schema = call.document.description(of: call.operation).answer,
            completion.names(of: schema).contains("id")
        else { return try other(&ids) }
        guard let status = CollectionIndex.status(after: verb) else {
            guard let (found, member) = try found(), found.schema == Self.name(of: schema) else {
                return try other(&ids)
            }
            var object = found
            let description = call.document.description(of: call.operation)
            guard let events = snapshots(of: &object, in: description, isNew: false) else {
                return json(shown(object, as: schema), &ids)
            }
            // If another request has changed the object meanwhile, that request decides how the work ends.
            _ = try commit([objects.put(object.id, object.record, revision: member.revision)])
            return Rendered(ExampleAnswer.stream(events, of: call.operation, context: context, ids: &ids))
        }
        return try change(&ids) { (object) throws(APIError) in
            if verb == "cancel", let progress = object.progress, progress.isOver(at: context.created) {
                throw .cannotCancel(object.json(at: context.created)["status"]?.string ?? "completed")
            }
            // Both spellings of the word occur in schemas.
            let allowed = [status, "canceled"].first { word in
                completion.completed(["status": .string(word)], as: schema)?["status"] == .string(word)
            }
            object.end(allowed ?? status, at: context.created)
        }
    }

    /// An operation below an existing object: returns the object's content or a session's events, or else the
    /// document's example.
    private func other(_ ids: inout IDMint) throws(APIError) -> Rendered? {
        let object = try found()?.0
        if let events = turn(of: object, &ids) { return events }
        guard call.operation.path.hasSuffix("/content"), call.method != "POST", let content = object?.content
        else { return nil }
        var reader = ByteReader(StoredBytes(content), in: call.session.store)
        let bytes = try stored { () throws(StoreProblem) in try reader.rest() }
        let headers = ExampleAnswer.headers(
            call.operation, "application/octet-stream", context: context, ids: &ids)
        return Rendered(Answer(status: 200, headers: headers, body: .whole(bytes)))
    }

    // MARK: Looking up

    /// The ids in the path that belong to the objects above this one.
    private var parents: [String: String] {
        var parents: [String: String] = [:]
        for parent in place.parents { parents[parent.parameter] = call.parameters[parent.parameter] }
        return parents
    }

    private var objects: StoredCollection { objects(of: place.collection) }

    private func objects(of collection: String) -> StoredCollection {
        let path = collection.split(separator: "/").map { segment in
            segment.hasPrefix("{") ? call.parameters[String(segment.dropFirst().dropLast())] ?? "" : String(segment)
        }
        return StoredCollection(
            store: call.session.store, session: call.session.name, path: path.joined(separator: "/"))
    }

    /// - Throws: the API's 404 for an unknown object above this one.
    private func checkParents() throws(APIError) {
        guard call.validation != .examples else { return }
        for parent in place.parents {
            let id = call.parameters[parent.parameter] ?? ""
            let member = try stored { () throws(StoreProblem) in try objects(of: parent.collection).find(id) }
            guard member != nil else { throw CollectionIndex.notFound(parent.collection, id) }
        }
    }

    /// Finds the object that the path names.
    /// - Returns: nil for an unknown object in `examples` mode, where the document's example answers.
    private func found() throws(APIError) -> (CollectionObject, StoredCollection.Member)? {
        let id = call.parameters[place.parameter] ?? ""
        let member = try stored { () throws(StoreProblem) in try objects.find(id) }
        if let member, let object = CollectionObject(member.json) { return (object, member) }
        guard call.validation == .examples else { throw CollectionIndex.notFound(place.collection, id) }
        return nil
    }

    /// Changes the object that the path names, and returns it.
    private func change(
        _ ids: inout IDMint, _ edit: (inout CollectionObject) throws(APIError) -> Void
    ) throws(APIError) -> Rendered? {
        for _ in 0..<100 {
            guard let (found, member) = try found() else { return nil }
            var object = found
            try edit(&object)
            if try commit([objects.put(object.id, object.record, revision: member.revision)]) {
                return json(shown(object, as: call.document.description(of: call.operation).answer), &ids)
            }
        }
        throw APIError(StoreProblem("other requests kept changing the same object"))
    }

    // MARK: Store and answers

    private func stored<Value>(_ work: () throws(StoreProblem) -> Value) throws(APIError) -> Value {
        do throws(StoreProblem) { return try work() } catch { throw APIError(error) }
    }

    private func commit(_ changes: [ObjectChange]) throws(APIError) -> Bool {
        try stored { () throws(StoreProblem) in try call.session.store.commit(changes) }
    }

    // MARK: Schemas

    var completion: SchemaCompletion { SchemaCompletion(call.document) }

    /// The name of a schema, or the names of its variants; nil for an inline schema.
    static func name(of schema: JSONValue) -> String? {
        if let reference = schema["$ref"]?.string { return reference.split(separator: "/").last.map(String.init) }
        guard let options = (schema["anyOf"] ?? schema["oneOf"])?.array else { return nil }
        let names = options.compactMap(name)
        return names.count == options.count ? names.joined(separator: "|") : nil
    }

    /// The required members that cannot be null.
    private func required(by schema: JSONValue) -> Set<String> {
        let names = schema["required"]?.array?.compactMap(\.string) ?? []
        return Set(names.filter { completion.completed(.null, as: schema["properties"]?[$0] ?? true) == nil })
    }

    /// The object in the form of an answer with that schema: a list may show other members than a creation.
    private func shown(_ object: CollectionObject, as schema: JSONValue?) -> JSONValue {
        let json = object.json(at: context.created)
        guard let schema, object.schema == nil || object.schema != Self.name(of: schema) else { return json }
        return completion.completed(json, as: schema) ?? json
    }

    private func json(_ value: JSONValue, _ ids: inout IDMint, _ status: Int = 200) -> Rendered {
        Rendered(ExampleAnswer.json(value, of: call.operation, status: status, context: context, ids: &ids))
    }
}

extension APIError {
    fileprivate static func cannotCancel(_ status: String) -> APIError {
        APIError(message: "Cannot cancel an object that is already \(status).")
    }

    fileprivate static func alreadyThere(_ collection: String, _ id: String) -> APIError {
        APIError(
            status: 409, message: "'\(id)' is already in \(collection.dropFirst("/v1/".utf8.count)).",
            code: "conflict")
    }
}
