import SparringJSON
import Testing

@testable import SparringAPI

/// Every parameter with accepted and rejected values, and the code of the error.
@Suite("The parameters of responses")
struct ResponsesParameterTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var name: String
        var accepted: [String]
        var refused: [(value: String, code: String?)]

        init(_ name: String, _ accepted: [String], refused: [(String, String?)]) {
            self.name = name
            self.accepted = accepted
            self.refused = refused.map { ($0.0, $0.1) }
        }

        var testDescription: String { name }
    }

    static let type = "invalid_type"
    static let value = "invalid_value"
    static let missing = "missing_required_parameter"

    static let rows: [Row] = [
        Row(
            "model", [#""gpt-4o-mini""#], refused: [("7", type), ("null", type), (#""gpt-4o-mni""#, "model_not_found")]),
        Row(
            "input",
            [#""hi""#, #"[{"role":"user","content":"hi"}]"#, #"[{"type":"message","role":"user","content":"hi"}]"#],
            refused: [("7", type), ("{}", type), ("[7]", type), (#"[{"type":"x"}]"#, value), (#""""#, missing)]),
        Row("conversation", [], refused: [(#""conv_0""#, nil), ("7", type), ("{}", missing)]),
        Row(
            "previous_response_id", [],
            refused: [
                ("7", type), (#""resp_0""#, "previous_response_not_found"), (#""x y""#, value), (#""abc""#, value),
            ]),
        Row("prompt", [#"{"id":"pmpt_0"}"#], refused: [("7", type), ("{}", missing), (#"{"id":"mine"}"#, nil)]),
        Row("access_programs", [#"{"cyber":"standard"}"#], refused: [("7", type), (#"{"cyber":"x"}"#, value)]),
        Row("personality", [#""friendly""#], refused: [("7", type)]),
        Row("image", [#"{"context_compression":"auto"}"#], refused: [("7", type)]),
        Row("multi_agent", [#"{"enabled":true}"#], refused: [("7", type), ("{}", missing)]),
        Row("background_options", ["null"], refused: [("7", type), (#"{"completion_window":"1h"}"#, value)]),
        Row(
            "moderation", [#"{"model":"omni-moderation-latest"}"#],
            refused: [("7", type), ("{}", missing), (#"{"model":"m","policy":7}"#, type)]),
        Row(
            "include", ["[]", #"["file_search_call.results","message.output_text.logprobs"]"#],
            refused: [(#""file_search_call.results""#, type), (#"["x"]"#, value)]),
        Row(
            "tools",
            [
                "[]", #"[{"type":"function","name":"f","parameters":null}]"#, #"[{"type":"web_search"}]"#,
                #"[{"type":"mcp","server_label":"s"}]"#, #"[{"type":"custom","name":"c"}]"#,
                #"[{"type":"code_interpreter","container":{"type":"auto"}}]"#,
                #"[{"type":"file_search","vector_store_ids":["vs_1"]}]"#, #"[{"type":"image_generation"}]"#,
            ],
            refused: [
                ("{}", type), ("[7]", type), ("[{}]", missing), (#"[{"type":"x"}]"#, value),
                (#"[{"type":"function"}]"#, missing), (#"[{"type":"function","name":"a b"}]"#, value),
                (#"[{"type":"function","name":""}]"#, "empty_string"),
                (#"[{"type":"function","name":"f","strict":1}]"#, type),
                (
                    #"[{"type":"function","name":"f","strict":true,"parameters":{"type":"object","properties":{}}}]"#,
                    "invalid_function_parameters"
                ),
                (#"[{"type":"file_search"}]"#, missing), (#"[{"type":"code_interpreter"}]"#, missing),
            ]),
        Row(
            "tool_choice", [#""auto""#, #""none""#],
            refused: [(#""x""#, value), ("7", type), ("{}", missing), (#""required""#, nil)]),
        Row(
            "metadata", ["{}", #"{"a":"b"}"#, "{\"\(String(repeating: "k", count: 64))\":\"v\"}"],
            refused: [
                ("7", type), (#"{"a":1}"#, type),
                ("{\"a\":\"\(String(repeating: "v", count: 513))\"}", "string_above_max_length"),
                (
                    "{\((0..<17).map { "\"k\($0)\":\"v\"" }.joined(separator: ","))}", "object_above_max_properties"
                ),
            ]),
        Row(
            "text",
            [
                "{}", #"{"verbosity":"low"}"#, #"{"format":{"type":"text"}}"#,
                #"{"format":{"type":"json_schema","name":"n","schema":{"type":"object"}}}"#,
            ],
            refused: [
                ("7", type), (#"{"verbosity":"loud"}"#, value), (#"{"format":{}}"#, missing),
                (#"{"x":1}"#, "unknown_parameter"), (#"{"format":{"type":"json_schema","name":"n"}}"#, missing),
                (
                    #"{"format":{"type":"json_schema","name":"n","strict":true,"schema":{"type":"object"}}}"#,
                    "invalid_json_schema"
                ),
            ]),
        Row(
            "temperature", ["0", "0.7", "2"],
            refused: [("-1", "decimal_below_min_value"), ("2.1", "decimal_above_max_value"), (#""1""#, type)]),
        Row(
            "top_p", ["0", "1"],
            refused: [("-0.1", "decimal_below_min_value"), ("1.1", "decimal_above_max_value"), ("[]", type)]),
        Row(
            "presence_penalty", ["-2", "2"],
            refused: [("-3", "decimal_below_min_value"), ("3", "decimal_above_max_value"), ("true", type)]),
        Row(
            "frequency_penalty", ["-2", "2"],
            refused: [("-3", "decimal_below_min_value"), ("3", "decimal_above_max_value"), ("{}", type)]),
        Row("parallel_tool_calls", ["true", "false"], refused: [("1", type)]),
        Row("stream", ["true", "false"], refused: [(#""true""#, type)]),
        Row(
            "stream_options", [#"{"include_obfuscation":false}"#],
            refused: [
                ("7", type), (#"{"include_usage":true}"#, "unknown_parameter"), (#"{"include_obfuscation":1}"#, type),
            ]),
        Row("background", ["true", "false"], refused: [("1", type)]),
        Row(
            "max_output_tokens", ["16", "16384"],
            refused: [("15", "integer_below_min_value"), ("16385", "integer_above_max_value"), ("16.5", type)]),
        Row("max_tool_calls", ["1"], refused: [("0", "integer_below_min_value"), (#""1""#, type)]),
        Row(
            "reasoning", ["{}", #"{"summary":"auto"}"#, #"{"context":"all_turns"}"#],
            refused: [
                ("7", type), (#"{"effort":"huge"}"#, value), (#"{"summary":"long"}"#, value),
                (#"{"context":"x"}"#, value),
                (#"{"effort":"low"}"#, "unsupported_parameter"), (#"{"x":1}"#, "unknown_parameter"),
            ]),
        Row("user", [#""u""#], refused: [("7", type)]),
        Row(
            "safety_identifier", ["\"\(String(repeating: "s", count: 64))\""],
            refused: [("7", type), ("\"\(String(repeating: "s", count: 65))\"", "string_above_max_length")]),
        Row(
            "prompt_cache_options", ["{}", #"{"mode":"explicit","ttl":"30m"}"#],
            refused: [
                ("7", type), (#"{"mode":"x"}"#, value), (#"{"ttl":"1s"}"#, value), (#"{"x":1}"#, "unknown_parameter"),
            ]),
        Row("prompt_cache_key", [#""k""#], refused: [("7", type)]),
        Row("prompt_cache_retention", [#""24h""#, #""in_memory""#], refused: [(#""1h""#, value), ("7", type)]),
        Row("truncation", [#""auto""#, #""disabled""#], refused: [(#""x""#, value), ("7", type)]),
        Row("instructions", [#""Be brief.""#], refused: [("7", type)]),
        Row("store", ["true", "false"], refused: [(#""no""#, type)]),
        Row("service_tier", [#""auto""#, #""flex""#, #""priority""#], refused: [(#""cheap""#, value), ("7", type)]),
        Row(
            "top_logprobs", ["0", "20"],
            refused: [("-1", "integer_below_min_value"), ("21", "integer_above_max_value"), ("0.5", type)]),
        Row(
            "context_management", [#"[{"type":"compaction","compact_threshold":1000}]"#],
            refused: [
                ("7", type), ("[]", "empty_array"), ("[{}]", missing), (#"[{"type":"x"}]"#, value),
                (#"[{"type":"compaction","compact_threshold":999}]"#, "integer_below_min_value"),
            ]),
    ]

    private static func body(_ name: String, _ value: String) -> String {
        let others = [("model", #""gpt-4o-mini""#), ("input", #""hi""#)].filter { $0.0 != name }
        return "{\((others + [(name, value)]).map { "\"\($0.0)\":\($0.1)" }.joined(separator: ","))}"
    }

    @Test("A response parameter is accepted for what the API accepts", arguments: rows)
    func accepted(row: Row) {
        for value in row.accepted {
            #expect(throws: Never.self, "\(value)") { try ResponsesFixture.check(Self.body(row.name, value)) }
        }
    }

    @Test("A response parameter is rejected for what the API rejects, with its code", arguments: rows)
    func refused(row: Row) {
        for (value, code) in row.refused {
            let error = #expect(throws: APIError.self, "\(value)") {
                try ResponsesFixture.check(Self.body(row.name, value))
            }
            #expect(error?.code == code, "\(value): \(error?.message ?? "")")
        }
    }

    @Test("ResponsesParameterTests has a row for every parameter of responses")
    func complete() { #expect(Set(Self.rows.map(\.name)) == Set(ResponsesParameters.table.names)) }

    @Test("A response parameter that names a stored object is accepted when the object exists")
    func stored() {
        var memory = ResponsesMemory()
        memory.previous = []
        memory.conversation = []
        for (name, value) in [
            ("previous_response_id", #""resp_0""#), ("conversation", #""conv_0""#),
            ("conversation", #"{"id":"conv_0"}"#),
        ] {
            #expect(throws: Never.self, "\(name)") {
                let body = try JSONValue.parse(Self.body(name, value))
                _ = try ResponsesRequest.check(body, memory: memory) { ResponsesFixture.models[$0] }
            }
        }
    }

    @Test(
        "A reasoning item without its following item is rejected",
        arguments: [
            (
                #"{"type":"reasoning","id":"rs_1","summary":[]},{"role":"user","content":"x"}"#,
                "without its required following item"
            ),
            (
                #"{"role":"user","content":"x"},{"type":"reasoning","id":"rs_1","summary":[]}"#,
                "without its required following item"
            ),
        ])
    func items(items: String, words: String) {
        let error = #expect(throws: APIError.self) {
            try ResponsesFixture.check("{\"model\":\"gpt-5.4\",\"input\":[\(items)]}")
        }
        #expect(error?.message.contains(words) ?? false)
        #expect(error?.param == "input")
    }

    @Test(
        "Reasoning may lead to everything that a model makes",
        arguments: [
            #"{"type":"mcp_approval_request","id":"mcpr_1","server_label":"s","name":"f","arguments":"{}"},{"type":"mcp_approval_response","approval_request_id":"mcpr_1","approve":true}"#,
            #"{"type":"mcp_list_tools","id":"mcpl_1","server_label":"s","tools":[]}"#,
            #"{"type":"mcp_call","id":"mcp_1","server_label":"s","name":"f","arguments":"{}","output":"1"}"#,
            #"{"type":"web_search_call","id":"ws_1","status":"completed","action":{"type":"search","query":"q"}}"#,
            #"{"type":"reasoning","id":"rs_2","summary":[]},{"role":"assistant","content":"x"}"#,
        ])
    func reasoningBefore(items: String) {
        #expect(throws: Never.self) {
            let reasoning = #"{"type":"reasoning","id":"rs_1","summary":[]}"#
            return try ResponsesFixture.check("{\"model\":\"gpt-5.4\",\"input\":[\(reasoning),\(items)]}")
        }
    }
}
