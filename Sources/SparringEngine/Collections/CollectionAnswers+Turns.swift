import SparringAPI
import SparringJSON
import SparringWire

/// The events of a session of agents.
extension CollectionAnswers {
    /// `GET /v1/agents/sessions/{session_id}/events`: the events of one turn that ends with a message, and of the session
    /// until it is `idle` again. The stream ends with these events.
    ///
    /// A client opens this stream before it sends its input, so the message cannot repeat the input.
    ///
    /// Source: the official Python package 3.57.0 (`AgentSessionStream`, which fails if the stream ends earlier).
    /// - Parameter session: nil for a session that is invented.
    /// - Returns: nil for other operations.
    func turn(of session: CollectionObject?, _ ids: inout IDMint) -> Rendered? {
        guard call.operation.path == "/v1/agents/sessions/{session_id}/events", call.operation.method == "GET",
            let schema = call.document.description(of: call.operation).event
        else { return nil }
        let id = call.parameters[place.parameter] ?? ""
        let turn = AgentTurn(
            session: session?.json(at: context.created).object ?? ["id": .string(id)], sessionID: id,
            id: ids.hex("turn_", count: 32), message: ids.hex("msg_", count: 32), created: context.created,
            text: AutoContent.continuation(of: nil))
        let options = call.document.resolved(schema)["anyOf"]?.array ?? []
        let events = turn.events.compactMap { type, members -> JSONValue? in
            var event: JSONObject = ["type": .string(type), "event_id": .string(ids.hex("event_", count: 32))]
            for member in members.members { event[member.name] = member.value }
            let option = options.first { call.document.resolved($0)["properties"]?["type"]?["const"]?.string == type }
            return option.flatMap { completion.completed(.object(event), as: $0) }
        }
        return Rendered(ExampleAnswer.stream(events, of: call.operation, context: context, ids: &ids))
    }
}

/// A turn in which an agent says one text.
private struct AgentTurn {
    let session: JSONObject
    let sessionID: String
    let id: String
    let message: String
    /// Unix seconds.
    let created: Int
    let text: String

    /// The types of the events, each with its own members.
    var events: [(type: String, members: JSONObject)] {
        [
            ("agent.session.turn.created", inTurn(["turn": turn("in_progress")])),
            ("agent.session.in_progress", ["session": session("in_progress")]),
            ("agent.session.turn.item.added", inTurn(["item": item("in_progress", content: []), "output_index": 0])),
            ("agent.session.turn.output_text.delta", inTurn(inText(["delta": .string(text)]))),
            ("agent.session.turn.output_text.done", inTurn(inText(["text": .string(text)]))),
            (
                "agent.session.turn.item.done",
                inTurn([
                    "item": item("completed", content: [["type": "output_text", "text": .string(text)]]),
                    "output_index": 0,
                ])
            ),
            ("agent.session.turn.completed", inTurn(["turn": turn("completed")])),
            ("agent.session.idle", ["session": session("idle")]),
        ]
    }

    private func inTurn(_ members: JSONObject) -> JSONObject {
        var whole: JSONObject = ["session_id": .string(sessionID), "turn_id": .string(id)]
        for member in members.members { whole[member.name] = member.value }
        return whole
    }

    private func inText(_ members: JSONObject) -> JSONObject {
        var whole: JSONObject = ["item_id": .string(message), "output_index": 0, "content_index": 0]
        for member in members.members { whole[member.name] = member.value }
        return whole
    }

    private func turn(_ status: String) -> JSONValue {
        var turn: JSONObject = [
            "id": .string(id), "object": "agent.session.turn", "session_id": .string(sessionID),
            "created_at": .int(created), "status": .string(status),
        ]
        if let agent = session["agent"]?["id"]?.string { turn["agent_id"] = .string(agent) }
        return .object(turn)
    }

    private func session(_ status: String) -> JSONValue {
        var session = session
        session["status"] = .string(status)
        return .object(session)
    }

    private func item(_ status: String, content: JSONValue) -> JSONValue {
        [
            "id": .string(message), "type": "message", "role": "assistant", "phase": "final_answer",
            "turn_id": .string(id), "status": .string(status), "content": content,
        ]
    }
}
