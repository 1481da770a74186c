import SparringJSON

/// Reads a model's turn from a recorded response.
///
/// Source: https://platform.openai.com/docs/api-reference/responses/object and `…/responses-streaming`.
enum ResponsesTurnReader {
    static func turn(_ body: JSONValue, at time: Int64) throws(ConversionError) -> ModelTurn {
        try read(body, "$", at: time, said: [:])
    }

    /// - Parameter events: the data of each event, with its time.
    static func turn(_ events: [(data: [UInt8], at: Int64)]) throws(ConversionError) -> ModelTurn {
        var said: [Int: [ModelTurn.Piece]] = [:]
        for (number, event) in events.enumerated() {
            let name = "event \(number + 1): "
            guard let json = try? JSONValue.parse(event.data) else {
                throw ConversionError(name + "$", "it is not JSON")
            }
            let type = json["type"]?.string ?? ""
            switch type {
            case "response.output_text.delta", "response.refusal.delta", "response.function_call_arguments.delta":
                let piece = ModelTurn.Piece(text: json["delta"]?.string ?? "", at: event.at)
                said[json["output_index"]?.int ?? 0, default: []].append(piece)
            case "error": throw ConversionError(name + "$", "the stream broke off with an error: \(json.text())")
            case "response.completed", "response.incomplete", "response.failed":
                return try read(json["response"] ?? .null, name + "$.response", at: event.at, said: said)
            default: continue
            }
        }
        throw ConversionError("$", "the stream has no event that ends the response")
    }

    /// - Parameter said: the streamed pieces of each item; empty for a whole response.
    private static func read(
        _ body: JSONValue, _ place: String, at time: Int64, said: [Int: [ModelTurn.Piece]]
    ) throws(ConversionError) -> ModelTurn {
        var turn = ModelTurn(
            id: body["id"]?.string ?? "", model: body["model"]?.string ?? "", created: body["created_at"]?.int ?? 0,
            tier: body["service_tier"]?.string)
        turn.endAt = time
        turn.usage = usage(body["usage"])
        turn.ending = try ending(body, place)
        for (index, item) in (body["output"]?.array ?? []).enumerated() {
            let place = "\(place).output[\(index)]"
            guard var part = try part(item, place, at: time) else { continue }
            if let pieces = said[index], pieces.map(\.text).joined() == part.text { part.pieces = pieces }
            if !part.isCall, !turn.parts.isEmpty {
                throw ConversionError(place, "a chat completion has one message, followed by its calls")
            }
            turn.parts.append(part)
        }
        return turn
    }

    private static func ending(_ body: JSONValue, _ place: String) throws(ConversionError) -> ModelTurn.Ending {
        let status = body["status"]?.string ?? "null"
        switch (status, body["incomplete_details"]?["reason"]?.string) {
        case ("completed", _): return .complete
        case ("incomplete", "max_output_tokens"): return .length
        case ("incomplete", "content_filter"): return .contentFilter
        default: throw ConversionError("\(place).status", "a chat completion cannot end with '\(status)'")
        }
    }

    /// Returns nil for items without content.
    private static func part(_ item: JSONValue, _ place: String, at time: Int64) throws(ConversionError) -> ModelTurn
        .Part?
    {
        switch item["type"]?.string {
        case "reasoning":
            for name in ["summary", "content", "encrypted_content"] {
                switch item[name] {
                case nil, .null, .array([]): continue
                default: throw ConversionError("\(place).\(name)", "a chat completion has no place for it")
                }
            }
            return nil
        case "function_call":
            guard let id = item["call_id"]?.string, let name = item["name"]?.string else {
                throw ConversionError(place, "the call has no name")
            }
            let arguments = item["arguments"]?.string ?? ""
            return ModelTurn.Part(kind: .call(id: id, name: name), pieces: [.init(text: arguments, at: time)])
        case "message":
            let content = item["content"]?.array ?? []
            guard content.count <= 1 else {
                throw ConversionError("\(place).content[1]", "the message of a chat completion is one text")
            }
            return try words(content.first, "\(place).content[0]", at: time)
        case let type: throw ConversionError(place, "a chat completion has no item of type '\(type ?? "null")'")
        }
    }

    private static func words(_ content: JSONValue?, _ place: String, at time: Int64) throws(ConversionError)
        -> ModelTurn.Part
    {
        // The answer ended before its first text.
        guard let content else { return ModelTurn.Part(kind: .text) }
        if let text = content["refusal"]?.string {
            return ModelTurn.Part(kind: .refusal, pieces: [.init(text: text, at: time)])
        }
        guard let text = content["text"]?.string else { throw ConversionError(place, "it is neither text nor refusal") }
        for name in ["annotations", "logprobs"] {
            guard content[name]?.array?.isEmpty ?? true else {
                throw ConversionError("\(place).\(name)", "a chat completion has no place for it")
            }
        }
        return ModelTurn.Part(kind: .text, pieces: [.init(text: text, at: time)])
    }

    private static func usage(_ json: JSONValue?) -> ModelTurn.Usage? {
        guard let input = json?["input_tokens"]?.int, let output = json?["output_tokens"]?.int else { return nil }
        return ModelTurn.Usage(
            input: input, cached: json?["input_tokens_details"]?["cached_tokens"]?.int ?? 0, output: output,
            reasoning: json?["output_tokens_details"]?["reasoning_tokens"]?.int ?? 0)
    }
}
