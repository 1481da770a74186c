import SparringAPI
import SparringJSON

/// Writes a model's turn as a chat completion.
struct ChatTurnWriter {
    let turn: ModelTurn
    /// The client's request.
    let request: JSONObject
    private let id: String

    init(_ turn: ModelTurn, for request: JSONObject) {
        self.turn = turn
        self.request = request
        var mint = IDMint(for: "chat of \(turn.id)")
        id = mint.base62("chatcmpl-", count: 29)
    }

    private func text(_ kind: ModelTurn.Part.Kind) -> String? {
        turn.parts.first { $0.kind == kind }?.text
    }

    private var calls: [ModelTurn.Part] { turn.parts.filter(\.isCall) }

    private var finish: JSONValue {
        switch turn.ending {
        case .complete: calls.isEmpty ? "stop" : "tool_calls"
        case .length: "length"
        case .contentFilter: "content_filter"
        }
    }

    // MARK: Whole

    var body: JSONValue {
        var message: JSONObject = ["role": "assistant", "content": .string(orNull: text(.text))]
        if !calls.isEmpty { message["tool_calls"] = .array(calls.map { Self.call($0, arguments: $0.text) }) }
        message["refusal"] = .string(orNull: text(.refusal))
        message["annotations"] = []
        let choice: JSONValue = [
            "index": 0, "message": .object(message), "logprobs": nil, "finish_reason": finish,
        ]
        var body: JSONObject = [
            "id": .string(id), "object": "chat.completion", "created": .int(turn.created),
            "model": .string(turn.model), "choices": [choice],
        ]
        if let usage { body["usage"] = usage }
        body["service_tier"] = .string(orNull: turn.tier)
        body["system_fingerprint"] = .null
        return .object(body)
    }

    private static func call(_ part: ModelTurn.Part, arguments: String, at index: Int? = nil) -> JSONValue {
        guard case .call(let id, let name) = part.kind else { return .null }
        var call: JSONObject = index.map { ["index": .int($0)] } ?? [:]
        call["id"] = .string(id)
        call["type"] = "function"
        call["function"] = ["name": .string(name), "arguments": .string(arguments)]
        return .object(call)
    }

    private var usage: JSONValue? {
        turn.usage.map { usage in
            [
                "prompt_tokens": .int(usage.input), "completion_tokens": .int(usage.output),
                "total_tokens": .int(usage.input + usage.output),
                "prompt_tokens_details": ["cached_tokens": .int(usage.cached), "audio_tokens": 0],
                "completion_tokens_details": [
                    "reasoning_tokens": .int(usage.reasoning), "audio_tokens": 0, "accepted_prediction_tokens": 0,
                    "rejected_prediction_tokens": 0,
                ],
            ]
        }
    }

    // MARK: Streamed

    private var includesUsage: Bool { request["stream_options"]?["include_usage"]?.bool ?? false }

    /// The events of the stream, each with its time.
    var events: [TurnEvent] {
        var events: [TurnEvent] = []
        func add(_ delta: JSONValue, at time: Int64, finish: JSONValue = nil) {
            let choice: JSONValue = ["index": 0, "delta": delta, "logprobs": nil, "finish_reason": finish]
            events.append(chunk([choice], usage: nil, at: max(time, events.last?.at ?? 0)))
        }
        let begin = turn.parts.lazy.flatMap(\.pieces).map(\.at).min() ?? turn.endAt
        let speaks = turn.parts.contains { $0.kind == .text }
        add(["role": "assistant", "content": speaks ? "" : nil, "refusal": nil], at: begin)
        for part in turn.parts where !part.isCall {
            let name = part.kind == .refusal ? "refusal" : "content"
            for piece in part.pieces { add(.object([name: .string(piece.text)]), at: piece.at) }
        }
        for (index, call) in calls.enumerated() {
            add(
                ["tool_calls": [Self.call(call, arguments: "", at: index)]],
                at: call.pieces.first?.at ?? turn.endAt)
            for piece in call.pieces {
                let delta: JSONValue = ["index": .int(index), "function": ["arguments": .string(piece.text)]]
                add(["tool_calls": [delta]], at: piece.at)
            }
        }
        add([:], at: turn.endAt, finish: finish)
        if includesUsage { events.append(chunk([], usage: usage, at: turn.endAt)) }
        return events + [TurnEvent(at: turn.endAt, name: nil, data: Array("[DONE]".utf8))]
    }

    private func chunk(_ choices: [JSONValue], usage: JSONValue?, at time: Int64) -> TurnEvent {
        var chunk: JSONObject = [
            "id": .string(id), "object": "chat.completion.chunk", "created": .int(turn.created),
            "model": .string(turn.model), "service_tier": .string(orNull: turn.tier), "system_fingerprint": nil,
            "choices": .array(choices),
        ]
        if includesUsage { chunk["usage"] = usage ?? .null }
        return TurnEvent(at: time, name: nil, data: JSONValue.object(chunk).serialized())
    }
}

/// An event of a converted stream.
struct TurnEvent: Sendable, Hashable {
    /// The time from the start of the exchange, in nanoseconds.
    var at: Int64
    var name: String?
    var data: [UInt8]

    var bytes: [UInt8] {
        (name.map { Array("event: \($0)\n".utf8) } ?? []) + Array("data: ".utf8) + data + Array("\n\n".utf8)
    }
}
