import SparringJSON

/// The request's parameters as the response repeats them: with defaults, in the order of the response object.
struct ResponsesEcho: Sendable {
    /// The members from `error` to `output`.
    var beforeOutput: [JSONObject.Member]
    /// The members between `output` and `service_tier`, and those between `service_tier` and `usage`.
    var beforeTier: [JSONObject.Member]
    var afterTier: [JSONObject.Member]
    /// The members after `usage`.
    var afterUsage: [JSONObject.Member]
    /// The requested and the granted `service_tier`. The response repeats the requested tier until it is complete.
    var tier: (asked: String, granted: String)
    /// `reasoning.effort`, with the model's default; nil on models that do not reason.
    var effort: String?

    init(_ request: JSONObject, _ model: ModelInfo, _ tools: ResponsesTools) {
        let generation = ResponsesGeneration(model)
        func given(_ name: String) -> JSONValue? { request[name]?.unlessNull }
        func member(_ name: String, _ fallback: JSONValue = nil) -> JSONObject.Member {
            .init(name, given(name) ?? fallback)
        }
        func decimal(_ name: String, _ fallback: JSONNumber) -> JSONObject.Member {
            .init(name, .number(Self.spelled(given(name)?.number ?? fallback)))
        }
        func optional(_ name: String) -> [JSONObject.Member] { given(name).map { [.init(name, $0)] } ?? [] }

        effort = model.isReasoning ? given("reasoning")?["effort"]?.string ?? generation.defaultEffort : nil
        beforeOutput =
            [
                decimal("frequency_penalty", JSONNumber(text: "0.0")), .init("incomplete_details", nil),
                member("instructions"), member("max_output_tokens"), member("max_tool_calls"),
                .init("model", .string(model.snapshot)),
                .init("moderation", given("moderation") == nil ? .null : Self.unjudged),
            ]
        beforeTier =
            [
                member("parallel_tool_calls", true), decimal("presence_penalty", JSONNumber(text: "0.0")),
                member("previous_response_id"),
            ] + optional("prompt") + [member("prompt_cache_key")] + optional("prompt_cache_options") + [
                member("prompt_cache_retention", .string(generation.retention)),
                .init("reasoning", Self.reasoning(given("reasoning"), effort, context: generation.context)),
                member("safety_identifier"),
            ]
        afterTier = [
            member("store", true), decimal("temperature", JSONNumber(text: "1.0")),
            .init("text", Self.text(given("text"))),
            .init("tool_choice", tools.choiceEcho), .init("tool_usage", Self.unusedTools),
            .init("tools", .array(tools.echo)), member("top_logprobs", 0),
            decimal("top_p", generation.topP), member("truncation", "disabled"),
        ]
        afterUsage = [member("user"), member("metadata", [:])]
        if let conversation = given("conversation") {
            let id = conversation.string.map { JSONValue.string($0) } ?? conversation["id"] ?? nil
            afterUsage.append(.init("conversation", ["id": id]))
        }

        let asked = given("service_tier")?.string ?? "auto"
        tier.asked = asked
        tier.granted =
            switch asked {
            case "auto", "default": "default"
            case "fast": "priority"
            default: asked
            }
    }

    /// The error that the API sends if moderation fails, because Sparring cannot judge content.
    private static let unjudged: JSONValue = {
        let error: JSONValue = [
            "type": "error", "code": "sparring_not_emulated",
            "message": "Sparring: moderation in an answer is not emulated.",
        ]
        return ["input": error, "output": error]
    }()

    /// `1` is returned as `1.0`, because the API treats these parameters as decimals.
    private static func spelled(_ number: JSONNumber) -> JSONNumber {
        number.isInteger ? JSONNumber(text: number.text + ".0") : number
    }

    /// The echo of `reasoning`. The newer members are recorded since May and July 2026. For models that do not reason, `context` is null
    /// and `mode` is missing.
    private static func reasoning(_ given: JSONValue?, _ effort: String?, context standard: String) -> JSONValue {
        let asked = given?["context"]?.string
        let context = effort == nil ? nil : asked == nil || asked == "auto" ? standard : asked
        var echo: JSONObject = ["context": .string(orNull: context), "effort": .string(orNull: effort)]
        if effort != nil { echo["mode"] = given?["mode"]?.unlessNull ?? "standard" }
        echo["summary"] = given?["summary"] ?? .some(.null)
        return .object(echo)
    }

    /// The usage of built-in tools: zeros, because Sparring runs no tools. The member is recorded since July 2026.
    private static let unusedTools: JSONValue = {
        let details: JSONValue = ["image_tokens": 0, "text_tokens": 0]
        return [
            "image_gen": [
                "input_tokens": 0, "input_tokens_details": details, "output_tokens": 0,
                "output_tokens_details": details, "total_tokens": 0,
            ],
            "web_search": ["num_requests": 0],
        ]
    }()

    private static func text(_ given: JSONValue?) -> JSONValue {
        let verbosity = given?["verbosity"]?.unlessNull ?? "medium"
        return ["format": format(given?["format"]), "verbosity": verbosity]
    }

    private static func format(_ given: JSONValue?) -> JSONValue {
        guard let given, let type = given["type"] else { return ["type": "text"] }
        guard type == "json_schema" else { return ["type": type] }
        return [
            "type": type, "description": given["description"] ?? nil, "name": given["name"] ?? nil,
            "schema": given["schema"] ?? nil, "strict": given["strict"]?.unlessNull ?? false,
        ]
    }
}
