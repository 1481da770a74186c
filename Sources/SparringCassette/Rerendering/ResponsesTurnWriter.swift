import SparringAPI
import SparringJSON

/// Writes a model's turn as a response.
struct ResponsesTurnWriter {
    let turn: ModelTurn
    /// The client's request, whose parameters a response repeats.
    let request: JSONObject
    private let id: String
    private let items: [Item]

    /// A part of the turn as an item of the output.
    private struct Item {
        var part: ModelTurn.Part
        var id: String
        var status: JSONValue
    }

    init(_ turn: ModelTurn, for request: JSONObject) {
        self.turn = turn
        self.request = request
        var mint = IDMint(for: "responses of \(turn.id)")
        id = mint.hex("resp_", count: 48)
        items = turn.parts.enumerated().map { index, part in
            let isCut = turn.ending != .complete && index == turn.parts.count - 1
            return Item(
                part: part, id: mint.hex(part.isCall ? "fc_" : "msg_", count: 48),
                status: isCut ? "incomplete" : "completed")
        }
    }

    // MARK: Whole

    var body: JSONValue { response(hasEnded: true) }

    private func response(hasEnded: Bool) -> JSONValue {
        func given(_ name: String, _ otherwise: JSONValue = nil) -> JSONObject.Member {
            JSONObject.Member(name, request[name]?.unlessNull ?? otherwise)
        }
        let isWhole = turn.ending == .complete
        let status: JSONValue = !hasEnded ? "in_progress" : isWhole ? "completed" : "incomplete"
        let reason: JSONValue = turn.ending == .length ? "max_output_tokens" : "content_filter"
        let ended = turn.created + Int(turn.endAt / 1_000_000_000)
        let members: [JSONObject.Member] = [
            .init("id", .string(id)), .init("object", "response"), .init("created_at", .int(turn.created)),
            .init("status", status), .init("background", false),
            .init("completed_at", hasEnded && isWhole ? .int(ended) : .null), .init("error", nil),
            given("frequency_penalty", 0.0),
            .init("incomplete_details", hasEnded && !isWhole ? ["reason": reason] : .null),
            given("instructions"), given("max_output_tokens"), given("max_tool_calls"),
            .init("model", .string(turn.model)),
            .init("output", hasEnded ? .array(items.map { json($0, isBegun: false) }) : []),
            given("parallel_tool_calls", true), given("presence_penalty", 0.0), given("previous_response_id"),
            given("prompt_cache_key"), given("reasoning", ["effort": nil, "summary": nil]),
            given("safety_identifier"), .init("service_tier", .string(turn.tier ?? "default")), given("store", true),
            given("temperature", 1.0), given("text", ["format": ["type": "text"], "verbosity": "medium"]),
            given("tool_choice", "auto"), given("tools", []), given("top_logprobs", 0), given("top_p", 1.0),
            given("truncation", "disabled"), .init("usage", hasEnded ? usage : .null), given("user"),
            given("metadata", [:]),
        ]
        return .object(JSONObject(members))
    }

    private var usage: JSONValue {
        guard let usage = turn.usage else { return .null }
        return [
            "input_tokens": .int(usage.input), "input_tokens_details": ["cached_tokens": .int(usage.cached)],
            "output_tokens": .int(usage.output),
            "output_tokens_details": ["reasoning_tokens": .int(usage.reasoning)],
            "total_tokens": .int(usage.input + usage.output),
        ]
    }

    private func json(_ item: Item, isBegun: Bool) -> JSONValue {
        let status = isBegun ? "in_progress" : item.status
        guard case .call(let call, let name) = item.part.kind else {
            let content = isBegun ? [] : [Self.content(item.part, item.part.text)]
            return [
                "id": .string(item.id), "type": "message", "status": status, "content": .array(content),
                "role": "assistant",
            ]
        }
        return [
            "id": .string(item.id), "type": "function_call", "status": status,
            "arguments": .string(isBegun ? "" : item.part.text), "call_id": .string(call), "name": .string(name),
        ]
    }

    private static func content(_ part: ModelTurn.Part, _ text: String) -> JSONValue {
        part.kind == .refusal
            ? ["type": "refusal", "refusal": .string(text)]
            : ["type": "output_text", "annotations": [], "logprobs": [], "text": .string(text)]
    }

    // MARK: Streamed

    /// The events of the stream, each with its time; they are numbered from 0.
    var events: [TurnEvent] {
        var events: [TurnEvent] = []
        func add(_ type: String, _ members: JSONObject, at time: Int64) {
            var event: JSONObject = ["type": .string(type)]
            event.members += members.members
            event["sequence_number"] = .int(events.count)
            events.append(
                TurnEvent(
                    at: max(time, events.last?.at ?? 0), name: type, data: JSONValue.object(event).serialized()))
        }
        let begin = turn.parts.lazy.flatMap(\.pieces).map(\.at).min() ?? turn.endAt
        add("response.created", ["response": response(hasEnded: false)], at: begin)
        add("response.in_progress", ["response": response(hasEnded: false)], at: begin)
        for (index, item) in items.enumerated() {
            let place: JSONObject = ["item_id": .string(item.id), "output_index": .int(index)]
            let (part, begin) = (item.part, item.part.pieces.first?.at ?? turn.endAt)
            let end = part.pieces.last?.at ?? turn.endAt
            let number = JSONValue.int(index)
            add("response.output_item.added", ["item": json(item, isBegun: true), "output_index": number], at: begin)
            if part.isCall {
                for piece in part.pieces where !piece.text.isEmpty {
                    add(
                        "response.function_call_arguments.delta", place.with("delta", .string(piece.text)), at: piece.at
                    )
                }
                add("response.function_call_arguments.done", place.with("arguments", .string(part.text)), at: end)
            } else {
                let inside = place.with("content_index", 0)
                let type = part.kind == .refusal ? "response.refusal" : "response.output_text"
                add("response.content_part.added", inside.with("part", Self.content(part, "")), at: begin)
                for piece in part.pieces where !piece.text.isEmpty {
                    var delta = inside.with("delta", .string(piece.text))
                    if part.kind == .text { delta["logprobs"] = [] }
                    add("\(type).delta", delta, at: piece.at)
                }
                var done = inside.with(part.kind == .refusal ? "refusal" : "text", .string(part.text))
                if part.kind == .text { done["logprobs"] = [] }
                add("\(type).done", done, at: end)
                add("response.content_part.done", inside.with("part", Self.content(part, part.text)), at: end)
            }
            add("response.output_item.done", ["item": json(item, isBegun: false), "output_index": number], at: end)
        }
        let ending = turn.ending == .complete ? "response.completed" : "response.incomplete"
        add(ending, ["response": response(hasEnded: true)], at: turn.endAt)
        return events
    }
}

extension JSONObject {
    fileprivate func with(_ name: String, _ value: JSONValue) -> JSONObject {
        var object = self
        object[name] = value
        return object
    }
}
