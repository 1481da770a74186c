import SparringJSON
import SparringWire

/// A reaction that the server starts without an event of the client.
package enum RealtimeFollowUp: Sendable, Hashable {
    /// The user speaks: the server stops the response that it is sending.
    case interrupt
    /// The server transcribes the audio of an item.
    case transcribe(item: String)
    /// The user has finished speaking: the server starts a response.
    case respond
}

/// The input audio of a session.
extension RealtimeState {
    mutating func append(_ event: JSONObject, _ answer: inout RealtimeEvents) throws(APIError) {
        for change in try buffer.append(RealtimeAudio.bytes(of: event), ids: &answer.ids) {
            switch change {
            case .started(let moment, let item):
                answer.add(
                    "input_audio_buffer.speech_started", ["audio_start_ms": .int(moment), "item_id": .string(item)])
                idle = nil
                if session.isInterruptible, active != nil { followUps.append(.interrupt) }
            case .stopped(let moment, let item, let audio):
                answer.add(
                    "input_audio_buffer.speech_stopped", ["audio_end_ms": .int(moment), "item_id": .string(item)])
                try commit(item, audio, &answer)
                if session.createsResponses { followUps.append(.respond) }
            }
        }
    }

    mutating func commit(_ answer: inout RealtimeEvents) throws(APIError) {
        let (item, audio) = try buffer.commit(ids: &answer.ids)
        try commit(item, audio, &answer)
    }

    mutating func commit(_ id: String, _ audio: [UInt8], _ answer: inout RealtimeEvents) throws(APIError) {
        let item: JSONObject = [
            "id": .string(id), "object": "realtime.item", "type": "message", "status": "completed", "role": "user",
            "content": [["type": "input_audio", "transcript": nil, "audio": .string(Base64.text(audio))]],
        ]
        let previous = JSONValue.string(orNull: try conversation.add(item))
        answer.add("input_audio_buffer.committed", ["previous_item_id": previous, "item_id": .string(id)])
        let members: JSONObject = ["previous_item_id": previous, "item": .object(RealtimeItem.shown(item))]
        answer.add("conversation.item.added", members)
        answer.add("conversation.item.done", members)
        if session.transcribes || session.isTranscription { followUps.append(.transcribe(item: id)) }
    }

    mutating func truncate(_ event: JSONObject, _ answer: inout RealtimeEvents) throws(APIError) {
        let id = try Self.itemID(event)
        var values: [Int] = []
        for name in ["content_index", "audio_end_ms"] {
            guard let value = event[name]?.unlessNull else { throw .missing(name) }
            try ParameterShape.integer(minimum: 0).check(value, at: name)
            values.append(value.int ?? 0)
        }
        try conversation.truncate(id, part: values[0], at: values[1], session.outputFormat)
        answer.add(
            "conversation.item.truncated",
            ["item_id": .string(id), "content_index": .int(values[0]), "audio_end_ms": .int(values[1])])
    }
}

extension RealtimeState {
    /// Puts the transcript into the item.
    package mutating func hear(_ text: String, item id: String) {
        guard var item = conversation[id], var parts = item["content"]?.array, !parts.isEmpty else { return }
        parts[0] = parts[0].replacing("transcript", with: .string(text))
        item["content"] = .array(parts)
        conversation.replace(id, with: item)
    }

    /// The reactions to the events so far. Each reaction is returned once.
    package mutating func takeFollowUps() -> [RealtimeFollowUp] {
        defer { followUps = [] }
        return followUps
    }
}
