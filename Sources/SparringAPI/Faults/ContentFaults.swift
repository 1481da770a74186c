import SparringJSON
import SparringWire

/// Faults that give complete and valid answers with the wrong content.
package enum ContentFaults {
    package static let all: [ContentFault] = [
        refusal, contentFilter, cutShort, emptyAnswer, repetition, wrongLanguage, wrongTool, wrongArguments, offSchema,
    ]

    static let named = Dictionary(all.map { ($0.kind.name, $0) }, uniquingKeysWith: { first, _ in first })

    private static func row(_ name: String, takes parameters: [FaultParameter] = [], _ help: String) -> FaultKind {
        FaultKind(name, .meaning, at: .start, usually: .start, takes: parameters, help)
    }

    static let refusal = ContentFault(
        kind: row(
            "refuse", takes: [FaultParameter(.text, .text, .text("I cannot help with that."))],
            "the model refuses: a refusal in place of the text"),
        edit: { arguments, _ in ContentFault.Said(content: .refusal(arguments.text(.text))) })

    static let contentFilter = ContentFault(
        kind: row(
            "content_filter", "the content filter stops the answer in the middle: `finish_reason` is `content_filter`"),
        edit: { _, content in half(content, because: "content_filter") })

    static let cutShort = ContentFault(
        kind: row("cut_short", "the answer reaches the token limit in the middle: `finish_reason` is `length`"),
        edit: { _, content in half(content, because: "max_output_tokens") })

    static let emptyAnswer = ContentFault(
        kind: row("empty_answer", "the model finishes without any text"),
        edit: { _, _ in ContentFault.Said(content: .text("")) })

    static let repetition = ContentFault(
        kind: row(
            "repetition", takes: [FaultParameter(.times, .count(2...100_000), .integer(20))],
            "the model repeats its text"),
        edit: { arguments, content in
            guard case .text(let text) = content else { return nil }
            let again = Array(repeating: text, count: arguments.integer(.times))
            return ContentFault.Said(content: .text(again.joined(separator: " ")))
        })

    static let wrongLanguage = ContentFault(
        kind: row("wrong_language", "the model answers in languages that the prompt does not use"),
        edit: { _, content in
            guard case .text = content else { return nil }
            return ContentFault.Said(content: .text("Das kann ich gern für Sie tun. もちろんです。 بالتأكيد."))
        })

    static let wrongTool = ContentFault(
        kind: row("wrong_tool", "the model calls a tool that the request does not offer"),
        edit: { _, content in
            guard case .toolCalls(var calls, let text) = content else {
                return ContentFault.Said(content: .toolCalls([ToolCall(name: noTool, arguments: "{}")], text: nil))
            }
            for index in calls.indices { calls[index].name = noTool }
            return ContentFault.Said(content: .toolCalls(calls, text: text))
        })

    private static let noTool = "no_such_tool"

    static let wrongArguments = ContentFault(
        kind: row(
            "wrong_arguments",
            takes: [FaultParameter(.form, .choice(["unknown", "array", "no_json"]), .text("unknown"))],
            "a tool call whose arguments break the schema: an object with only an unknown field, an array, or text "
                + "that is not JSON"),
        edit: { arguments, content in
            guard case .toolCalls(var calls, let text) = content else { return nil }
            let forms = ["unknown": #"{"no_such_argument":true}"#, "array": "[1,2]", "no_json": "{\"city\": Paris"]
            for index in calls.indices { calls[index].arguments = forms[arguments.text(.form)] ?? "" }
            return ContentFault.Said(content: .toolCalls(calls, text: text))
        })

    static let offSchema = ContentFault(
        kind: row(
            "off_schema",
            takes: [
                FaultParameter(
                    .form, .choice(["missing", "wrong_type", "unknown", "fenced", "cut"]), .text("missing"))
            ],
            "JSON that is not as requested: a member is missing, has the wrong type or is unknown, or the "
                + "JSON is in a Markdown fence or cut in half"
        ),
        edit: { arguments, content in
            guard case .text(let text) = content, case .object(var object)? = try? JSONValue.parse(text),
                let first = object.members.first
            else { return nil }
            switch arguments.text(.form) {
            case "fenced": return ContentFault.Said(content: .text("Here is the JSON:\n\n```json\n\(text)\n```\n"))
            case "cut": return ContentFault.Said(content: .text(String(text.prefix(text.count / 2))))
            case "wrong_type": object.members[0].value = first.value.string == nil ? "?" : 0
            case "unknown": object["no_such_member"] = true
            default: object.members.removeFirst()
            }
            return ContentFault.Said(content: .text(JSONValue.object(object).text()))
        })

    /// The content up to its middle.
    private static func half(_ content: Content, because reason: String) -> ContentFault.Said {
        func half(_ text: String) -> String { String(text.prefix(text.count / 2)) }
        let cut: Content =
            switch content {
            case .text(let text): .text(half(text))
            case .refusal(let text): .refusal(half(text))
            case .toolCalls(let calls, let text):
                .toolCalls(
                    calls.prefix(1).map { ToolCall(name: $0.name, arguments: half($0.arguments)) }, text: text)
            }
        return ContentFault.Said(content: cut, ending: .incomplete(reason: reason))
    }
}
