import SparringAPI
import SparringExchange
import SparringJSON
import SparringScenario
import SparringWire
import Testing

@testable import SparringEngine

@Suite("Members and header fields that answers have since 2026")
struct AnswersOfTodayTests {
    private static func ask(
        _ path: String, _ body: String, headers: HeaderFields = ["authorization": "Bearer x"],
        scenario: Scenario = .auto
    ) -> (head: String, text: String, json: JSONValue) {
        let engine = Engine(scenario: scenario, wallClock: { 1_795_232_605 })
        let request = Request(method: "POST", target: path, headers: headers, body: Array(body.utf8))
        let bytes = engine.respond(to: request, connection: 1, now: Moment(nanoseconds: 0)).script.bytes
        let text = String(decoding: bytes, as: UTF8.self)
        let cut = text.firstRange(of: "\r\n\r\n")
        let rest = String(text[(cut?.upperBound ?? text.endIndex)...])
        return (
            String(text[..<(cut?.lowerBound ?? text.endIndex)]), rest,
            (try? JSONValue.parse(Array(rest.utf8))) ?? .null
        )
    }

    @Test(
        "A response reports its reasoning, its use of tools and the retention of its prompt",
        arguments: [
            ("gpt-5.1", #"{"context":"current_turn","effort":"none","mode":"standard","summary":null}"#, "in_memory"),
            ("gpt-5.6-sol", #"{"context":"all_turns","effort":"medium","mode":"standard","summary":null}"#, "24h"),
            ("gpt-4.1", #"{"context":null,"effort":null,"summary":null}"#, "in_memory"),
            ("gpt-5.2", #"{"context":"current_turn","effort":"none","mode":"standard","summary":null}"#, "24h"),
        ])
    func responses(model: String, reasoning: String, retention: String) throws {
        let answer = Self.ask("/v1/responses", #"{"model":"\#(model)","input":"hi"}"#)
        let object = try #require(answer.json.object)
        #expect(object["reasoning"]?.text() == reasoning)
        #expect(object["prompt_cache_retention"]?.string == retention)
        #expect(object["moderation"]?.isNull == true)
        #expect(object["tool_usage"]?["web_search"]?["num_requests"]?.int == 0)
        let names = object.names
        #expect(names.firstIndex(of: "moderation") == names.firstIndex(of: "model").map { $0 + 1 })
        #expect(names.firstIndex(of: "tool_usage") == names.firstIndex(of: "tool_choice").map { $0 + 1 })
        let details = #"{"cache_write_tokens":0,"cached_tokens":0}"#
        #expect(object["usage"]?["input_tokens_details"]?.text() == details)
    }

    @Test(
        "Answers for chat and embeddings have the proxy's header field, and responses do not",
        arguments: [
            ("/v1/chat/completions", #"{"model":"gpt-4o","messages":[{"role":"user","content":"hi"}]}"#, true),
            ("/v1/embeddings", #"{"model":"text-embedding-3-small","input":"hi"}"#, true),
            ("/v1/responses", #"{"model":"gpt-4o","input":"hi"}"#, false),
            ("/openai/v1/chat/completions", #"{"model":"gpt-4o","messages":[{"role":"user","content":"hi"}]}"#, false),
        ])
    func proxy(path: String, body: String, hasField: Bool) {
        #expect(Self.ask(path, body).head.contains("x-openai-proxy-wasm: v0.1") == hasField)
    }

    @Test("The diff of a patch is streamed in pieces and then whole, and a deletion has no diff")
    func patches() throws {
        let text = """
            schema: 1
            scenario: s
            steps:
              - items:
                  - { type: apply_patch_call, operation: { type: create_file, path: a.md, diff: "+hello\\n+you" } }
                  - { type: apply_patch_call, operation: { type: delete_file, path: b.md } }
            """
        let scenario = try ScenarioLoader.load(text: text, file: "s.yaml", errors: .api).get()
        let answer = Self.ask(
            "/v1/responses", #"{"model":"gpt-5.1","input":"hi","stream":true}"#, scenario: scenario)
        let events = answer.text.split(separator: "\n").filter { $0.hasPrefix("data: {") }
            .compactMap { try? JSONValue.parse(Array($0.dropFirst(6).utf8)) }
        let diffs = events.filter { $0["type"]?.string?.contains("operation_diff") == true }
        let deltas = diffs.filter { $0["type"]?.string == "response.apply_patch_call_operation_diff.delta" }
        #expect(deltas.count > 1)
        #expect(deltas.compactMap { $0["delta"]?.string }.joined() == "+hello\n+you")
        #expect(diffs.last?["diff"]?.string == "+hello\n+you")
        #expect(diffs.allSatisfy { $0["output_index"]?.int == 0 })
        let added = events.first { $0["type"] == "response.output_item.added" }
        #expect(added?["item"]?["operation"]?["diff"]?.string == "")
        let done = events.filter { $0["type"] == "response.output_item.done" }
        #expect(done.first?["item"]?["operation"]?["diff"]?.string == "+hello\n+you")
        #expect(done.last?["item"]?["operation"]?["diff"] == nil)
    }

    @Test("Azure's chat answers report the check for protected material, and deployments do not name a tier")
    func azureChat() throws {
        let path = "/openai/deployments/gpt-4o-mini/chat/completions?api-version=2024-10-21"
        let body = #"{"messages":[{"role":"user","content":"hi"}]}"#
        let answer = Self.ask(path, body, headers: ["api-key": "x"])
        let results = try #require(answer.json["choices"]?[0]?["content_filter_results"]?.object)
        #expect(
            results.names == [
                "hate", "protected_material_code", "protected_material_text", "self_harm", "sexual", "violence",
            ])
        #expect(results["protected_material_text"]?.text() == #"{"filtered":false,"detected":false}"#)
        #expect(answer.json["service_tier"] == nil)
        let own = Self.ask(
            "/openai/v1/chat/completions", #"{"model":"gpt-4o","messages":[{"role":"user","content":"hi"}]}"#)
        #expect(own.json["service_tier"] == "default")
    }

    @Test("Azure's responses have the results of two filters, and no `billing`")
    func azureResponses() throws {
        let answer = Self.ask("/openai/v1/responses", #"{"model":"gpt-4o","input":"hi"}"#, headers: ["api-key": "x"])
        let names = try #require(answer.json.object).names
        #expect(!names.contains("billing"))
        #expect(names.firstIndex(of: "content_filters") == names.firstIndex(of: "completed_at").map { $0 + 1 })
        let filters = try #require(answer.json["content_filters"]?.array)
        #expect(filters.map { $0["source_type"]?.string } == ["prompt", "completion"])
        #expect(filters[0]["content_filter_results"]?["jailbreak"] != nil)
        #expect(filters[1]["content_filter_results"]?["protected_material_code"] != nil)
        let stream = Self.ask(
            "/openai/v1/responses", #"{"model":"gpt-4o","input":"hi","stream":true}"#, headers: ["api-key": "x"])
        let events = stream.text.split(separator: "\n").filter { $0.hasPrefix("data: {") }
            .compactMap { try? JSONValue.parse(Array($0.dropFirst(6).utf8)) }
        #expect(events.first?["response"]?["content_filters"]?.isNull == true)
        #expect(events.last?["response"]?["content_filters"]?.array?.count == 2)
    }
}
