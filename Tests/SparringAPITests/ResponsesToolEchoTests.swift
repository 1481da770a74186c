import SparringJSON
import Testing

@testable import SparringAPI

@Suite("The tools in a response")
struct ResponsesToolEchoTests {
    @Test(
        "A response repeats a tool with every default, in the recorded order of keys",
        arguments: [
            (
                #"{"type":"function","name":"f","parameters":{"type":"object","properties":{"a":{"type":"string"}},"required":["a"]}}"#,
                #"{"type":"function","description":null,"name":"f","output_schema":null,"parameters":{"type":"object","properties":{"a":{"type":"string"}},"required":["a"],"additionalProperties":false},"strict":true}"#
            ),
            (
                #"{"type":"function","strict":false,"name":"f","description":"d","parameters":{"type":"object","properties":{}}}"#,
                #"{"type":"function","description":"d","name":"f","output_schema":null,"parameters":{"type":"object","properties":{}},"strict":false}"#
            ),
            (
                #"{"type":"web_search"}"#,
                #"{"type":"web_search","return_token_budget":"default","search_content_types":["text"],"search_context_size":"medium","user_location":{"type":"approximate","city":null,"country":"US","region":null,"timezone":null}}"#
            ),
            (
                #"{"type":"web_search_preview","user_location":{"type":"approximate","city":"Rome"},"search_context_size":"low"}"#,
                #"{"type":"web_search_preview","search_content_types":["text"],"search_context_size":"low","user_location":{"type":"approximate","city":"Rome","country":null,"region":null,"timezone":null}}"#
            ),
            (
                #"{"type":"file_search","vector_store_ids":["vs_1"],"max_num_results":3}"#,
                #"{"type":"file_search","filters":null,"max_num_results":3,"ranking_options":{"ranker":"auto","score_threshold":0.0},"vector_store_ids":["vs_1"]}"#
            ),
            (
                #"{"type":"custom","name":"run","description":"d"}"#,
                #"{"type":"custom","description":"d","format":{"type":"text"},"name":"run"}"#
            ),
            (
                #"{"type":"custom","name":"run","format":{"type":"grammar","syntax":"regex","definition":"a+"}}"#,
                #"{"type":"custom","format":{"type":"grammar","definition":"a+","syntax":"regex"},"name":"run"}"#
            ),
            (
                #"{"type":"function","name":"f","parameters":{"properties":{},"type":"object"},"defer_loading":true}"#,
                #"{"type":"function","defer_loading":true,"description":null,"name":"f","output_schema":null,"parameters":{"properties":{},"type":"object","additionalProperties":false,"required":[]},"strict":true}"#
            ),
            (
                #"{"type":"tool_search"}"#,
                #"{"type":"tool_search","description":null,"parameters":null}"#
            ),
            (
                #"{"type":"image_generation","size":"1024x1024","partial_images":1}"#,
                #"{"type":"image_generation","background":"auto","moderation":"auto","n":1,"output_compression":100,"output_format":"png","quality":"auto","size":"1024x1024"}"#
            ),
            (
                #"{"type":"mcp","server_label":"wiki","server_url":"https://mcp.example.com/mcp?key=k","require_approval":{"always":{"tool_names":["read"]}}}"#,
                #"{"type":"mcp","allowed_tools":null,"headers":null,"require_approval":{"always":{"tool_names":["read"]},"never":null},"server_description":null,"server_label":"wiki","server_url":"https://mcp.example.com/<redacted>"}"#
            ),
            (
                #"{"type":"mcp","server_label":"wiki","connector_id":"connector_gmail","authorization":"secret","headers":{"x-key":"secret"},"allowed_tools":["read"]}"#,
                #"{"type":"mcp","allowed_tools":["read"],"connector_id":"connector_gmail","headers":{"x-key":"<redacted>"},"server_description":null,"server_label":"wiki"}"#
            ),
            (#"{"type":"apply_patch"}"#, #"{"type":"apply_patch"}"#),
        ])
    func echo(tool: String, repeated: String) throws {
        let tools = ResponsesTools(tools: .array([try JSONValue.parse(Array(tool.utf8))]), choice: nil)
        #expect(tools.echo.first?.text() == repeated)
    }

    @Test("A schema that cannot be strict is repeated unchanged")
    func loose() throws {
        let schema = #"{"type":"object","properties":{"a":{"type":"string"},"b":{"type":"string"}},"required":["a"]}"#
        let tool = try JSONValue.parse(Array(#"{"type":"function","name":"f","parameters":\#(schema)}"#.utf8))
        let tools = ResponsesTools(tools: .array([tool]), choice: nil)
        #expect(tools.echo.first?["parameters"]?.text() == schema)
    }
}
