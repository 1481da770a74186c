import Testing

/// Invalid request bodies, each with the measured error of the API.
enum ResponsesComplaints {
    /// An invalid body with its error. `body` follows model and input, except if it contains these members itself.
    struct Row: Sendable, CustomTestStringConvertible {
        var body: String
        var message: String
        var param: String?
        var code: String?
        var status = 400

        init(_ body: String, _ message: String, _ param: String?, _ code: String?, status: Int = 400) {
            self.body = body.hasPrefix("{") ? body : "{\"model\":\"gpt-5.6-terra\",\"input\":\"hi\",\(body)}"
            self.message = message
            self.param = param
            self.code = code
            self.status = status
        }

        /// An error inside `input`.
        static func input(_ input: String, _ message: String, _ param: String?, _ code: String?) -> Row {
            Row("{\"model\":\"gpt-5.6-terra\",\"input\":\(input)}", message, param, code)
        }

        var testDescription: String { body }
    }

    static let moved =
        ". Try again with the new parameter. See the API documentation for more information: "
        + "https://platform.openai.com/docs/api-reference/responses/create."

    static let rows: [Row] = [
        // Presence
        Row("{\"input\":\"hi\"}", "Missing required parameter: 'model'.", "model", "missing_required_parameter"),
        Row(
            "{\"model\":null,\"input\":\"hi\"}",
            "Invalid type for 'model': expected a string, but got an object instead.",
            "model",
            "invalid_type"
        ),
        Row(
            "{\"model\":7,\"input\":\"hi\"}",
            "Invalid type for 'model': expected a string, but got an integer instead.",
            "model",
            "invalid_type"
        ),
        Row("{\"model\":\"\",\"input\":\"hi\"}", "The requested model '' does not exist.", "model", "model_not_found"),
        Row(
            "{\"model\":\"nope\",\"input\":\"hi\"}",
            "The requested model 'nope' does not exist.",
            "model",
            "model_not_found"
        ),
        Row(
            "{\"model\":\"gpt-5.6-terra\",\"bogus\":1}",
            "Missing required parameter: 'input'.",
            "input",
            "missing_required_parameter"
        ),
        .input(
            "null",
            "Invalid type for 'input': expected a string, but got an object instead.",
            "input",
            "invalid_type"
        ),
        .input(
            "7",
            "Invalid type for 'input': expected one of a string or array of input items, but got an integer instead.",
            "input",
            "invalid_type"
        ),
        .input(
            "[]",
            "One of \"input\" or \"previous_response_id\" or 'prompt' or 'conversation' must be provided.",
            nil,
            "missing_required_parameter"
        ),
        .input(
            "\"\"",
            "One of \"input\" or \"previous_response_id\" or 'prompt' or 'conversation' must be provided.",
            nil,
            "missing_required_parameter"
        ),
        // Names
        Row(
            "\"messages\":[]",
            "Unsupported parameter: 'messages'. In the Responses API, this parameter has moved to 'input'" + moved,
            nil,
            "unsupported_parameter"
        ),
        Row("\"stop\":\"x\"", "Unknown parameter: 'stop'. Did you mean 'store'?", "stop", "unknown_parameter"),
        Row("\"seed\":1", "Unknown parameter: 'seed'.", "seed", "unknown_parameter"),
        Row("\"n\":1", "Unknown parameter: 'n'.", "n", "unknown_parameter"),
        Row("\"modell\":1", "Unknown parameter: 'modell'.", "modell", "unknown_parameter"),
        Row(
            "\"stream_options\":{\"include_usage\":true}",
            "Unknown parameter: 'stream_options.include_usage'.",
            "stream_options.include_usage",
            "unknown_parameter"
        ),
        Row("\"text\":{\"zzz\":1}", "Unknown parameter: 'text.zzz'.", "text.zzz", "unknown_parameter"),
        // Input items
        .input(
            "[7]",
            "Invalid type for 'input[0]': expected an input item, but got an integer instead.",
            "input[0]",
            "invalid_type"
        ),
        .input(
            "[{\"role\":\"bot\",\"content\":\"x\"}]",
            "Invalid value: 'bot'. Supported values are: 'assistant', 'system', 'developer', and 'user'.",
            "input[0]",
            "invalid_value"
        ),
        .input(
            "[{\"content\":\"x\"}]",
            "Invalid value: ''. Supported values are: 'assistant', 'system', 'developer', and 'user'.",
            "input[0]",
            "invalid_value"
        ),
        .input(
            "[{\"role\":\"user\"}]",
            "Missing required parameter: 'input[0].content'.",
            "input[0].content",
            "missing_required_parameter"
        ),
        .input(
            "[{\"role\":\"user\",\"content\":\"x\",\"bogus\":1}]",
            "Unknown parameter: 'input[0].bogus'.",
            "input[0].bogus",
            "unknown_parameter"
        ),
        .input(
            "[{\"role\":\"user\",\"content\":\"x\",\"phase\":\"commentary\"}]",
            "Unknown parameter: 'input[0].phase'.",
            "input[0].phase",
            "unknown_parameter"
        ),
        .input(
            "[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"x\"}]}]",
            "Invalid value: 'text'. Supported values are: 'input_text', 'input_image', 'input_audio', 'output_text', "
                + "'refusal', 'input_file', 'computer_screenshot', 'summary_text', and 'encrypted_content'.",
            "input[0].content[0].type",
            "invalid_value"
        ),
        .input(
            "[{\"role\":\"user\",\"content\":[{\"type\":\"output_text\",\"text\":\"x\"}]}]",
            "Invalid value: 'output_text'. Supported values are: 'input_text', 'input_image', 'input_file', "
                + "'scoped_content', and 'input_audio'.",
            "input[0].content[0]",
            "invalid_value"
        ),
        .input(
            "[{\"role\":\"assistant\",\"content\":[{\"type\":\"input_text\",\"text\":\"x\"}]}]",
            "Invalid value: 'input_text'. Supported values are: 'output_text' and 'refusal'.",
            "input[0].content[0]",
            "invalid_value"
        ),
        .input(
            "[{\"type\":\"function_call_output\",\"output\":\"x\"}]",
            "Missing required parameter: 'input[0].call_id'.",
            "input[0].call_id",
            "missing_required_parameter"
        ),
        .input(
            "[{\"type\":\"function_call_output\",\"call_id\":\"call_x\",\"output\":\"x\"}]",
            "No tool call found for function call output with call_id call_x.",
            "input",
            nil
        ),
        .input(
            "[{\"type\":\"function_call\",\"call_id\":\"call_x\",\"name\":\"f\",\"arguments\":\"{}\"}]",
            "No tool output found for function call call_x.",
            "input",
            nil
        ),
        // Tools
        Row(
            "\"tools\":[{}]",
            "Missing required parameter: 'tools[0].type'.",
            "tools[0].type",
            "missing_required_parameter"
        ),
        Row(
            "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}]",
            "Missing required parameter: 'tools[0].name'.",
            "tools[0].name",
            "missing_required_parameter"
        ),
        Row(
            "\"tools\":[{\"type\":\"mcp\"}]",
            "Missing required parameter: 'tools[0].server_label'.",
            "tools[0].server_label",
            "missing_required_parameter"
        ),
        Row(
            "\"tool_choice\":{\"type\":\"function\"}",
            "Missing required parameter: 'tool_choice.name'.",
            "tool_choice.name",
            "missing_required_parameter"
        ),
        Row(
            "\"tool_choice\":7",
            "Invalid type for 'tool_choice': expected one of an object or 'none', 'auto', or 'required', "
                + "but got an integer instead.",
            "tool_choice",
            "invalid_type"
        ),
        Row(
            "\"tool_choice\":{\"type\":\"function\",\"name\":\"f\"}",
            "Tool choice 'f' not found in 'tools' parameter.",
            "tool_choice",
            nil
        ),
        // Text
        Row(
            "\"text\":{\"format\":{\"type\":\"x\"}}",
            "Invalid value: 'x'. Supported values are: 'json_object', 'text', and 'json_schema'.",
            "text.format.type",
            "invalid_value"
        ),
        Row(
            "\"text\":{\"format\":{\"type\":\"json_schema\"}}",
            "Missing required parameter: 'text.format.name'.",
            "text.format.name",
            "missing_required_parameter"
        ),
        Row(
            "\"text\":{\"format\":{\"type\":\"json_object\"}}",
            "Response input messages must contain the word 'json' in some form to use 'text.format' of type "
                + "'json_object'.",
            "input",
            nil
        ),
        // Numbers and choices
        Row(
            "\"max_output_tokens\":5",
            "Invalid 'max_output_tokens': integer below minimum value. Expected a value >= 16, but got 5 instead.",
            "max_output_tokens",
            "integer_below_min_value"
        ),
        Row(
            "\"max_tool_calls\":0",
            "Invalid 'max_tool_calls': integer below minimum value. Expected a value >= 1, but got 0 instead.",
            "max_tool_calls",
            "integer_below_min_value"
        ),
        Row(
            "\"temperature\":3",
            "Invalid 'temperature': decimal above maximum value. Expected a value <= 2, but got 3 instead.",
            "temperature",
            "decimal_above_max_value"
        ),
        Row(
            "\"truncation\":\"x\"",
            "Invalid value: 'x'. Supported values are: 'auto' and 'disabled'.",
            "truncation",
            "invalid_value"
        ),
        Row(
            "\"truncation\":7",
            "Invalid type for 'truncation': expected one of 'auto' or 'disabled', but got an integer instead.",
            "truncation",
            "invalid_type"
        ),
        Row(
            "\"metadata\":7",
            "Invalid type for 'metadata': expected a metadata object, but got an integer instead.",
            "metadata",
            "invalid_type"
        ),
        Row(
            "\"reasoning\":{\"effort\":5}",
            "Invalid type for 'reasoning.effort': expected one of 'minimal', 'low', 'medium', or 'high', "
                + "but got an integer instead.",
            "reasoning.effort",
            "invalid_type"
        ),
        Row(
            "\"reasoning\":{\"effort\":\"huge\"}",
            "Invalid value: 'huge'. Supported values are: 'none', 'minimal', 'low', 'medium', 'high', 'xhigh', and 'max'.",
            "reasoning.effort",
            "invalid_value"
        ),
        Row(
            "\"include\":[\"x\"]",
            "Invalid value: 'x'. Supported values are: 'file_search_call.results', 'web_search_call.results', "
                + "'web_search_call.action.sources', 'message.input_image.image_url', "
                + "'computer_call_output.output.image_url', 'code_interpreter_call.outputs', "
                + "'reasoning.encrypted_content', and 'message.output_text.logprobs'.",
            "include[0]",
            "invalid_value"
        ),
        // Server state
        Row(
            "\"previous_response_id\":\"resp_1\"",
            "Previous response with id 'resp_1' not found.",
            "previous_response_id",
            "previous_response_not_found"
        ),
        Row(
            "\"previous_response_id\":\"@x\"",
            "Invalid 'previous_response_id': '@x'. Expected an ID that contains letters, numbers, underscores, or dashes, "
                + "but this value contained additional characters.",
            "previous_response_id",
            "invalid_value"
        ),
        Row(
            "\"previous_response_id\":\"resp_1\",\"conversation\":\"conv_1\"",
            "Mutually exclusive parameters: ''. Ensure you are only providing one of: 'pre..._id' or 'conversation'.",
            nil,
            "mutually_exclusive_parameters"
        ),
        Row("\"conversation\":\"conv_1\"", "Conversation with id 'conv_1' not found.", nil, nil, status: 404),
        Row("\"conversation\":{\"id\":\"conv_1\"}", "Conversation with id 'conv_1' not found.", nil, nil, status: 404),
        Row(
            "\"prompt\":{\"id\":\"mine\"},\"previous_response_id\":\"resp_1\"",
            "Prompt with id 'mine' not found.",
            nil,
            nil,
            status: 404
        ),
        // Capabilities
        Row(
            "\"temperature\":0.5",
            "Unsupported parameter: 'temperature' is not supported with this model.",
            "temperature",
            nil
        ),
        Row("\"top_p\":1", "Unsupported parameter: 'top_p' is not supported with this model.", "top_p", nil),
        Row(
            "\"presence_penalty\":0",
            "Unsupported parameter: 'presence_penalty' is not supported with this model.",
            "presence_penalty",
            nil
        ),
        Row(
            "\"top_logprobs\":1,\"include\":[\"message.output_text.logprobs\"]",
            "logprobs are not supported with reasoning models.",
            "include",
            "unsupported_parameter"
        ),
        Row(
            "\"reasoning\":{\"effort\":\"minimal\"}",
            "Unsupported value: 'minimal' is not supported with the 'gpt-5.6-terra' model. "
                + "Supported values are: 'none', 'low', 'medium', 'high', and 'xhigh'.",
            "reasoning.effort",
            "unsupported_value"
        ),
        Row(
            "\"prompt_cache_retention\":\"in_memory\"",
            "This model is compatible only with 24h extended prompt caching",
            "prompt_cache_retention",
            "invalid_parameter"
        ),
        Row(
            "{\"model\":\"tiny\",\"input\":\"hi\",\"instructions\":\"a b c d e f g h\"}",
            "Your input exceeds the context window of this model. Please adjust your input and try again.",
            "input",
            "context_length_exceeded"
        ),
        // Phases
        Row(
            "\"temperature\":0.5,\"top_logprobs\":\"x\"",
            "Invalid type for 'top_logprobs': expected an integer, but got a string instead.",
            "top_logprobs",
            "invalid_type"
        ),
        Row(
            "\"temperature\":0.5,\"previous_response_id\":\"resp_1\"",
            "Previous response with id 'resp_1' not found.",
            "previous_response_id",
            "previous_response_not_found"
        ),
    ]
}
