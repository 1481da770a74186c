import SparringJSON

/// A tool in the form in which a response repeats it: with every default, `type` first, and the other members by name.
///
/// Source: recorded traffic, March 2025 to August 2026.
enum ResponsesToolEcho {
    static func of(_ tool: JSONValue) -> JSONValue {
        switch tool["type"]?.string {
        case "function"?: function(tool)
        case "web_search"?, "web_search_2025_08_26"?: search(tool, isPreview: false)
        case "web_search_preview"?, "web_search_preview_2025_03_11"?: search(tool, isPreview: true)
        case "file_search"?: fileSearch(tool)
        case "mcp"?: server(tool)
        case "image_generation"?: image(tool)
        case "custom"?: ordered(tool.replacing("format", with: ordered(tool["format"]?.unlessNull ?? ["type": "text"])))
        case "tool_search"?: ordered(tool, adding: ["description": nil, "parameters": nil])
        default: tool
        }
    }

    /// The tool, completed with `values` for the members that it lacks.
    private static func ordered(_ tool: JSONValue, adding values: JSONObject = [:]) -> JSONValue {
        var members = tool.object?.members.filter { $0.name != "type" } ?? []
        members += values.members.filter { tool[$0.name] == nil }
        members.sort { $0.name < $1.name }
        return .object(JSONObject([JSONObject.Member("type", tool["type"] ?? nil)] + members))
    }

    /// Completes a function. By default, `description` is null and `strict` is true. If the request does not set
    /// `strict` and the schema could be strict, the schema gets `additionalProperties: false` and `required`.
    private static func function(_ tool: JSONValue) -> JSONValue {
        var parameters = tool["parameters"]
        if tool["strict"]?.unlessNull == nil, let given = parameters?.unlessNull {
            let closed = closed(given)
            if StrictSchema.complaint(closed, isStrict: true) == nil { parameters = closed }
        }
        let completed = tool.replacing("parameters", with: parameters ?? nil)
            .replacing("strict", with: tool["strict"]?.unlessNull ?? true)
        return ordered(completed, adding: ["description": nil, "output_schema": nil])
    }

    /// The schema with `additionalProperties: false` and `required` in every object that does not set them.
    private static func closed(_ schema: JSONValue) -> JSONValue {
        guard case .object(var object) = schema else { return schema }
        if object["type"] == "object" {
            if object["additionalProperties"] == nil { object["additionalProperties"] = false }
            if object["required"] == nil { object["required"] = [] }
        }
        for name in ["properties", "$defs", "definitions"] {
            guard let members = object[name]?.object?.members else { continue }
            object[name] = .object(JSONObject(members.map { .init($0.name, closed($0.value)) }))
        }
        if let items = object["items"] { object["items"] = closed(items) }
        if let options = object["anyOf"]?.array { object["anyOf"] = .array(options.map(closed)) }
        return .object(object)
    }

    private static func search(_ tool: JSONValue, isPreview: Bool) -> JSONValue {
        let place = tool["user_location"]?.unlessNull
        var completed = tool.replacing(
            "search_content_types", with: tool["search_content_types"]?.unlessNull ?? ["text"]
        )
        .replacing("search_context_size", with: tool["search_context_size"]?.unlessNull ?? "medium")
        .replacing(
            "user_location",
            with: [
                "type": place?["type"] ?? "approximate", "city": place?["city"] ?? nil,
                // The API takes the country from the address of the client.
                "country": place.map { $0["country"] ?? nil } ?? "US",
                "region": place?["region"] ?? nil, "timezone": place?["timezone"] ?? nil,
            ])
        if !isPreview {
            let budget = tool["return_token_budget"]?.unlessNull ?? "default"
            completed = completed.replacing("return_token_budget", with: budget)
        }
        return ordered(completed)
    }

    /// `max_num_results` is 20 by default (documented).
    private static func fileSearch(_ tool: JSONValue) -> JSONValue {
        let ranking = tool["ranking_options"]?.unlessNull ?? [:]
        let completed = tool.replacing("max_num_results", with: tool["max_num_results"]?.unlessNull ?? 20)
            .replacing(
                "ranking_options",
                with: ranking.replacing("ranker", with: ranking["ranker"] ?? "auto")
                    .replacing("score_threshold", with: ranking["score_threshold"] ?? .number(JSONNumber(text: "0.0"))))
        return ordered(completed, adding: ["filters": nil, "vector_store_ids": nil])
    }

    /// A response does not show the path of the server's URL, the values of `headers`, or `authorization` (documented).
    private static func server(_ tool: JSONValue) -> JSONValue {
        var object = tool.object ?? [:]
        object["authorization"] = .none
        if let url = object["server_url"]?.string { object["server_url"] = .string(withoutPath(url)) }
        if let headers = object["headers"]?.object {
            object["headers"] = .object(JSONObject(headers.names.map { JSONObject.Member($0, "<redacted>") }))
        }
        if let rule = object["require_approval"]?.object {
            object["require_approval"] = ["always": rule["always"] ?? nil, "never": rule["never"] ?? nil]
        }
        return ordered(.object(object), adding: ["allowed_tools": nil, "headers": nil, "server_description": nil])
    }

    private static func withoutPath(_ url: String) -> String {
        guard let scheme = url.firstRange(of: "://") else { return url }
        guard let slash = url[scheme.upperBound...].firstIndex(of: "/") else { return url }
        return url[...slash] + "<redacted>"
    }

    /// `partial_images` is not repeated (recorded, June 2025).
    private static func image(_ tool: JSONValue) -> JSONValue {
        var object = tool.object ?? [:]
        object["partial_images"] = .none
        return ordered(
            .object(object),
            adding: [
                "background": "auto", "moderation": "auto", "n": 1, "output_compression": 100, "output_format": "png",
                "quality": "auto", "size": "auto",
            ])
    }
}
