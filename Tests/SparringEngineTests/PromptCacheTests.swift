import SparringAPI
import SparringExchange
import SparringJSON
import SparringScenario
import SparringWire
import Testing

@testable import SparringEngine

@Suite("The prompt cache")
struct PromptCacheTests {
    private static let system = (1...1200).map { "word\($0)" }.joined(separator: " ")

    private struct Usage {
        var prompt: Int
        var cached: Int
        var written: Int?
    }

    private static func ask(
        _ engine: Engine, _ user: String, system: String = system, model: String = "gpt-4o", more: String = "",
        organization: String = "org-a", path: String = "/v1/chat/completions"
    ) throws -> Usage {
        let isChat = path.hasSuffix("completions")
        let messages = #"[{"role":"system","content":"\#(system)"},{"role":"user","content":"\#(user)"}]"#
        let body = #"{"model":"\#(model)","\#(isChat ? "messages" : "input")":\#(messages)\#(more)}"#
        let usage = try #require(send(body, to: engine, path, organization: organization)["usage"])
        let details = usage[isChat ? "prompt_tokens_details" : "input_tokens_details"]
        return Usage(
            prompt: usage[isChat ? "prompt_tokens" : "input_tokens"]?.int ?? 0,
            cached: details?["cached_tokens"]?.int ?? -1, written: details?["cache_write_tokens"]?.int)
    }

    private static func send(
        _ body: String, to engine: Engine, _ path: String, organization: String = "org-a"
    ) throws -> JSONValue {
        let request = Request(
            method: "POST", target: path,
            headers: ["authorization": "Bearer x", "openai-organization": organization], body: Array(body.utf8))
        let performance = engine.respond(to: request, connection: 1, now: Moment(nanoseconds: 0))
        let text = String(decoding: performance.script.bytes, as: UTF8.self)
        return try JSONValue.parse(Array(text[(text.firstRange(of: "\r\n\r\n")?.upperBound ?? text.endIndex)...].utf8))
    }

    private static func engine() -> Engine { Engine(scenario: .auto, wallClock: { 1_795_232_605 }) }

    private static func wait(_ engine: Engine, _ seconds: Int) throws {
        let session = try #require(engine.sessions.existing("default"))
        _ = session.adjust { $0.clock.advance(by: .seconds(seconds), at: Moment(nanoseconds: 0)) }
    }

    @Test(
        "A long prompt that begins like an earlier one is read from the cache in steps of 128 tokens",
        arguments: ["/v1/chat/completions", "/v1/responses"])
    func prefixes(path: String) throws {
        let engine = Self.engine()
        let first = try Self.ask(engine, "one", path: path)
        let second = try Self.ask(engine, "two", path: path)
        #expect(first.prompt > 1300 && first.cached == 0)
        #expect(second.cached >= 1024 && second.cached % 128 == 0 && second.cached <= second.prompt)
        let same = try Self.ask(engine, "one", path: path)
        #expect(same.cached == same.prompt - same.prompt % 128)
    }

    @Test("A short prompt, another beginning, another key and another organization are cache misses")
    func misses() throws {
        let engine = Self.engine()
        _ = try Self.ask(engine, "one", more: #","prompt_cache_key":"a""#)
        #expect(try Self.ask(engine, "one", more: #","prompt_cache_key":"b""#).cached == 0)
        #expect(try Self.ask(engine, "one", organization: "org-b").cached == 0)
        #expect(
            try Self.ask(engine, "one", system: "other " + Self.system, more: #","prompt_cache_key":"a""#).cached == 0)
        #expect(try Self.ask(engine, "one", model: "gpt-4o-mini", more: #","prompt_cache_key":"a""#).cached == 0)
        #expect(try Self.ask(engine, "one", more: #","prompt_cache_key":"a""#).cached > 0)
        _ = try Self.ask(engine, "hi", system: "short")
        #expect(try Self.ask(engine, "hi", system: "short").cached == 0)
    }

    @Test(
        "A prompt is kept for the requested retention, by the session's clock",
        arguments: [
            ("gpt-4o", "", 500, true), ("gpt-4o", "", 700, false),
            ("gpt-4o", #","prompt_cache_retention":"24h""#, 80_000, true),
            ("gpt-4o", #","prompt_cache_retention":"24h""#, 90_000, false), ("gpt-5.4", "", 80_000, true),
            ("gpt-5.6-sol", #","prompt_cache_options":{"ttl":"30m"}"#, 1700, true),
            ("gpt-5.6-sol", #","prompt_cache_options":{"ttl":"30m"}"#, 1900, false),
        ])
    func retention(model: String, more: String, seconds: Int, isKept: Bool) throws {
        let engine = Self.engine()
        _ = try Self.ask(engine, "one", model: model, more: more)
        try Self.wait(engine, seconds)
        #expect((try Self.ask(engine, "one", model: model, more: more).cached > 0) == isKept)
    }

    @Test("Only the newest models report written tokens, and an explicit cache without a breakpoint writes no tokens")
    func writes() throws {
        let engine = Self.engine()
        let first = try Self.ask(engine, "one", model: "gpt-5.6-sol")
        #expect(first.written == first.prompt - 3)
        let again = try Self.ask(engine, "one", model: "gpt-5.6-sol")
        #expect(again.written == again.prompt - 3 - again.cached)
        #expect(try Self.ask(engine, "one", model: "gpt-4o").written == nil)
        #expect(try Self.ask(engine, "one", model: "gpt-4o", path: "/v1/responses").written == 0)
        let explicit = #","prompt_cache_options":{"mode":"explicit"}"#
        _ = try Self.ask(engine, "two", model: "gpt-6-sol", more: explicit)
        #expect(try Self.ask(engine, "two", model: "gpt-6-sol", more: explicit).cached == 0)
    }

    @Test("A call that gets an error does not fill the cache")
    func errors() throws {
        let text = "schema: 1\nscenario: s\nsteps: [ { error: { name: server_error } }, { auto: true } ]"
        let scenario = try ScenarioLoader.load(text: text, file: "s.yaml", errors: .api).get()
        let engine = Engine(scenario: scenario, wallClock: { 1_795_232_605 })
        let messages = #"[{"role":"system","content":"\#(Self.system)"},{"role":"user","content":"one"}]"#
        let failed = try Self.send(
            #"{"model":"gpt-4o","messages":\#(messages)}"#, to: engine, "/v1/chat/completions")
        #expect(failed["error"] != nil)
        #expect(try Self.ask(engine, "one").cached == 0)
    }
}
