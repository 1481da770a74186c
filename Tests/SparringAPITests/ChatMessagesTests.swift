import Testing

@testable import SparringAPI

private let call =
    #"{"role":"assistant","tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}]}"#
/// One transparent pixel.
private let pixel =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
private let image = #"{"type":"image_url","image_url":{"url":"data:image/png;base64,\#(pixel)"}}"#
private let sound = #"{"type":"input_audio","input_audio":{"data":"UklG","format":"wav"}}"#
private let file = #"{"type":"file","file":{"filename":"a.pdf","file_data":"data:application/pdf;base64,JVBERg=="}}"#

@Suite("Chat messages")
struct ChatMessagesTests {
    @Test(
        "Chat messages are accepted in every role and with every kind of content",
        arguments: [
            ChatBody(
                messages:
                    #"[{"role":"developer","content":"d"},{"role":"system","content":"s"},{"role":"user","content":""}]"#
            ),
            ChatBody(messages: #"[{"role":"user","content":[],"name":"ann_1"}]"#),
            ChatBody(messages: #"[{"role":"user","content":[{"type":"text","text":"t"},\#(image),\#(file)]}]"#),
            ChatBody(
                messages:
                    #"[{"role":"user","content":[{"type":"image_url","image_url":{"url":"https://x.test/a.png","detail":"low"}}]}]"#
            ),
            ChatBody(messages: #"[{"role":"user","content":[{"type":"file","file":{"file_id":"file-1"}}]}]"#),
            ChatBody(messages: #"[{"role":"user","content":[\#(sound)]}]"#, model: "gpt-audio"),
            ChatBody(
                messages: #"[{"role":"user","content":"a"},\#(call),{"role":"tool","tool_call_id":"c","content":"1"}]"#),
            ChatBody(messages: #"[{"role":"user","content":"a"},{"role":"assistant","refusal":"no"}]"#),
            ChatBody(messages: #"[{"role":"user","content":"a"},{"role":"assistant","audio":{"id":"audio_1"}}]"#),
            ChatBody(
                messages:
                    #"[{"role":"user","content":"a"},{"role":"assistant","function_call":{"name":"f","arguments":"{}"}},{"role":"function","name":"f","content":"1"}]"#
            ),
            ChatBody(
                messages:
                    #"[{"role":"assistant","content":[{"type":"refusal","refusal":"no"}]},{"role":"user","content":"a"}]"#
            ),
            ChatBody(
                messages:
                    #"[{"role":"assistant","tool_calls":[{"id":"c","type":"custom","custom":{"name":"run","input":"x"}}]},{"role":"tool","tool_call_id":"c","content":"1"}]"#
            ),
        ])
    func accepted(body: ChatBody) throws { _ = try body.check() }

    @Test(
        "Invalid chat messages are rejected with the place of the error",
        arguments: [
            (#""ping""#, "expected an array of objects, but got a string", "invalid_type", "messages"),
            (#"["ping"]"#, "expected an object, but got a string", "invalid_type", "messages[0]"),
            (#"[{"content":"a"}]"#, "'messages[0].role'.", "missing_required_parameter", "messages[0].role"),
            (
                #"[{"role":"boss","content":"a"}]"#,
                "'system', 'assistant', 'user', 'function', 'tool', and 'developer'.", "invalid_value",
                "messages[0].role"
            ),
            (
                #"[{"role":"user","content":7}]"#, "expected one of a string or array of objects, but got an integer",
                "invalid_type", "messages[0].content"
            ),
            (
                #"[{"role":"user"}]"#, "Invalid value for 'content': expected a string, got null.", nil,
                "messages.[0].content"
            ),
            (
                #"[{"role":"user"},{"role":"user","content":7}]"#, "expected one of", "invalid_type",
                "messages[1].content"
            ),
            (
                #"[{"role":"user","content":"a"},{"role":"assistant","tool_calls":null}]"#,
                "expected a string, got null.", nil, "messages.[1].content"
            ),
            (
                #"[{"role":"tool","tool_call_id":"c","refusal":"no"}]"#, "expected a string, got null.", nil,
                "messages.[0].content"
            ),
            (#"[{"role":"developer"}]"#, "'messages[0].content'.", "missing_required_parameter", "messages[0].content"),
            (#"[{"role":"developer","content":null}]"#, "but got null instead.", "invalid_type", "messages[0].content"),
            (
                #"[{"role":"assistant","content":"x","tool_calls":[]}]"#, "empty array", "empty_array",
                "messages[0].tool_calls"
            ),
            (
                #"[{"role":"assistant","tool_calls":[{"type":"function"}]}]"#, "'messages[0].tool_calls[0].id'.",
                "missing_required_parameter", "messages[0].tool_calls[0].id"
            ),
            (
                #"[{"role":"assistant","tool_calls":[{"id":"c","type":"function","function":{"name":"f"}}]}]"#,
                "arguments'.", "missing_required_parameter", "messages[0].tool_calls[0].function.arguments"
            ),
            (
                #"[{"role":"assistant","tool_calls":[{"id":"c","type":"x"}]}]"#, "'function' and 'custom'.",
                "invalid_value", "messages[0].tool_calls[0].type"
            ),
            (
                #"[{"role":"user","content":"a","name":"a b"}]"#, #"'^[^\s<|\\/>]+$'."#, "invalid_value",
                "messages[0].name"
            ),
            (
                #"[{"role":"user","content":[{"type":"video"}]}]"#,
                "'text', 'image_url', 'input_audio', 'refusal', 'audio', and 'file'.", "invalid_value",
                "messages[0].content[0].type"
            ),
            (
                #"[{"role":"user","content":[{"type":"text"}]}]"#, "'messages[0].content[0].text'.",
                "missing_required_parameter", "messages[0].content[0].text"
            ),
            (
                #"[{"role":"user","content":[{"type":"image_url","image_url":"u"}]}]"#,
                "expected an object, but got a string", "invalid_type", "messages[0].content[0].image_url"
            ),
            (
                #"[{"role":"user","content":[{"type":"image_url","image_url":{"url":"u"}}]}]"#, "Expected a valid URL",
                "invalid_value", "messages[0].content[0].image_url.url"
            ),
            (
                #"[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:application/pdf;base64,AA=="}}]}]"#,
                "unsupported MIME type 'application/pdf'", "invalid_value", "messages[0].content[0].image_url.url"
            ),
            (
                #"[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/bmp;base64,AA=="}}]}]"#,
                "['png', 'jpeg', 'gif', 'webp']", "invalid_image_format", nil
            ),
            (
                #"[{"role":"user","content":[{"type":"image_url","image_url":{"url":"https://x.test","detail":"x"}}]}]"#,
                "'auto', 'low', and 'high'.", "invalid_value", "messages[0].content[0].image_url.detail"
            ),
            (
                #"[{"role":"user","content":[{"type":"input_audio","input_audio":{"data":"x","format":"ogg"}}]}]"#,
                "'wav' and 'mp3'.", "invalid_value", "messages[0].content[0].input_audio.format"
            ),
            (
                #"[{"role":"user","content":[\#(sound)]}]"#,
                "Invalid 'messages[0]'. Content blocks are expected to be either text or image_url type.",
                "invalid_value", "messages[0]"
            ),
            (
                #"[{"role":"user","content":[{"type":"file","file":{}}]}]"#, "'messages[0].content[0].file.file_id'.",
                "missing_required_parameter", "messages[0].content[0].file.file_id"
            ),
            (
                #"[{"role":"user","content":[{"type":"file","file":{"filename":"a","file_data":"data:text/plain;base64,AA=="}}]}]"#,
                "unsupported MIME type 'text/plain'", "invalid_value", "messages[0].content[0].file.file_data"
            ),
            (
                #"[{"role":"system","content":[\#(image)]}]"#,
                "but this message with role 'system' contains an image URL.", "invalid_value", "messages[0]"
            ),
            (
                #"[{"role":"tool","content":"x"}]"#, "messages with role 'tool' must have a 'tool_call_id'.", nil,
                "messages.[0].tool_call_id"
            ),
            (
                #"[{"role":"function","content":"x"}]"#, "messages with role 'function' must have a 'name'.", nil,
                "messages.[0].name"
            ),
            (
                #"[{"role":"tool","tool_call_id":"x","content":"y"}]"#,
                "must be a response to a preceeding message with 'tool_calls'.", nil, "messages.[0].role"
            ),
            (#"[\#(call),{"role":"user","content":"x"}]"#, "did not have response messages: c", nil, "messages"),
        ] as [(String, String, String?, String?)])
    func refused(messages: String, message: String, code: String?, param: String?) {
        let error = ChatBody(messages: messages).complaint()
        #expect(error?.message.contains(message) == true, "\(error?.message ?? "accepted"): \(messages)")
        #expect(error?.code == code)
        #expect(error?.param == param)
    }

    @Test("Chat messages with role function or images are rejected by models without support for them")
    func models() {
        let role = ChatBody(messages: #"[{"role":"function","name":"f","content":"x"}]"#, model: "gpt-5.6-terra")
            .complaint()
        #expect(role?.message == "Unsupported value: 'messages[0].role' does not support 'function' with this mode.")
        let picture = ChatBody(messages: #"[{"role":"user","content":[\#(image)]}]"#, model: "gpt-3.5-turbo")
            .complaint()
        #expect(picture?.message == "Invalid content type. image_url is only supported by certain models.")
    }
}
