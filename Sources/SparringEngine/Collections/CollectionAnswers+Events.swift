import SparringAPI
import SparringJSON
import SparringWire

/// Streamed creations. Each event shows the object in one of the statuses that it passes through.
extension CollectionAnswers {
    /// The events of an object whose creation is streamed, from `…created` to the event of its last status. The
    /// object's work ends with these events, unless the object is stuck.
    ///
    /// - Parameter isNew: whether the request created the object.
    /// - Returns: nil if the request does not ask for a stream. The example of the OpenAPI document, if the operation's events do not
    ///   contain the object.
    func snapshots(
        of object: inout CollectionObject, in description: OperationDescription, isNew: Bool = true
    ) -> [JSONValue]? {
        guard call.isStream, let event = description.event, let answer = description.answer else { return nil }
        let (isAtWork, before) = (object.isAtWork(at: context.created), object.json(at: context.created))
        if object.progress?.stage != .stuck { object.progress?.ended = context.created }
        let after = object.json(at: context.created)
        let (first, last) = (before["status"]?.string ?? "", after["status"]?.string ?? "")
        // The suffixes of the events' names, each with the object's status when the event is sent.
        var steps = isNew ? [("created", first)] : []
        if isAtWork { steps += [(first, first), ("in_progress", "in_progress")] }
        if !object.isAtWork(at: context.created) { steps.append((last, last)) }
        var events: [JSONValue] = []
        for (index, (suffix, status)) in steps.enumerated() where !steps[..<index].contains(where: { $0.0 == suffix }) {
            let json = (status == last ? after : before).replacing("status", with: .string(status))
            if let event = self.event(suffix, carrying: json, as: answer, in: event) { events.append(event) }
        }
        return events.isEmpty ? ExampleAnswer.events(event, in: call.document) : events
    }

    /// The event whose name ends with the word, and which has a member with the object's schema.
    func event(
        _ suffix: String, carrying object: JSONValue, as answer: JSONValue, in schema: JSONValue
    ) -> JSONValue? {
        let schema = call.document.resolved(schema)
        for option in (schema["anyOf"] ?? schema["oneOf"])?.array ?? [schema] {
            let properties = call.document.resolved(option)["properties"]?.object ?? [:]
            guard let kind = ["event", "type"].first(where: { properties[$0]?["const"] != nil }),
                let name = properties[kind]?["const"]?.string, name.hasSuffix(".\(suffix)"),
                let payload = properties.members.first(where: { $0.value == answer })?.name
            else { continue }
            return completion.completed([kind: .string(name), payload: object], as: option)
        }
        return nil
    }

    /// `POST /v1/threads/runs`: creates a thread with a run, and stores both in their collections.
    /// - Returns: nil for other operations.
    static func threadAndRun(
        _ call: GenericCall, _ context: AnswerInput, _ ids: inout IDMint
    ) throws(APIError) -> Rendered? {
        guard call.operation.path == "/v1/threads/runs", call.operation.method == "POST",
            case .operation(let threads, _) = call.document.route(method: "POST", path: "/v1/threads"),
            case .operation(let runs, _) = call.document.route(method: "POST", path: "/v1/threads/_/runs")
        else { return nil }
        var (threadCall, runCall) = (call, call)
        threadCall.operation = threads
        threadCall.body = .object(call.body?["thread"]?.object ?? JSONObject())
        guard let place = place(of: threadCall) else { return nil }
        let made = try CollectionAnswers(call: threadCall, place: place, context: context).create(&ids)
        guard case .whole(let bytes)? = made?.answer.body, let thread = try? JSONValue.parse(bytes),
            let id = thread["id"]?.string
        else { return nil }
        var body = call.body?.object ?? JSONObject()
        body["thread"] = nil
        (runCall.operation, runCall.body, runCall.parameters) = (runs, .object(body), [place.parameter: id])
        guard let runPlace = Self.place(of: runCall) else { return nil }
        let answers = CollectionAnswers(call: runCall, place: runPlace, context: context)
        let description = call.document.description(of: call.operation)
        var leading: [JSONValue] = []
        if call.isStream, let event = description.event,
            let schema = call.document.description(of: threads).answer,
            let created = answers.event("created", carrying: thread, as: schema, in: event)
        {
            leading = [created]
        }
        return try answers.create(&ids, leading: leading)
    }
}
