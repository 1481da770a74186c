import SparringJSON
import Testing

@testable import SparringAPI

/// A minimal request body with the given members.
struct ChatBody: Sendable, CustomStringConvertible {
    var members: String
    var model = "gpt-4o-mini"
    var messages = #"[{"role":"user","content":"say json"}]"#

    init(_ members: String, model: String = "gpt-4o-mini") {
        self.members = members
        self.model = model
    }

    init(messages: String, model: String = "gpt-4o-mini", _ members: String = "") {
        self.init(members, model: model)
        self.messages = messages
    }

    var description: String { "\(model) \(members) \(messages)" }

    func check() throws -> ChatRequest {
        let text = #"{"model":"\#(model)","messages":\#(messages)"# + (members.isEmpty ? "}" : ",\(members)}")
        return try ChatRequest.check(try JSONValue.parse(text), models: .builtIn)
    }

    func complaint() -> APIError? { #expect(throws: APIError.self, "\(self)") { try check() } }
}

private let newest = "gpt-5.6-terra"
private let function = #"{"type":"function","function":{"name":"f","parameters":{"type":"object","properties":{}}}}"#
private let custom = #"{"type":"custom","custom":{"name":"run"}}"#

@Suite("Chat parameters")
struct ChatParametersTests {
    @Test(
        "Chat parameters are accepted when they are well-formed",
        arguments: [
            ChatBody(#""temperature":0"#), ChatBody(#""temperature":2"#), ChatBody(#""top_p":1"#),
            ChatBody(#""n":128"#), ChatBody(#""n":8"#, model: newest), ChatBody(#""max_tokens":1"#),
            ChatBody(#""max_completion_tokens":16384"#), ChatBody(#""presence_penalty":-2,"frequency_penalty":2"#),
            ChatBody(#""logprobs":true,"top_logprobs":20"#), ChatBody(#""seed":-7"#), ChatBody(#""user":"u""#),
            ChatBody(#""stop":"x""#), ChatBody(#""stop":["a","b","c","d"]"#), ChatBody(#""stop":null"#),
            ChatBody(#""logit_bias":{"50256":-100}"#),
            ChatBody(#""stream":true,"stream_options":{"include_usage":true}"#),
            ChatBody(#""stream":true,"stream_options":{"include_obfuscation":false}"#),
            ChatBody(#""store":true,"metadata":{"k":"v"}"#), ChatBody(#""metadata":{"k":"v"}"#, model: newest),
            ChatBody(#""service_tier":"fast""#), ChatBody(#""service_tier":"auto""#),
            ChatBody(#""prediction":{"type":"content","content":"x"}"#),
            ChatBody(#""prediction":{"type":"content","content":[{"type":"text","text":"x"}]}"#),
            ChatBody(#""safety_identifier":"s","prompt_cache_key":"k","prompt_cache_retention":"24h""#),
            ChatBody(#""prompt_cache_options":{"mode":"implicit","ttl":"30m"}"#),
            ChatBody(#""moderation":{"model":"omni-moderation-latest"}"#), ChatBody(#""verbosity":"medium""#),
            ChatBody(#""verbosity":"high""#, model: "gpt-5"),
            ChatBody(#""reasoning_effort":"minimal""#, model: "gpt-5"),
            ChatBody(#""reasoning_effort":"xhigh""#, model: newest),
            ChatBody(#""reasoning_effort":"none","logprobs":true,"top_logprobs":5"#, model: newest),
            ChatBody(#""reasoning_effort":"none","presence_penalty":-2,"frequency_penalty":2"#, model: newest),
            ChatBody(#""temperature":0.3"#, model: "gpt-5.1"), ChatBody(#""stop":"x""#, model: "o3-mini"),
            ChatBody(#""response_format":{"type":"text"}"#), ChatBody(#""response_format":{"type":"json_object"}"#),
            ChatBody(#""response_format":{"type":"json_schema","json_schema":{"name":"n"}}"#),
            ChatBody(#""tools":[\#(function),\#(custom)],"tool_choice":"required","parallel_tool_calls":false"#),
            ChatBody(#""tools":[\#(function)],"tool_choice":{"type":"function","function":{"name":"f"}}"#),
            ChatBody(#""tools":[\#(custom)],"tool_choice":{"type":"custom","custom":{"name":"run"}}"#),
            ChatBody(
                #""tools":[\#(function),\#(custom)],"tool_choice":{"type":"allowed_tools","allowed_tools":{"mode":"auto","#
                    + #""tools":[{"type":"function","function":{"name":"f"}}]}}"#),
            ChatBody(#""tools":[\#(function)],"reasoning_effort":"none""#, model: newest),
            ChatBody(#""functions":[{"name":"f"}],"function_call":{"name":"f"}"#),
            ChatBody(#""modalities":["text"]"#),
            ChatBody(#""modalities":["text","audio"],"audio":{"voice":"alloy","format":"mp3"}"#, model: "gpt-audio"),
            ChatBody(
                #""modalities":["text","audio"],"audio":{"voice":{"id":"v"},"format":"pcm16"},"stream":true"#,
                model: "gpt-audio"),
            ChatBody(
                #""web_search_options":{"search_context_size":"low","user_location":{"type":"approximate","approximate":"#
                    + #"{"city":"Bern"}}}"#, model: "gpt-4o-search-preview"),
        ])
    func accepted(body: ChatBody) throws { _ = try body.check() }

    /// The expected error of a row: a part of the message, the code, the parameter.
    struct Complaint: Sendable {
        var body: ChatBody
        var message: String
        var code: String?
        var param: String?

        init(_ body: ChatBody, _ message: String, _ code: String?, _ param: String?) {
            (self.body, self.message, self.code, self.param) = (body, message, code, param)
        }

        init(_ members: String, _ message: String, _ code: String?, _ param: String?) {
            self.init(ChatBody(members, model: newest), message, code, param)
        }
    }

    private func expect(_ row: Complaint) {
        let error = row.body.complaint()
        #expect(error?.message.contains(row.message) == true, "\(error?.message ?? "accepted"): \(row.body)")
        #expect(error?.code == row.code)
        #expect(error?.param == row.param)
        #expect(error?.type == "invalid_request_error")
    }

    @Test(
        "A chat parameter of the wrong type is rejected with the type that it should have",
        arguments: [
            ("n", #""2""#, "an integer, but got a string"), ("temperature", #""hot""#, "a decimal, but got a string"),
            ("top_p", "{}", "a decimal, but got an object"), ("presence_penalty", "[]", "a decimal, but got an array"),
            ("frequency_penalty", "true", "a decimal, but got a boolean"),
            ("store", #""yes""#, "a boolean, but got a string"),
            ("seed", "1.5", "an integer, but got a decimal number"), ("user", "{}", "a string, but got an object"),
            ("tools", #""none""#, "an array of objects, but got a string"),
            ("tool_choice", "7", "one of one of 'none', 'auto', or 'required' or object, but got an integer"),
            ("response_format", #""json""#, "an object, but got a string"),
            ("functions", #""x""#, "an array of function definitions, but got a string"),
            ("prompt_cache_retention", "{}", "one of 'in_memory' or '24h', but got an object"),
            ("service_tier", "{}", "one of 'auto', 'default', 'fast', 'flex', or 'priority', but got an object"),
            ("prompt_cache_options", #""x""#, "an object, but got a string"),
            ("prompt_cache_key", "7", "a string, but got an integer"),
            ("safety_identifier", "7", "a string, but got an integer"),
            ("stream", #""y""#, "a boolean, but got a string"),
            ("stream_options", "7", "an object, but got an integer"),
            ("metadata", #""x""#, "a metadata object, but got a string"),
            ("verbosity", "7", "one of 'low', 'medium', or 'high', but got an integer"),
            ("parallel_tool_calls", "7", "a boolean, but got an integer"),
            ("logprobs", "7", "a boolean, but got an integer"),
            ("top_logprobs", "{}", "an integer, but got an object"),
            ("moderation", "7", "an object, but got an integer"),
            ("max_completion_tokens", "{}", "an integer, but got an object"),
        ])
    func types(name: String, value: String, words: String) {
        expect(
            Complaint(
                #""\#(name)":\#(value)"#, "Invalid type for '\(name)': expected \(words) instead.", "invalid_type", name
            ))
    }

    @Test(
        "Invalid chat parameters are reported in the API's order, not in that of the body",
        arguments: [
            "functions", "tools", "parallel_tool_calls", "max_completion_tokens", "n", "temperature", "top_p",
            "presence_penalty", "frequency_penalty", "logprobs", "top_logprobs", "user", "seed", "moderation",
            "safety_identifier", "prompt_cache_options", "prompt_cache_key", "prompt_cache_retention",
            "response_format",
            "service_tier", "stream", "stream_options", "store", "metadata", "verbosity",
        ].adjacent)
    func order(first: String, second: String) {
        let body = ChatBody(
            #""\#(second)":"\#(second)!","\#(first)":\#(first == "user" || first.hasSuffix("key") || first.hasSuffix("identifier") ? "7" : "\"x\"")"#,
            model: newest)
        #expect(body.complaint()?.param == first)
    }

    @Test(
        "A chat parameter out of range, incomplete or with an unknown value is rejected",
        arguments: [
            Complaint(
                #""n":0"#, "Invalid 'n': integer below minimum value. Expected a value >= 1, but got 0",
                "integer_below_min_value", "n"),
            Complaint(#""n":64"#, "Expected a value <= 8, but got 64 instead.", "integer_above_max_value", "n"),
            Complaint(
                #""max_completion_tokens":0"#, "Expected a value >= 1", "integer_below_min_value",
                "max_completion_tokens"),
            Complaint(
                #""logprobs":true,"reasoning_effort":"none","top_logprobs":-1"#, "Expected a value >= 0",
                "integer_below_min_value", "top_logprobs"),
            Complaint(
                #""logprobs":true,"reasoning_effort":"none","top_logprobs":21"#, "must be less than or equal to 5.",
                nil, "top_logprobs"),
            Complaint(
                #""reasoning_effort":"none","top_logprobs":1"#,
                "The 'top_logprobs' parameter is only allowed when 'logprobs' is enabled.", nil, "top_logprobs"),
            Complaint(
                #""reasoning_effort":"none","frequency_penalty":3"#, "Expected a value <= 2, but got 3",
                "decimal_above_max_value", "frequency_penalty"),
            Complaint(
                #""reasoning_effort":"none","presence_penalty":-3"#, "Expected a value >= -2, but got -3",
                "decimal_below_min_value", "presence_penalty"),
            Complaint(#""metadata":{"k":7}"#, "expected a string, but got an integer", "invalid_type", "metadata.k"),
            Complaint(
                #""metadata":{"\#(String(repeating: "k", count: 70))":"v"}"#,
                "Invalid property name in 'metadata': 'kkk...kkk' is too long. Expected a string with maximum length 64, but got a string with length 70 instead.",
                "property_name_above_max_length", "metadata." + String(repeating: "k", count: 70)),
            Complaint(
                #""metadata":{"k":"\#(String(repeating: "x", count: 600))"}"#,
                "maximum length 512, but got a string with length 600", "string_above_max_length", "metadata.k"),
            Complaint(
                #""metadata":{\#((0..<17).map { #""k\#($0)":"v""# }.joined(separator: ","))}"#,
                "at most 16 properties, but got an object with 17", "object_above_max_properties", "metadata"),
            Complaint(
                #""service_tier":"bogus""#,
                "Invalid value: 'bogus'. Supported values are: 'auto', 'default', 'fast', 'flex', and 'priority'.",
                "invalid_value", "service_tier"),
            Complaint(#""verbosity":"bogus""#, "'low', 'medium', and 'high'.", "invalid_value", "verbosity"),
            Complaint(
                #""response_format":{"type":"bogus"}"#, "'json_object', 'json_schema', and 'text'.", "invalid_value",
                "response_format.type"),
            Complaint(
                #""response_format":{}"#, "Missing required parameter: 'response_format.type'.",
                "missing_required_parameter", "response_format.type"),
            Complaint(
                #""response_format":{"type":"json_schema"}"#, "'response_format.json_schema'.",
                "missing_required_parameter", "response_format.json_schema"),
            Complaint(
                #""response_format":{"type":"json_schema","json_schema":{}}"#, "'response_format.json_schema.name'.",
                "missing_required_parameter", "response_format.json_schema.name"),
            Complaint(
                #""tools":[\#(function)],"tool_choice":"bogus""#, "'none', 'auto', and 'required'.", "invalid_value",
                "tool_choice"),
            Complaint(#""tools":[]"#, "empty array", "empty_array", "tools"),
            Complaint(
                #""tools":[{"type":"function"}]"#, "'tools[0].function'.", "missing_required_parameter",
                "tools[0].function"),
            Complaint(
                #""tools":[{"type":"function","function":{"name":""}}]"#,
                "Invalid 'tools[0].function.name': empty string.", "empty_string", "tools[0].function.name"),
            Complaint(
                #""tools":[{"type":"function","function":{"name":"a b"}}]"#, "does not match pattern", "invalid_value",
                "tools[0].function.name"),
            Complaint(
                #""tools":[{"type":"function","function":{"name":"a","description":7}}]"#,
                "expected a string, but got an integer", "invalid_type", "tools[0].function.description"),
            Complaint(
                #""tools":[{"type":"custom","custom":{"name":"a","format":{"type":"grammar","grammar":{"syntax":"peg","definition":"x"}}}}]"#,
                "'lark' and 'regex'.", "invalid_value", "tools[0].custom.format.grammar.syntax"),
            Complaint(#""tools":[{"type":"web"}]"#, "'function' and 'custom'.", "invalid_value", "tools[0].type"),
            Complaint(
                #""tools":[\#(function)],"tool_choice":{"type":"bogus"}"#, "'tool_choice.function'.",
                "missing_required_parameter", "tool_choice.function"),
            Complaint(
                #""tools":[\#(function)],"tool_choice":{"type":"function","function":{}}"#,
                "'tool_choice.function.name'.", "missing_required_parameter", "tool_choice.function.name"),
            Complaint(
                #""tools":[\#(function)],"tool_choice":{"type":"function","function":{"name":"g"}}"#,
                "Invalid value for 'function_call': no function named 'g' was specified in the 'functions' parameter.",
                nil, "function_call"),
            Complaint(
                #""tools":[\#(function)],"tool_choice":{"type":"allowed_tools","allowed_tools":{"mode":"x","tools":[]}}"#,
                "'auto' and 'required'.", "invalid_value", "tool_choice.allowed_tools.mode"),
            Complaint(#""functions":[{}]"#, "'functions[0].name'.", "missing_required_parameter", "functions[0].name"),
            Complaint(
                #""functions":[{"name":"f"}],"function_call":{"x":1}"#, "'function_call.name'.",
                "missing_required_parameter", "function_call.name"),
            Complaint(#""moderation":{}"#, "'moderation.model'.", "missing_required_parameter", "moderation.model"),
            Complaint(
                #""stream_options":{"bogus":1}"#, "Unknown parameter: 'stream_options.bogus'.", "unknown_parameter",
                "stream_options.bogus"),
            Complaint(
                #""prompt_cache_options":{"bogus":1}"#, "Unknown parameter: 'prompt_cache_options.bogus'.",
                "unknown_parameter", "prompt_cache_options.bogus"),
            Complaint(
                #""prompt_cache_retention":"x""#, "Invalid prompt_cache_retention argument", nil,
                "prompt_cache_retention"),
            Complaint(
                #""prompt_cache_retention":"in_memory""#,
                "This model is compatible only with 24h extended prompt caching", nil, "prompt_cache_retention"),
            Complaint(
                #""safety_identifier":"\#(String(repeating: "x", count: 65))""#, "maximum length 64",
                "string_above_max_length", "safety_identifier"),
            Complaint(ChatBody(#""stop":["a","b","c","d","e"]"#), "maximum length 4", "array_above_max_length", "stop"),
            Complaint(ChatBody(#""logit_bias":{"x":1}"#), "Invalid key in 'logit_bias': x.", nil, "logit_bias"),
            Complaint(
                ChatBody(#""logit_bias":{"1":101}"#), "Expected a value <= 100", "decimal_above_max_value",
                "logit_bias.1"),
            Complaint(
                ChatBody(#""prediction":{"type":"content"}"#), "'prediction.content'.", "missing_required_parameter",
                "prediction.content"),
            Complaint(
                ChatBody(#""prediction":{"type":"x","content":""}"#), "Supported values are: 'content'.",
                "invalid_value", "prediction.type"),
            Complaint(
                ChatBody(#""modalities":["text","video"]"#), "'text' and 'audio'.", "invalid_value", "modalities[1]"),
            Complaint(
                ChatBody(#""max_tokens":1,"max_completion_tokens":1"#), "at the same time is not supported.",
                "invalid_parameter_combination", "max_tokens"),
            Complaint(
                ChatBody(#""web_search_options":{}"#), "Web search options not supported with this model.", nil,
                "web_search_options"),
            Complaint(
                ChatBody(#""web_search_options":{"search_context_size":"x"}"#), "'low', 'medium', and 'high'.",
                "invalid_value", "web_search_options.search_context_size"),
            Complaint(
                ChatBody(#""parallel_tool_calls":true"#),
                "'parallel_tool_calls' is only allowed when 'tools' are specified.", nil, "parallel_tool_calls"),
            Complaint(
                ChatBody(#""function_call":"auto""#), "'function_call' is only allowed when 'functions' are specified.",
                nil, "function_call"),
            Complaint(
                ChatBody(#""metadata":{}"#), "The 'metadata' parameter is only allowed when 'store' is enabled.", nil,
                "metadata"),
            Complaint(
                ChatBody(#""modalities":["text","audio"],"audio":{"voice":"hal","format":"mp3"}"#, model: "gpt-audio"),
                "Invalid value: 'hal'.", "invalid_value", "audio.voice"),
            Complaint(
                ChatBody(#""modalities":["text","audio"],"audio":{"voice":"ash","format":"ogg"}"#, model: "gpt-audio"),
                "Invalid value: 'ogg'.", "invalid_value", "audio.format"),
        ])
    func refused(row: Complaint) { expect(row) }

    @Test(
        "A chat parameter that the model does not support is rejected in the API's words for its family",
        arguments: [
            Complaint(
                #""stop":["ZZ"]"#, "Unsupported parameter: 'stop' is not supported with this model.",
                "unsupported_parameter", "stop"),
            Complaint(
                ChatBody(#""stop":["ZZ"]"#, model: "o1-mini"), "'stop' is not supported", "unsupported_parameter",
                "stop"),
            Complaint(#""logit_bias":{"1":1}"#, "'logit_bias' is not supported", "unsupported_parameter", "logit_bias"),
            Complaint(
                #""prediction":{"type":"content","content":"x"}"#, "'prediction' is not supported",
                "unsupported_parameter", "prediction"),
            Complaint(
                #""max_tokens":32"#, "Use 'max_completion_tokens' instead.", "unsupported_parameter", "max_tokens"),
            Complaint(#""audio":{}"#, "Unknown parameter: 'audio'.", "unknown_parameter", "audio"),
            Complaint(#""modalities":["text"]"#, "Unknown parameter: 'modalities'.", "unknown_parameter", "modalities"),
            Complaint(
                #""web_search_options":{}"#, "Unknown parameter: 'web_search_options'.", "unknown_parameter",
                "web_search_options"),
            Complaint(#""logprobs":true"#, "'logprobs' is not supported", "unsupported_parameter", "logprobs"),
            Complaint(
                #""presence_penalty":0.5"#, "'presence_penalty' is not supported", "unsupported_parameter",
                "presence_penalty"),
            Complaint(
                #""frequency_penalty":0.5"#, "'frequency_penalty' is not supported", "unsupported_parameter",
                "frequency_penalty"),
            Complaint(#""top_p":0.5"#, "'top_p' is not supported", "unsupported_parameter", "top_p"),
            Complaint(
                #""temperature":0.5,"reasoning_effort":"none""#,
                "'temperature' does not support 0.5 with this model. Only the default (1) value is supported.",
                "unsupported_value", "temperature"),
            Complaint(
                #""reasoning_effort":"max""#,
                "does not support 'max' with this model. Supported values are: 'none', 'low', 'medium', 'high', and 'xhigh'.",
                "unsupported_value", "reasoning_effort"),
            Complaint(
                #""reasoning_effort":{"k":"a'b","x":[true,null,1.5]}"#,
                #"does not support {'k': "a'b", 'x': [True, None, 1.5]} with"#, "unsupported_value", "reasoning_effort"),
            Complaint(
                #""tools":[\#(function)]"#,
                "Function tools with reasoning_effort are not supported for gpt-5.6-terra in /v1/chat/completions. To use function tools, use /v1/responses or set reasoning_effort to 'none'.",
                nil, "reasoning_effort"),
            Complaint(
                ChatBody(#""reasoning_effort":"minimal""#, model: "o3"), "'low', 'medium', and 'high'.",
                "unsupported_value", "reasoning_effort"),
            Complaint(
                ChatBody(#""reasoning_effort":"low""#, model: "gpt-4o"),
                "Unrecognized request argument supplied: reasoning_effort", nil, nil),
            Complaint(
                ChatBody(#""verbosity":"low""#, model: "gpt-4o"),
                "'verbosity' does not support 'low' with this model. Supported values are: 'medium'.",
                "unsupported_value", "verbosity"),
            Complaint(
                ChatBody(#""response_format":{"type":"json_schema","json_schema":{"name":"n"}}"#, model: "gpt-4"),
                "'response_format' of type 'json_schema' is not supported with this model.", nil, nil),
            Complaint(
                ChatBody(#""response_format":{"type":"json_object"}"#, model: "gpt-4"),
                "'response_format' of type 'json_object' is not supported with this model.", nil, "response_format"),
            Complaint(
                ChatBody(#""temperature":1"#, model: "gpt-4o-search-preview"),
                "Model incompatible request argument supplied: temperature", nil, nil),
            Complaint(
                ChatBody("", model: "gpt-audio"),
                "This model requires that either input content or output modality contain audio.", "invalid_value",
                "model"),
            Complaint(
                ChatBody(
                    #""modalities":["text","audio"],"stream":true,"audio":{"voice":"alloy","format":"wav"}"#,
                    model: "gpt-audio"),
                "Unsupported value: 'audio.format' does not support 'wav' when stream=true. Supported values are: 'pcm16'.",
                "unsupported_value", "audio.format"),
            Complaint(
                ChatBody(#""parallel_tool_calls":true,"tools":[\#(function)]"#, model: "o3"),
                "'parallel_tool_calls' is not supported", "unsupported_parameter", "parallel_tool_calls"),
            Complaint(ChatBody("", model: "gpt-5.4-pro"), "This model is only supported in v1/responses", nil, "model"),
            Complaint(
                ChatBody(#""tools":[\#(function)]"#, model: "gpt-4o-search-preview"),
                "tools is not supported in this model.", nil, nil),
        ])
    func families(row: Complaint) { expect(row) }
}

extension Array {
    /// Returns each element, paired with the next element.
    fileprivate var adjacent: [(Element, Element)] { Array<(Element, Element)>(zip(self, dropFirst())) }
}
