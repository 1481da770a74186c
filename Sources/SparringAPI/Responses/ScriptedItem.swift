import SparringJSON
import SparringTokens

/// A scripted output item: its final form, its announcement, and the events between these two.
struct ScriptedItem: Sendable {
    let type: String
    let id: String
    var done: JSONObject
    var begun: JSONObject
    /// Partial images, which are not part of the final item.
    var partialImages: [String] = []
    /// The item's tokens, and the reasoning tokens among them.
    var tokens = 0
    var reasoningTokens = 0
    var isComplete = true
    let counter: TokenCounter

    /// - Parameters:
    ///   - given: the scripted item, with templates filled in.
    ///   - room: the number of remaining tokens; longer text is cut.
    init(
        _ given: JSONObject, id: String, room: Int, counter: TokenCounter, includes: Set<String>, topLogprobs: Int?,
        hasPhases: Bool, ids: inout IDMint
    ) {
        type = given["type"]?.string ?? "message"
        self.id = given["id"]?.string ?? id
        self.counter = counter
        var item = ItemMembers(given, ids: ids)
        item.fill(type, hasPhases: hasPhases)
        ids = item.ids
        tokens = 1
        if let name = Self.text(of: type), let text = item.object[name]?.string {
            let (cut, count) = Self.cut(text, room, counter)
            item.object[name] = .string(cut)
            isComplete = count <= room
            tokens = min(count, room)
        } else if type == "message" {
            (item.object["content"], tokens) = Self.cut(parts: item.object["content"]?.array ?? [], room, counter)
            isComplete = tokens <= room
            tokens = min(tokens, room)
            if let topLogprobs { item.object["content"] = Self.judged(item.object["content"], topLogprobs, counter) }
        } else if type == "reasoning" {
            reasoningTokens = ["summary", "content"].reduce(0) { sum, name in
                sum + (item.object[name]?.array ?? []).reduce(0) { $0 + counter.count($1["text"]?.string ?? "") }
            }
            tokens = reasoningTokens
        }
        item.withhold(type, includes)
        partialImages = item.partialImages
        let status = given["status"]?.string ?? (isComplete ? "completed" : "incomplete")
        let hasStatus = ResponsesItemTypes.haveStatus.contains(type) || given["status"] != nil
        done = Self.ordered(item.object, type: type, id: self.id, status: hasStatus ? status : nil)
        begun = Self.ordered(item.announced(type), type: type, id: self.id, status: hasStatus ? "in_progress" : nil)
    }

    /// The member that is streamed in pieces.
    static func text(of type: String) -> String? {
        switch type {
        case "function_call", "mcp_call": "arguments"
        case "custom_tool_call": "input"
        case "code_interpreter_call": "code"
        default: nil
        }
    }

    /// The end token of the text counts too.
    private static func cut(_ text: String, _ room: Int, _ counter: TokenCounter) -> (String, Int) {
        let count = counter.count(text) + 1
        guard count > room else { return (text, count) }
        return (String(text[..<counter.prefix(of: text, limit: room).end]), count)
    }

    private static func cut(parts: [JSONValue], _ room: Int, _ counter: TokenCounter) -> (JSONValue, Int) {
        var left = room
        var total = 0
        var kept: [JSONValue] = []
        for part in parts where total == 0 || left > 0 {
            let name = part["refusal"] == nil ? "text" : "refusal"
            let (text, count) = cut(part[name]?.string ?? "", left, counter)
            kept.append(part.replacing(name, with: .string(text)))
            total += count
            left -= count
        }
        return (.array(kept), total)
    }

    private static func judged(_ content: JSONValue?, _ top: Int, _ counter: TokenCounter) -> JSONValue {
        .array(
            (content?.array ?? []).map { part in
                guard part["type"] == "output_text", let text = part["text"]?.string else { return part }
                return part.replacing("logprobs", with: .array(ResponsesLogprobs.of(counter.pieces(text), top: top)))
            })
    }

    /// Keys have the recorded order: id, type, status, then the other keys alphabetically.
    private static func ordered(_ members: JSONObject, type: String, id: String, status: String?) -> JSONObject {
        var object: JSONObject = ["id": .string(id), "type": .string(type)]
        if let status { object["status"] = .string(status) }
        for member in members.members.sorted(by: { $0.name < $1.name }) where object[member.name] == nil {
            object.members.append(member)
        }
        return object
    }
}
