import SparringJSON
import SparringWire
import Testing

@testable import SparringAPI

@Suite("Responses requests")
struct ResponsesRequestTests {
    @Test(
        "An invalid responses request gets the API's own error message, parameter and code",
        arguments: ResponsesComplaints.rows)
    func complaint(row: ResponsesComplaints.Row) throws {
        let error = try #require(throws: APIError.self) { try ResponsesFixture.check(row.body) }
        #expect(error.message == row.message)
        #expect(error.param == row.param)
        #expect(error.code == row.code)
        #expect(error.status == row.status)
        #expect(error.type == "invalid_request_error")
    }

    @Test("A responses request with two errors reports the one that the API checks first")
    func order() throws {
        let names = """
            input previous_response_id prompt moderation include tools tool_choice metadata text temperature top_p \
            presence_penalty frequency_penalty parallel_tool_calls stream stream_options background max_output_tokens \
            max_tool_calls reasoning user safety_identifier prompt_cache_options prompt_cache_key prompt_cache_retention \
            truncation instructions store service_tier top_logprobs context_management
            """.split(separator: " ").map(String.init)
        for (first, second) in zip(names, names.dropFirst()) {
            let value: (String) -> String = {
                ["tools", "include", "context_management"].contains($0) ? "\"x\"" : "[true]"
            }
            let input = first == "input" ? "" : "\"input\":\"hi\","
            let body =
                "{\"\(second)\":\(value(second)),\(input)\"\(first)\":\(value(first)),\"model\":\"gpt-5.6-terra\"}"
            let error = try #require(throws: APIError.self) { try ResponsesFixture.check(body) }
            #expect(error.param?.hasPrefix(first) == true, "\(first) before \(second), but \(error.message)")
        }
    }

    @Test("An unknown item type is rejected with a list of all 34 types")
    func itemTypes() throws {
        let body = #"{"model":"gpt-4o-mini","input":[{"type":"bogus"}]}"#
        let error = try #require(throws: APIError.self) { try ResponsesFixture.check(body) }
        #expect(ResponsesItemTypes.all.count == 34)
        #expect(error.param == "input[0]")
        #expect(
            error.message.hasPrefix("Invalid value: 'bogus'. Supported values are: 'additional_tools', 'agent_message'")
        )
        #expect(error.message.hasSuffix("'tool_search_output', and 'web_search_call'."))
    }

    @Test("Null parameters of a response count as missing")
    func nulls() throws {
        let names = ResponsesParameters.table.names.filter { $0 != "model" && $0 != "input" }
        let nulls = names.map { "\"\($0)\":null" }.joined(separator: ",")
        let request = try ResponsesFixture.check("{\"model\":\"gpt-5.6-terra\",\"input\":\"hi\",\(nulls)}")
        #expect(!request.isStream)
        #expect(request.outputLimit == 128_000)
    }

    @Test("A request for a background response is rejected with store: false")
    func background() throws {
        let request = try ResponsesFixture.check(#"{"model":"gpt-4o-mini","input":"hi","background":true}"#)
        #expect(request.isBackground && request.isStored)
        let body = #"{"model":"gpt-4o-mini","input":"hi","background":true,"store":false}"#
        let error = try #require(throws: APIError.self) { try ResponsesFixture.check(body) }
        #expect(error.param == "background")
    }

    @Test("A long misspelled parameter name is rejected with unknown_parameter")
    func longName() throws {
        let name = String(repeating: "k", count: 200_000)
        let error = try #require(throws: APIError.self) {
            try ResponsesFixture.check("{\"model\":\"gpt-4o-mini\",\"input\":\"hi\",\"\(name)\":1}")
        }
        #expect(error.code == "unknown_parameter")
    }

    @Test("The digest of a responses request has its text, tools and turn")
    func digest() throws {
        let request = try ResponsesFixture.check(
            """
            {"model":"gpt-4o-mini","instructions":"Be brief.","stream":true,"max_output_tokens":100,
             "tools":[{"type":"function","name":"f","parameters":{"type":"object"}},{"type":"web_search"}],
             "input":[
               {"role":"developer","content":"In English."},
               {"role":"user","content":"first"},
               {"type":"reasoning","id":"rs_1","summary":[]},
               {"type":"function_call","call_id":"c0","name":"f","arguments":"{}"},
               {"type":"function_call_output","call_id":"c0","output":"old"},
               {"role":"assistant","content":[{"type":"output_text","text":"well"}]},
               {"role":"user","content":[{"type":"input_text","text":"sec"},{"type":"input_text","text":"ond"}]},
               {"type":"function_call","call_id":"c1","name":"f","arguments":"{}"},
               {"type":"function_call","call_id":"c2","name":"f","arguments":"{}"},
               {"type":"function_call_output","call_id":"c1","output":"one"},
               {"type":"function_call_output","call_id":"c2","output":[{"type":"input_text","text":"two"}]}
             ]}
            """
        )
        #expect(
            request.digest
                == CallDigest(
                    lastUser: "sec\nond",
                    system: "Be brief.\nIn English.",
                    tools: ["f", "web_search"],
                    toolResults: ["one", "two"],
                    turn: 4,
                    isStream: true
                )
        )
        #expect(request.estimatedTokens > 100)
        #expect(request.tools.functions.map(\.name) == ["f"])
    }

    @Test("Instructions count as a system message, and prompts of reasoning models have one token less")
    func promptTokens() throws {
        func tokens(_ model: String, _ rest: String) throws -> Int {
            try ResponsesFixture.check("{\"model\":\"\(model)\",\(rest)}").promptTokens
        }
        let asInstructions = try tokens("gpt-4o-mini", #""input":"Hi","instructions":"You are kind.""#)
        let asMessage = try tokens(
            "gpt-4o-mini",
            #""input":[{"role":"system","content":"You are kind."},{"role":"user","content":"Hi"}]"#
        )
        #expect(asInstructions == asMessage)
        #expect(try tokens("o3-mini", #""input":"Hi""#) + 1 == tokens("gpt-4o-mini", #""input":"Hi""#))
    }
}
