package import SparringJSON
package import SparringWire

/// The state of one Realtime session: its settings, its conversation and the response that is being sent. Only the client's events change
/// the state, which uses no clock, no lock and no I/O.
package struct RealtimeState: Sendable {
    package private(set) var session: RealtimeSession
    package internal(set) var conversation: RealtimeConversation
    var buffer: RealtimeBuffer
    var followUps: [RealtimeFollowUp] = []
    /// The response of the conversation that is being sent; nil between responses.
    package private(set) var active: RealtimeOutput?
    private var hasSpoken = false
    /// The idle timeout that is running; nil if none is.
    package internal(set) var idle: RealtimeIdle?
    /// The number of idle timeouts so far, also of those that were cancelled.
    var idles = 0
    /// The translation; nil for a session that does not translate. If there is a translation, it answers all events, and the rest of the
    /// state is unused.
    private var translation: RealtimeTranslation?

    package init(session: RealtimeSession, ids: inout IDMint) {
        self.session = session
        buffer = RealtimeBuffer(session)
        conversation = RealtimeConversation(ids: &ids)
    }

    /// A session that translates.
    package init(translation: RealtimeTranslation, ids: inout IDMint) {
        self.init(session: RealtimeSession(model: "", expiresAt: 0, ids: &ids), ids: &ids)
        self.translation = translation
    }

    /// The settings of the session, as `session.created` shows them.
    package var settings: JSONObject { translation?.json ?? session.json }
    /// The types of the events that a client can send in this session.
    package var accepted: [String] { translation == nil ? Self.events : RealtimeTranslation.events }

    /// The types of the events that a client can send in a conversation or transcription.
    package static let events = [
        "session.update", "conversation.item.create", "conversation.item.retrieve", "conversation.item.delete",
        "conversation.item.truncate", "input_audio_buffer.append", "input_audio_buffer.commit",
        "input_audio_buffer.clear", "output_audio_buffer.clear", "response.create", "response.cancel",
    ]

    /// The type of an event.
    /// - Parameters:
    ///   - message: the parsed message; nil if the message is not JSON.
    ///   - events: the types that the session accepts.
    package static func type(of message: JSONValue?, among events: [String]) throws(APIError) -> String {
        guard let object = message?.object else {
            throw .realtime("invalid_json", "The event is not a JSON object.")
        }
        guard let type = object["type"] else { throw .missing("type") }
        guard let name = type.string else { throw .invalidType("type", expected: "a string", got: type) }
        if let id = object["event_id"], !id.isNull { try ParameterShape.string(maximum: 512).check(id, at: "event_id") }
        guard events.contains(name) else { throw .invalidValue("type", name, supported: events) }
        return name
    }

    /// Carries out an event that begins no response.
    /// - Returns: the server's events.
    package mutating func carryOut(
        _ type: String, _ event: JSONObject, ids: inout IDMint
    ) throws(APIError) -> [Event] {
        if let events = try translation?.carryOut(type, event, ids: &ids) { return events }
        var answer = RealtimeEvents(ids: ids)
        defer { ids = answer.ids }
        switch type {
        case "session.update":
            let (detection, format) = (session.turnDetection, session.inputFormat)
            try session.update(event, hasSpoken: hasSpoken)
            buffer.configure(session)
            if session.turnDetection != detection || session.inputFormat != format { idle = nil }
            answer.add("session.updated", ["session": .object(session.json)])
        case "conversation.item.create": try create(event, &answer)
        case "conversation.item.retrieve":
            let item = try conversation.retrieve(try Self.itemID(event))
            answer.add("conversation.item.retrieved", ["item": .object(item)])
        case "conversation.item.delete":
            let id = try Self.itemID(event)
            try conversation.delete(id)
            answer.add("conversation.item.deleted", ["item_id": .string(id)])
        case "conversation.item.truncate": try truncate(event, &answer)
        case "input_audio_buffer.append": try append(event, &answer)
        case "input_audio_buffer.commit": try commit(&answer)
        case "input_audio_buffer.clear":
            buffer.clear()
            answer.add("input_audio_buffer.cleared", [:])
        case RealtimeIdle.event: try timeOut(event, &answer)
        default:
            throw .realtimeUnsupported("'\(type)' is not emulated", param: "type")
        }
        return answer.events
    }

    private mutating func create(_ event: JSONObject, _ answer: inout RealtimeEvents) throws(APIError) {
        guard let value = event["item"] else { throw .missing("item") }
        if session.isTranscription {
            throw .realtime(
                "invalid_request_error", "Items cannot be added to a transcription session.", param: "type")
        }
        let item = try RealtimeItem.checked(value, at: "item", ids: &answer.ids)
        if let previous = event["previous_item_id"]?.unlessNull {
            try ParameterShape.string().check(previous, at: "previous_item_id")
        }
        let previous = try conversation.add(item, after: event["previous_item_id"]?.string)
        let members: JSONObject = [
            "previous_item_id": .string(orNull: previous), "item": .object(RealtimeItem.shown(item)),
        ]
        answer.add("conversation.item.added", members)
        answer.add("conversation.item.done", members)
    }

    static func itemID(_ event: JSONObject) throws(APIError) -> String {
        guard let id = event["item_id"]?.unlessNull else { throw .missing("item_id") }
        try ParameterShape.string().check(id, at: "item_id")
        return id.string ?? ""
    }
}

// MARK: - Responses

extension RealtimeState {
    /// Checks a `response.create`.
    package func call(_ event: JSONObject, model: ModelInfo) throws(APIError) -> RealtimeCall {
        let call = try RealtimeCall(event, session: session, conversation: conversation, model: model)
        if call.conversationID != nil, let active {
            throw .realtime(
                "conversation_already_has_active_response",
                "Conversation already has an active response in progress: \(active.id). Wait until the response is "
                    + "finished before creating a new one.")
        }
        return call
    }

    /// Starts a response of the conversation. From now on, events can refer to the response's items.
    package mutating func begin(_ output: RealtimeOutput) {
        guard output.isOfConversation else { return }
        active = output
        stopWaiting()
        hasSpoken = hasSpoken || output.speaks
        // The conversation's limit does not stop a response, so the conversation may lack the last items of a response.
        for item in output.items { _ = try? conversation.add(item) }
    }

    /// Ends the response, all of whose events have been sent.
    package mutating func finish(_ id: String) {
        guard let output = active, output.id == id else { return }
        active = nil
        if !output.hasFailed { awaitSpeech(afterPlaying: output.playback) }
    }

    /// Stops the response that is being sent.
    /// - Parameters:
    ///   - sent: the number of the response's events that the client receives.
    ///   - reason: `client_cancelled` or `RealtimeOutput.turnDetected`.
    /// - Returns: the events that end the response; empty if the response had already ended.
    package mutating func cancel(after sent: Int, reason: String, ids: inout IDMint) -> [Event] {
        guard let output = active else { return [] }
        active = nil
        guard let rest = output.cancelled(after: sent, reason: reason, ids: &ids) else {
            awaitSpeech(afterPlaying: output.playback)
            return []
        }
        if reason != RealtimeOutput.turnDetected { awaitSpeech(afterPlaying: rest.playback) }
        for (index, item) in output.items.enumerated() {
            guard let id = item["id"]?.string else { continue }
            if index < rest.items.count {
                conversation.replace(id, with: rest.items[index])
            } else {
                try? conversation.delete(id)
            }
        }
        return rest.events
    }

    package static let notActive = APIError.realtime(
        "response_cancel_not_active", "Cancellation failed: no active response found")
}
