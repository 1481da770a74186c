import SparringAPI
import SparringJSON
import Testing

/// Compares token counts with those that the API reported for recorded prompts. docs/reference/api/tokens.md names the
/// recordings.
@Suite("Token counts of recorded prompts")
struct RecordedPromptTests {
    private static let models = ModelTable.builtIn.counting(with: RealVocabularies.counters)

    private static let weather = #"""
        {"name": "get_current_weather", "description": "Get the current weather in a given location", "parameters": {
          "type": "object", "properties": {"location": {"type": "string", "description": "The city and state, e.g. Boston, MA"}},
          "required": ["location"], "additionalProperties": false}}
        """#
    private static let country =
        #"{"name": "get_user_country", "description": "", "parameters": {"type": "object", "properties": {}}}"#
    private static let result = #"""
        {"name": "final_result", "description": "The final response which ends this conversation", "parameters": {
          "type": "object", "properties": {"city": {"type": "string"}, "country": {"type": "string"}}, "required": ["city", "country"]}}
        """#

    private static func tools(_ functions: String...) -> String {
        "[" + functions.map { "{\"type\": \"function\", \"function\": \($0)}" }.joined(separator: ",") + "]"
    }

    private static let seattle = #"""
        {"role": "system", "content": "You're a helpful assistant."},
        {"role": "user", "content": "What's the weather in Seattle and San Francisco today?"}
        """#
    private static let city = #"{"role": "user", "content": "What is the largest city in the user country?"}"#

    static let chats: [(Int, String)] = [
        (12, #"{"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "Say this is a test"}]}"#),
        (
            50,
            #"""
            {"model": "gpt-5-nano", "messages": [{"role": "developer", "content": "You are a helpful assistant."},
              {"role": "user", "content": "Hello!"}, {"role": "assistant", "content": "Hello! How can I assist you today?"},
              {"role": "user", "content": "Answer in up to 5 words: What's the weather like?"}]}
            """#
        ),
        (75, #"{"model": "gpt-4o-mini", "messages": [\#(seattle)], "tools": \#(tools(weather))}"#),
        (
            99,
            #"""
            {"model": "gpt-4o-mini", "messages": [\#(seattle), {"role": "assistant", "tool_calls": [
                {"id": "call_a", "type": "function", "function": {"name": "get_current_weather", "arguments": "{\"location\": \"Seattle, WA\"}"}},
                {"id": "call_b", "type": "function", "function": {"name": "get_current_weather", "arguments": "{\"location\": \"San Francisco, CA\"}"}}]},
              {"role": "tool", "content": "50 degrees and raining", "tool_call_id": "call_a"},
              {"role": "tool", "content": "70 degrees and sunny", "tool_call_id": "call_b"}]}
            """#
        ),
        (
            68,
            #"{"model": "gpt-4o", "tool_choice": "required", "messages": [\#(city)], "tools": \#(tools(country, result))}"#
        ),
        (
            89,
            #"""
            {"model": "gpt-4o", "tool_choice": "required", "tools": \#(tools(country, result)), "messages": [\#(city),
              {"role": "assistant", "content": null, "tool_calls": [{"id": "call_a", "type": "function", "function": {"name": "get_user_country", "arguments": "{}"}}]},
              {"role": "tool", "content": "Mexico", "tool_call_id": "call_a"}]}
            """#
        ),
        (
            79,
            #"""
            {"model": "gpt-4o", "messages": [\#(city)], "tools": \#(tools(country)), "response_format": {"type": "json_schema",
              "json_schema": {"name": "CityLocation", "description": "A city and its country.", "strict": true, "schema": {
                "additionalProperties": false, "type": "object", "required": ["city", "country"],
                "properties": {"city": {"type": "string"}, "country": {"type": "string"}}}}}}
            """#
        ),
        (
            162,
            #"""
            {"model": "gpt-5-nano", "messages": [{"role": "user", "content": "What is the weather like in San Francisco?"}],
              "tools": [{"type": "function", "function": {"name": "get_current_weather",
                "description": "Get the current weather in a given location", "parameters": {"type": "object", "properties": {
                  "location": {"type": "string", "description": "The city and state, e.g. San Francisco, CA"},
                  "unit": {"type": "string", "enum": ["celsius", "fahrenheit"]}}, "required": ["location"]}}}]}
            """#
        ),
    ]

    @Test("A recorded chat prompt has the token count that the API reported", arguments: chats.indices)
    func chat(index: Int) throws {
        let (tokens, body) = Self.chats[index]
        let request = try ChatRequest.check(try JSONValue.parse(Array(body.utf8)), models: Self.models)
        #expect(request.promptTokens == tokens, "\(body)")
    }

    static let responses: [(Int, String)] = [
        (
            22,
            #"{"model": "gpt-4o-mini", "input": "Say this is a test", "instructions": "You are a helpful assistant."}"#
        ),
        (
            72,
            #"""
            {"model": "gpt-4o-mini", "input": "What's the weather in Seattle right now?",
              "tool_choice": {"type": "function", "name": "get_current_weather"}, "tools": [{"type": "function", "strict": true,
              "name": "get_current_weather", "description": "Get the current weather in a given location", "parameters": {
                "type": "object", "properties": {"location": {"type": "string", "description": "The city and state, e.g. Boston, MA"}},
                "required": ["location"], "additionalProperties": false}}]}
            """#
        ),
        (
            45,
            #"""
            {"model": "gpt-5-nano", "input": [{"role": "user", "content": "Generate a person named John who is 30 years old"}],
              "text": {"format": {"type": "json_schema", "name": "response", "strict": true, "schema": {"type": "object",
                "properties": {"name": {"type": "string"}, "age": {"type": "integer"}}, "required": ["name", "age"],
                "additionalProperties": false}}}}
            """#
        ),
        (
            51,
            #"""
            {"model": "gpt-4.1-mini", "input": [{"role": "user", "content": "What is the weather in Paris?"}], "tool_choice": "required",
              "tools": [{"type": "function", "strict": false, "name": "get_weather", "description": "Get the weather for a location",
                "parameters": {"type": "object", "additionalProperties": false, "properties": {"location": {"type": "string"}}}}]}
            """#
        ),
    ]

    @Test("A recorded responses prompt has the token count that the API reported", arguments: responses.indices)
    func response(index: Int) throws {
        let (tokens, body) = Self.responses[index]
        let request = try ResponsesRequest.check(try JSONValue.parse(Array(body.utf8)), models: Self.models)
        #expect(request.promptTokens == tokens, "\(body)")
    }
}
