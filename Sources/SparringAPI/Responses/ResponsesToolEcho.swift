import SparringJSON

/// A tool in the form in which a response repeats it: with every default, and its keys in recorded order.
///
/// Source: recorded traffic, March 2025 to August 2026.
enum ResponsesToolEcho {
    static func of(_ tool: JSONValue) -> JSONValue {
        switch tool["type"]?.string {
        case "function"?: function(tool)
        case "web_search"?, "web_search_2025_08_26"?: search(tool, isPreview: false)
        case "web_search_preview"?, "web_search_preview_2025_03_11"?: search(tool, isPreview: true)
        case "file_search"?: fileSearch(tool)
        default: tool
        }
    }

    /// Completes a function. By default, `description` is null and `strict` is true. If the request does not set
    /// `strict` and the schema could be strict, the schema gets `additionalProperties: false`.
    private static func function(_ tool: JSONValue) -> JSONValue {
        var parameters = tool["parameters"]
        if tool["strict"]?.unlessNull == nil, let given = parameters?.unlessNull {
            let closed = closed(given)
            if StrictSchema.complaint(closed, isStrict: true) == nil { parameters = closed }
        }
        return [
            "type": "function", "description": tool["description"] ?? nil, "name": tool["name"] ?? nil,
            "output_schema": tool["output_schema"] ?? nil, "parameters": parameters ?? nil,
            "strict": tool["strict"]?.unlessNull ?? true,
        ]
    }

    /// The schema with `additionalProperties: false` in every object that does not set it.
    private static func closed(_ schema: JSONValue) -> JSONValue {
        guard case .object(var object) = schema else { return schema }
        if object["type"] == "object", object["additionalProperties"] == nil { object["additionalProperties"] = false }
        for name in ["properties", "$defs", "definitions"] {
            guard let members = object[name]?.object?.members else { continue }
            object[name] = .object(JSONObject(members.map { .init($0.name, closed($0.value)) }))
        }
        if let items = object["items"] { object["items"] = closed(items) }
        if let options = object["anyOf"]?.array { object["anyOf"] = .array(options.map(closed)) }
        return .object(object)
    }

    private static func search(_ tool: JSONValue, isPreview: Bool) -> JSONValue {
        var echo: JSONObject = ["type": tool["type"] ?? nil]
        if let filters = tool["filters"] { echo["filters"] = filters }
        if !isPreview { echo["return_token_budget"] = tool["return_token_budget"]?.unlessNull ?? "default" }
        echo["search_content_types"] = tool["search_content_types"]?.unlessNull ?? ["text"]
        echo["search_context_size"] = tool["search_context_size"]?.unlessNull ?? "medium"
        let place = tool["user_location"]?.unlessNull
        echo["user_location"] = [
            "type": place?["type"] ?? "approximate", "city": place?["city"] ?? nil,
            // The API takes the country from the address of the client.
            "country": place.map { $0["country"] ?? nil } ?? "US",
            "region": place?["region"] ?? nil, "timezone": place?["timezone"] ?? nil,
        ]
        for member in tool.object?.members ?? [] where echo[member.name] == nil { echo[member.name] = member.value }
        return .object(echo)
    }

    /// `max_num_results` is 20 by default (documented).
    private static func fileSearch(_ tool: JSONValue) -> JSONValue {
        let ranking = tool["ranking_options"]?.unlessNull
        var echo: JSONObject = [
            "type": "file_search", "filters": tool["filters"] ?? nil,
            "max_num_results": tool["max_num_results"]?.unlessNull ?? 20,
            "ranking_options": (ranking ?? [:]).replacing("ranker", with: ranking?["ranker"] ?? "auto")
                .replacing("score_threshold", with: ranking?["score_threshold"] ?? .number(JSONNumber(text: "0.0"))),
            "vector_store_ids": tool["vector_store_ids"] ?? nil,
        ]
        for member in tool.object?.members ?? [] where echo[member.name] == nil { echo[member.name] = member.value }
        return .object(echo)
    }
}
