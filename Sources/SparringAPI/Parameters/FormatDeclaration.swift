import SparringJSON
import SparringTokens

/// The JSON Schema for the answer in the prompt: its name, its description, and its compact text without `required` and
/// `additionalProperties`.
///
/// Source: 40 recordings of 2024 to 2026. The tokens of the frame are the recorded tokens minus the schema's own tokens. The counts are
/// exact for responses, and up to two tokens off for chat on models that do not reason (docs/reference/api/tokens.md).
enum FormatDeclaration {
    /// - Parameter format: `json_schema` of chat's `response_format`, or the `text.format` of a response.
    /// - Parameter isChat: whether the endpoint is chat; the frame differs by endpoint.
    /// - Parameter isBesideTools: on chat, true if the prompt also declares tools, which makes the frame 6 tokens shorter (one recording).
    static func tokens(_ format: JSONValue?, _ model: ModelInfo, isChat: Bool, isBesideTools: Bool = false) -> Int {
        guard let format, let schema = format["schema"]?.unlessNull else { return 0 }
        let frame = isChat ? (model.isReasoning ? 9 : 12) - (isBesideTools ? 6 : 0) : (model.isReasoning ? 6 : 7)
        let name = model.counter.count(format["name"]?.string ?? "")
        let description = format["description"]?.string.map { model.counter.count($0) + 3 } ?? 0
        return frame + name + description + model.counter.count(shown(schema).text())
    }

    /// The schema without the keywords `required` and `additionalProperties`. Properties that have these names are kept.
    private static func shown(_ schema: JSONValue) -> JSONValue {
        switch schema {
        case .array(let values): return .array(values.map(shown))
        case .object(let object):
            let members = object.members.filter { $0.name != "required" && $0.name != "additionalProperties" }
            return .object(
                JSONObject(
                    members.map { member in
                        guard member.name == "properties", let properties = member.value.object else {
                            return .init(member.name, shown(member.value))
                        }
                        let shown = properties.members.map { JSONObject.Member($0.name, Self.shown($0.value)) }
                        return .init("properties", .object(JSONObject(shown)))
                    }))
        default: return schema
        }
    }
}
