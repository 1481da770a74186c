import SparringJSON
import SparringWire
import Testing

@testable import SparringAPI

@Suite("Scripted items")
struct ScriptedItemTests {
    static func events(_ item: String, include: String = "[]", limit: Int = 64) throws -> [JSONValue] {
        let request = try ResponsesFixture.check(
            "{\"model\":\"gpt-4o-mini\",\"input\":\"hi\",\"stream\":true,\"include\":\(include),\"max_output_tokens\":\(limit)}"
        )
        let context = ResponsesFixture.context
        var ids = IDMint(seed: 1)
        let answer = request.render(giving: [try JSONValue.parse(item)], context: context, ids: &ids).answer
        guard case .events(let events) = answer.body else { return [] }
        return try events.map { try JSONValue.parse($0.data) }
    }

    /// The types of the events, without the prefix `response.`; consecutive events of a type count once. Events that every response has are
    /// left out.
    static func order(_ events: [JSONValue]) -> String {
        var words: [String] = []
        for event in events.dropFirst(3).dropLast(2) {
            let word = (event["type"]?.string ?? "").replacing("response.", with: "")
            if words.last != word { words.append(word) }
        }
        return words.joined(separator: " ")
    }

    @Test(
        "Scripted items are streamed in the API's order of events",
        arguments: [
            (
                #"{"type":"message","text":"Hi there.","annotations":[{"type":"url_citation","url":"u"}]}"#,
                "content_part.added output_text.delta output_text.annotation.added output_text.done content_part.done"
            ),
            (#"{"type":"message","refusal":"No."}"#, "content_part.added refusal.delta refusal.done content_part.done"),
            (
                #"{"type":"message","content":[{"text":"a"},{"refusal":"b"}]}"#,
                "content_part.added output_text.delta output_text.done content_part.done content_part.added "
                    + "refusal.delta refusal.done content_part.done"
            ),
            (#"{"type":"reasoning"}"#, ""),
            (
                #"{"type":"reasoning","summary":["Think.","Again."]}"#,
                "reasoning_summary_part.added reasoning_summary_text.delta reasoning_summary_text.done "
                    + "reasoning_summary_part.done reasoning_summary_part.added reasoning_summary_text.delta "
                    + "reasoning_summary_text.done reasoning_summary_part.done"
            ),
            (
                #"{"type":"reasoning","content":"Think."}"#,
                "content_part.added reasoning_text.delta reasoning_text.done content_part.done"
            ),
            (
                #"{"type":"function_call","name":"f","arguments":{"a":1}}"#,
                "function_call_arguments.delta function_call_arguments.done"
            ),
            (
                #"{"type":"custom_tool_call","name":"f","input":"ls"}"#,
                "custom_tool_call_input.delta custom_tool_call_input.done"
            ),
            (
                #"{"type":"web_search_call"}"#,
                "web_search_call.in_progress web_search_call.searching web_search_call.completed"
            ),
            (
                #"{"type":"file_search_call","queries":["q"]}"#,
                "file_search_call.in_progress file_search_call.searching file_search_call.completed"
            ),
            (
                #"{"type":"code_interpreter_call","code":"1"}"#,
                "code_interpreter_call.in_progress code_interpreter_call_code.delta code_interpreter_call_code.done "
                    + "code_interpreter_call.interpreting code_interpreter_call.completed"
            ),
            (
                #"{"type":"image_generation_call","partial_images":["x"]}"#,
                "image_generation_call.in_progress image_generation_call.generating "
                    + "image_generation_call.partial_image image_generation_call.completed"
            ),
            (
                #"{"type":"mcp_list_tools","server_label":"s","tools":[]}"#,
                "mcp_list_tools.in_progress mcp_list_tools.completed"
            ),
            (
                #"{"type":"mcp_list_tools","server_label":"s","tools":[],"error":"down"}"#,
                "mcp_list_tools.in_progress mcp_list_tools.failed"
            ),
            (
                #"{"type":"mcp_call","server_label":"s","name":"f","arguments":{}}"#,
                "mcp_call.in_progress mcp_call_arguments.delta mcp_call_arguments.done mcp_call.completed"
            ),
            (
                #"{"type":"mcp_call","server_label":"s","name":"f","status":"failed"}"#,
                "mcp_call.in_progress mcp_call_arguments.delta mcp_call_arguments.done mcp_call.failed"
            ),
            (
                #"{"type":"shell_call","action":{"commands":["ls"]}}"#,
                "shell_call_command.added shell_call_command.delta shell_call_command.done"
            ),
            (
                #"{"type":"shell_call_output","call_id":"c","output":[{"stdout":"a","stderr":"","outcome":{"type":"exit","exit_code":0}}]}"#,
                "shell_call_output_content.delta shell_call_output_content.done"
            ),
            (#"{"type":"computer_call","action":{"type":"screenshot"}}"#, ""),
            (#"{"type":"compaction"}"#, ""),
        ])
    func order(item: String, expected: String) throws {
        let events = try Self.events(item)
        #expect(Self.order(events) == expected)
        #expect(events.map { $0["sequence_number"]?.int } == events.indices.map { $0 })
        #expect(events[2]["type"] == "response.output_item.added")
        #expect(events[events.count - 2]["item"] == events.last?["response"]?["output"]?[0])
    }

    @Test("A scripted item is announced as in_progress, without the members that later events send")
    func announced() throws {
        let events = try Self.events(
            #"{"type":"mcp_call","server_label":"s","name":"f","arguments":{"q":1},"output":"x"}"#)
        let item = events[2]["item"]
        #expect(item?["status"] == "in_progress")
        #expect(item?["arguments"] == "")
        #expect(item?["output"] == .some(.null))
        #expect(item?.object?.names.prefix(3) == ["id", "type", "status"])
        #expect(events[events.count - 2]["item"]?["output"] == "x")
        #expect(events[events.count - 2]["item"]?["arguments"] == #"{"q":1}"#)
    }

    @Test(
        "Optional members of a scripted item are shown only when `include` asks for them",
        arguments: [
            (
                #"{"type":"file_search_call","queries":["q"],"results":[{"text":"t"}]}"#, "file_search_call.results",
                "results"
            ),
            (
                #"{"type":"code_interpreter_call","code":"1","outputs":[{"type":"logs","logs":"1"}]}"#,
                "code_interpreter_call.outputs", "outputs"
            ),
            (#"{"type":"reasoning","encrypted_content":"abc"}"#, "reasoning.encrypted_content", "encrypted_content"),
        ])
    func withheld(item: String, include: String, member: String) throws {
        let without = try Self.events(item).last?["response"]?["output"]?[0]?[member]
        let with = try Self.events(item, include: "[\"\(include)\"]").last?["response"]?["output"]?[0]?[member]
        #expect(without?.isNull ?? true)
        #expect(with.map { !$0.isNull } ?? false)
    }

    @Test("A scripted item is cut at the output limit, and the response is incomplete")
    func cut() throws {
        let long = String(repeating: "word ", count: 40)
        let events = try Self.events("{\"type\":\"message\",\"text\":\"\(long)\"}", limit: 16)
        let response = events.last?["response"]
        #expect(events.last?["type"] == "response.incomplete")
        #expect(response?["incomplete_details"]?["reason"] == "max_output_tokens")
        #expect(response?["output"]?[0]?["status"] == "incomplete")
        #expect(response?["usage"]?["output_tokens"] == 16)
    }

    @Test("Scripted calls of built-in tools stop at max_tool_calls")
    func toolCalls() throws {
        let request = try ResponsesFixture.check(#"{"model":"gpt-4o-mini","input":"hi","max_tool_calls":1}"#)
        let context = ResponsesFixture.context
        var ids = IDMint(seed: 1)
        let search: JSONValue = ["type": "web_search_call"]
        let answer = request.render(
            giving: [search, search, ["type": "message", "text": "Done."]], context: context, ids: &ids
        ).answer
        guard case .whole(let bytes) = answer.body else { return #expect(Bool(false)) }
        let types = try JSONValue.parse(bytes)["output"]?.array?.compactMap { $0["type"]?.string }
        #expect(types == ["web_search_call", "message"])
    }

    @Test(
        "A response ends with the status that the scenario orders",
        arguments: [
            (ResponsesEnding.incomplete(reason: "content_filter"), "incomplete", "response.incomplete"),
            (.failed(code: "server_error", message: "Oh."), "failed", "response.failed"),
        ])
    func ending(ending: ResponsesEnding, status: String, event: String) throws {
        let request = try ResponsesFixture.check(#"{"model":"gpt-4o-mini","input":"hi","stream":true}"#)
        var context = ResponsesFixture.context
        context.ending = ending
        var ids = IDMint(seed: 1)
        let answer = request.render(saying: .text("Hi"), context: context, ids: &ids).answer
        guard case .events(let events) = answer.body else {
            return #expect(Bool(false))
        }
        let last = try JSONValue.parse(events[events.count - 1].data)
        #expect(last["type"]?.string == event)
        #expect(last["response"]?["status"]?.string == status)
        #expect(last["response"]?["completed_at"] == .some(.null))
        #expect(last["response"]?["usage"]?.isNull == (status == "failed"))
    }
}
