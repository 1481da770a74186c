import SparringJSON
import SparringWire

/// Reads a model's turn from a recorded chat completion.
///
/// Source: https://platform.openai.com/docs/api-reference/chat/object and `…/chat-streaming`.
enum ChatTurnReader {
    static func turn(_ body: JSONValue, at time: Int64) throws(ConversionError) -> ModelTurn {
        var turn = header(body)
        turn.usage = usage(body["usage"])
        turn.endAt = time
        let choices = body["choices"]?.array ?? []
        guard let choice = choices.first else { throw ConversionError("$.choices", "it has no choice") }
        guard choices.count == 1 else { throw ConversionError("$.choices[1]", "a response has only one answer") }
        let place = "$.choices[0]"
        try checkLogprobs(choice, place)
        let message = choice["message"] ?? .null
        try check(message, knows: ["role", "content", "refusal", "tool_calls"], "\(place).message")
        if let text = message["content"]?.unlessNull {
            guard let text = text.string else { throw ConversionError("\(place).message.content", "it is not text") }
            let isAlone = message["tool_calls"]?.array?.isEmpty ?? true && message["refusal"]?.unlessNull == nil
            if !text.isEmpty || isAlone { turn.parts.append(.init(kind: .text, pieces: [.init(text: text, at: time)])) }
        }
        if let text = message["refusal"]?.string {
            turn.parts.append(.init(kind: .refusal, pieces: [.init(text: text, at: time)]))
        }
        for (index, call) in (message["tool_calls"]?.array ?? []).enumerated() {
            var part = try part(call, "\(place).message.tool_calls[\(index)]")
            part.pieces = [.init(text: call["function"]?["arguments"]?.string ?? "", at: time)]
            turn.parts.append(part)
        }
        turn.ending = try ending(choice["finish_reason"]?.string, "\(place).finish_reason")
        return turn
    }

    /// - Parameter events: the data of each event, with its time.
    static func turn(_ events: [(data: [UInt8], at: Int64)]) throws(ConversionError) -> ModelTurn {
        var turn: ModelTurn?
        var (words, refusal): (ModelTurn.Part?, ModelTurn.Part?) = (nil, nil)
        var calls: [(index: Int, part: ModelTurn.Part)] = []
        var finish: String?
        for (number, event) in events.enumerated() where !event.data.elementsEqual("[DONE]".utf8) {
            let name = "event \(number + 1): "
            guard let chunk = try? JSONValue.parse(event.data) else {
                throw ConversionError(name + "$", "it is not JSON")
            }
            if let error = chunk["error"]?.unlessNull {
                throw ConversionError(name + "$.error", "the stream broke off with an error: \(error.text())")
            }
            var known = turn ?? header(chunk)
            known.endAt = event.at
            if let usage = usage(chunk["usage"]) { known.usage = usage }
            if let tier = chunk["service_tier"]?.string { known.tier = tier }
            turn = known
            for choice in chunk["choices"]?.array ?? [] {
                guard choice["index"]?.int ?? 0 == 0 else {
                    throw ConversionError(name + "$.choices[0].index", "a response has only one answer")
                }
                let place = name + "$.choices[0]"
                try checkLogprobs(choice, place)
                let delta = choice["delta"] ?? .null
                try check(delta, knows: ["role", "content", "refusal", "tool_calls"], "\(place).delta")
                if let text = delta["content"]?.string { add(text, event.at, .text, to: &words) }
                if let text = delta["refusal"]?.string { add(text, event.at, .refusal, to: &refusal) }
                for call in delta["tool_calls"]?.array ?? [] {
                    let index = call["index"]?.int ?? 0
                    if !calls.contains(where: { $0.index == index }) {
                        calls.append((index, try part(call, "\(place).delta.tool_calls[\(index)]")))
                    }
                    guard let text = call["function"]?["arguments"]?.string, !text.isEmpty,
                        let place = calls.firstIndex(where: { $0.index == index })
                    else { continue }
                    calls[place].part.pieces.append(.init(text: text, at: event.at))
                }
                finish = choice["finish_reason"]?.string ?? finish
            }
        }
        guard var turn else { throw ConversionError("$", "the stream has no event") }
        turn.ending = try ending(finish, "$.choices[0].finish_reason")
        // The role comes with an empty text, even if no text follows.
        let isAlone = refusal == nil && calls.isEmpty
        turn.parts = [words].compactMap { $0 }.filter { isAlone || !$0.pieces.isEmpty } + [refusal].compactMap { $0 }
        turn.parts += calls.map(\.part)
        return turn
    }

    private static func add(_ text: String, _ at: Int64, _ kind: ModelTurn.Part.Kind, to part: inout ModelTurn.Part?) {
        var known = part ?? ModelTurn.Part(kind: kind)
        if !text.isEmpty { known.pieces.append(.init(text: text, at: at)) }
        part = known
    }

    // MARK: Whole and streamed

    private static func header(_ body: JSONValue) -> ModelTurn {
        ModelTurn(
            id: body["id"]?.string ?? "", model: body["model"]?.string ?? "", created: body["created"]?.int ?? 0,
            tier: body["service_tier"]?.string)
    }

    private static func usage(_ json: JSONValue?) -> ModelTurn.Usage? {
        guard let input = json?["prompt_tokens"]?.int, let output = json?["completion_tokens"]?.int else { return nil }
        return ModelTurn.Usage(
            input: input, cached: json?["prompt_tokens_details"]?["cached_tokens"]?.int ?? 0, output: output,
            reasoning: json?["completion_tokens_details"]?["reasoning_tokens"]?.int ?? 0)
    }

    private static func part(_ call: JSONValue, _ place: String) throws(ConversionError) -> ModelTurn.Part {
        let type = call["type"]?.string ?? "function"
        guard type == "function", let id = call["id"]?.string, let name = call["function"]?["name"]?.string else {
            throw ConversionError(place, "it is not a function call, but a call of type '\(type)'")
        }
        return ModelTurn.Part(kind: .call(id: id, name: name))
    }

    private static func ending(_ reason: String?, _ place: String) throws(ConversionError) -> ModelTurn.Ending {
        switch reason {
        case "stop", "tool_calls": .complete
        case "length": .length
        case "content_filter": .contentFilter
        default: throw ConversionError(place, "a response cannot end with '\(reason ?? "null")'")
        }
    }

    private static func checkLogprobs(_ choice: JSONValue, _ place: String) throws(ConversionError) {
        guard choice["logprobs"]?.unlessNull == nil else {
            throw ConversionError("\(place).logprobs", "log probabilities cannot be converted")
        }
    }

    private static func check(_ value: JSONValue, knows names: Set<String>, _ place: String) throws(ConversionError) {
        for member in value.object?.members ?? [] where !names.contains(member.name) {
            switch member.value {
            case .null, .array([]): continue
            default: throw ConversionError("\(place).\(member.name)", "a response cannot contain this member")
            }
        }
    }
}
