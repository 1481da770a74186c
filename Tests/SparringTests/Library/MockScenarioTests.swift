import Sparring
import SparringAPI
import Testing

@Suite("MockScenario in Swift", .timeLimit(.minutes(20)))
struct MockScenarioTests {
    private static let weather = #","tools":[{"type":"function","function":{"name":"get_weather"}}]"#

    /// A request that differs from the requests of the other rules, and the text of its rule.
    struct Ask: Sendable, CustomTestStringConvertible {
        var condition: MockScenario.Condition
        var text = "hi"
        var model = "gpt-4o-mini"
        var more = ""
        var headers: [String: String] = [:]
        var testDescription: String
    }

    @Test(
        "A rule of a MockScenario answers the call for which its condition holds, and only that call",
        arguments: [
            Ask(condition: .lastUser(.contains("weather")), text: "the weather?", testDescription: "last user text"),
            Ask(condition: .lastUser(.regex("(?i)^WEA.*r$")), text: "weather", testDescription: "regex"),
            Ask(condition: .model(.glob("gpt-4o-2024*")), model: "gpt-4o-2024-08-06", testDescription: "model, glob"),
            Ask(condition: .model("gpt-4o"), model: "gpt-4o", testDescription: "model, literal"),
            Ask(condition: .model(.oneOf(["gpt-4o", "o1"])), model: "gpt-4o", testDescription: "model, one of"),
            Ask(condition: .header("X-Mine", "1"), headers: ["x-mine": "1"], testDescription: "header"),
            Ask(condition: .header("x-mine", .exists()), headers: ["X-Mine": "2"], testDescription: "header, exists"),
            Ask(condition: .offersTool("get_weather"), more: weather, testDescription: "offered tool"),
            Ask(condition: .path("$.n", .equals(2)), more: #","n":2"#, testDescription: "path"),
            Ask(condition: .streams(), more: #","stream":true"#, testDescription: "stream"),
            Ask(
                condition: .system(.contains("poet")), more: #","messages":[{"role":"system","content":"a poet"}]"#,
                testDescription: "system text"),
            Ask(
                condition: .turn(2),
                more: #","messages":[{"role":"assistant","content":"a"},{"role":"user","content":"b"}]"#,
                testDescription: "turn"),
            Ask(condition: !.lastUser("hi"), text: "ho", testDescription: "not"),
            Ask(condition: .model("gpt-4o") || .lastUser("ho"), text: "ho", testDescription: "or"),
            Ask(condition: .lastUser("ho") && .streams(false), text: "ho", testDescription: "and"),
        ])
    func conditions(ask: Ask) async throws {
        let scenario = MockScenario(rules: [
            .rule(when: ask.condition, always: .error(status: 418)), .rule(always: .text("other")),
        ])
        try await MockServer.with(scenario) { server async throws in
            let other = try await TestClient.chat(server.baseURL)
            #expect(other.content == "other")
            let reply = try await TestClient.chat(
                server.baseURL, ask.text, model: ask.model, more: ask.more, headers: ask.headers)
            #expect(reply.status == 418)
        }
    }

    @Test("A rule of a MockScenario matches by endpoint, attempt and call number")
    func countedConditions() async throws {
        let scenario = MockScenario(rules: [
            .rule(when: .endpoint(.embeddings), always: .error(.insufficientQuota)),
            .rule(when: .attempt(2...2), always: .text("second attempt")),
            .rule(when: .nth(1...1), always: .text("first call")),
            .rule(when: .chance(0), always: .text("never")),
            .rule(when: .all([.chance(1), .any([.lastUser("hi")])]), always: .text("always")),
        ])
        try await MockServer.with(scenario) { server async throws in
            var said: [String?] = []
            for _ in 0..<3 { said.append(try await TestClient.chat(server.baseURL).content) }
            #expect(said == ["first call", "second attempt", "always"])
            let embedding = try await TestClient.post(
                server.baseURL + "/embeddings", #"{"model":"text-embedding-3-small","input":"x"}"#)
            #expect(embedding.code == "insufficient_quota")
        }
    }

    @Test(
        "A MockScenario continues after its last step according to `then`",
        arguments: [
            (MockScenario.AfterLastStep.fail, ["a", "b", nil, nil]), (.last, ["a", "b", "b", "b"]),
            (.cycle, ["a", "b", "a", "b"]),
        ] as [(MockScenario.AfterLastStep, [String?])])
    func afterLastStep(then: MockScenario.AfterLastStep, expected: [String?]) async throws {
        try await MockServer.with(MockScenario(steps: [.text("a"), .text("b")], then: then)) { server async throws in
            var said: [String?] = []
            for _ in 0..<4 { said.append(try await TestClient.chat(server.baseURL).content) }
            #expect(said == expected)
        }
    }

    @Test("A MockScenario answers an unmatched call with an error or a generated answer")
    func otherwise() async throws {
        for (otherwise, status) in [(MockScenario.Unmatched.fail, false), (.auto, true)] {
            let scenario = MockScenario(
                rules: [.rule("mine", when: .lastUser("ho"), always: .text("ho"))], otherwise: otherwise)
            try await MockServer.with(scenario) { server async throws in
                let reply = try await TestClient.chat(server.baseURL)
                #expect((reply.status == 200) == status)
                #expect((server.calls.first?.unmatched == nil) == status)
            }
        }
    }

    @Test("Steps of a MockScenario call tools, refuse, and return structured output")
    func answers() async throws {
        let scenario = MockScenario(steps: [
            .toolCall("get_weather", ["city": "Rome", "days": 3]),
            .toolCalls([.init("a"), .init("b", ["x": 1])], text: "both"),
            .refusal("No."), .json(["sunny": true]), .text("{{not a template}}"),
        ])
        try await MockServer.with(scenario) { server async throws in
            func message() async throws -> MockJSON {
                let reply = try await TestClient.chat(server.baseURL, more: Self.weather)
                return try #require(reply.json?["choices"]?[0]?["message"])
            }
            let call = try await message()["tool_calls"]?[0]?["function"]
            #expect(call?["name"] == "get_weather")
            #expect(call?["arguments"] == .string(#"{"city":"Rome","days":3}"#))
            let both = try await message()
            #expect(both["tool_calls"]?.array?.compactMap { $0["function"]?["name"]?.string } == ["a", "b"])
            #expect(both["content"] == "both")
            #expect(try await message()["refusal"] == "No.")
            #expect(try await message()["content"] == .string(#"{"sunny":true}"#))
            #expect(try await message()["content"] == "{{not a template}}")
        }
    }

    @Test("A template of a MockScenario is filled from the request and from the groups of the condition")
    func templates() async throws {
        let scenario = MockScenario(rules: [
            .rule(
                when: .lastUser(.regex("in (?<city>[A-Za-z]+)")),
                always: .template("{{city}}, {{request.model}}, {{attempt}}, {{last.user}}"))
        ])
        try await MockServer.with(scenario) { server async throws in
            let reply = try await TestClient.chat(server.baseURL, "in Rome")
            #expect(reply.content == "Rome, gpt-4o-mini, 1, in Rome")
        }
    }

    @Test("Errors of a MockScenario have the API's status and code, and custom waits and messages")
    func errors() async throws {
        let scenario = MockScenario(steps: [
            .error(.rateLimitExceeded, retryAfter: .seconds(3), shouldRetry: false, message: "slowly"),
            .error(.serverError, retryAfterMilliseconds: 250),
            .error(status: 418, type: "teapot", code: "short", param: "n", message: "stout"),
        ])
        try await MockServer.with(scenario) { server async throws in
            let first = try await TestClient.chat(server.baseURL)
            #expect(first.status == 429 && first.code == "rate_limit_exceeded")
            #expect(first.json?["error"]?["message"] == "slowly")
            #expect(first.headers["retry-after"] == "3" && first.headers["x-should-retry"] == "false")
            let second = try await TestClient.chat(server.baseURL)
            #expect(second.status == 500 && second.headers["retry-after-ms"] == "250")
            let third = try await TestClient.chat(server.baseURL)
            #expect(third.status == 418)
            #expect(third.json?["error"] == ["message": "stout", "type": "teapot", "param": "n", "code": "short"])
        }
    }

    @Test("Raw answers and header fields of a MockScenario reach the client unchanged")
    func rawAnswers() async throws {
        let scenario = MockScenario(steps: [
            .raw(status: 203, headers: ["x-mine": "1", "content-type": "text/plain"], body: "not an answer"),
            .raw(json: ["a": 1]), .raw(status: 502, body: [0xFF, 0x00]),
            .text("hello").headers(["x-mine": "2", "openai-version": "1999-01-01"]),
        ])
        try await MockServer.with(scenario) { server async throws in
            let text = try await TestClient.chat(server.baseURL)
            #expect(text.status == 203 && text.text == "not an answer" && text.headers["x-mine"] == "1")
            let json = try await TestClient.chat(server.baseURL)
            #expect(json.json == ["a": 1] && json.headers["content-type"] == "application/json")
            let bytes = try await TestClient.chat(server.baseURL)
            #expect(bytes.status == 502 && bytes.body == [0xFF, 0x00])
            let own = try await TestClient.chat(server.baseURL)
            #expect(own.content == "hello" && own.headers["x-mine"] == "2")
            #expect(own.headers["openai-version"] == "1999-01-01")
        }
    }

    @Test("Answers of a MockScenario can be incomplete, fail, and have items and reasoning")
    func responses() async throws {
        let item: MockJSON = [
            "type": "function_call", "id": "fc_1", "call_id": "call_1", "name": "f", "arguments": "{}",
        ]
        let scenario = MockScenario(steps: [
            .text("half").incomplete(.maxOutputTokens), .text("").failed(message: "sorry"), .items([item]),
            .text("thought").reasoning(tokens: 7),
        ])
        try await MockServer.with(scenario) { server async throws in
            func respond() async throws -> MockJSON {
                let body = #"{"model":"gpt-4o-mini","input":"hi"}"#
                let reply = try await TestClient.post(server.baseURL + "/responses", body)
                return try #require(reply.json)
            }
            let incomplete = try await respond()
            #expect(incomplete["status"] == "incomplete")
            #expect(incomplete["incomplete_details"]?["reason"] == "max_output_tokens")
            let failed = try await respond()
            #expect(failed["status"] == "failed" && failed["error"]?["message"] == "sorry")
            #expect(try await respond()["output"]?[0]?["name"] == "f")
            let thought = try await TestClient.chat(server.baseURL).json?["usage"]
            #expect(thought?["completion_tokens_details"]?["reasoning_tokens"] == 7)
        }
    }

    @Test("A MockScenario limits requests, expects a number of attempts, and allows an unused step")
    func limitsAndExpectations() async throws {
        let scenario = MockScenario(
            rules: [.rule(steps: [.text("a").forever(), .text("b").optional()])], attempts: 3...3, requestsPerMinute: 1)
        try await MockServer.with(scenario) { server async throws in
            #expect(try await TestClient.chat(server.baseURL).status == 200)
            #expect(try await TestClient.chat(server.baseURL).status == 429)
            #expect(server.failures == ["expected 3 attempts, got 2"])
            #expect(try await TestClient.chat(server.baseURL).status == 429)
            #expect(server.failures.isEmpty)
        }
    }

    @Test(
        "A mistake in a MockScenario is thrown with its place when the server starts",
        arguments: [
            (MockScenario(steps: []), "steps: rule 1, it has no steps"),
            (MockScenario(steps: [.text("a"), .error("rate_limit")]), "step 2: 'rate_limit' is not an error name"),
            (MockScenario(steps: [.text("a").times(0)]), "step 1: a step must answer at least 1 call, not 0"),
            (MockScenario(steps: [.template("{{city}}")]), "step 1: unknown name {{city}}"),
            (MockScenario(steps: [.raw(status: 99, body: "")]), "a status must be from 100 to 999, not 99"),
            (MockScenario(steps: [.error(status: 1000)]), "a status must be from 200 to 999, not 1000"),
            (MockScenario(steps: [.text("a").paced(every: .seconds(-1))]), "a pace cannot be negative"),
            (MockScenario(steps: [.text("a").reasoning(tokens: -1)]), "reasoning tokens must be at least 0"),
            (MockScenario(steps: [.error(.serverError, retryAfter: .seconds(-1))]), "a wait cannot be negative"),
            (MockScenario(steps: [.text("a").faults(.fin(at: .event(-1)))]), "'fin' cannot be applied at 'event -1'"),
            (MockScenario(steps: [.text("a").faults(.acceptClose())]), "breaks connections"),
            (MockScenario(steps: [.text("a").faults("resett")]), "'resett': 'resett' is not a fault"),
            (
                MockScenario(rules: [.rule("x", when: .lastUser(.regex("(")), always: .auto)]),
                "rules: rule 1 \"x\", condition: regex '('"
            ),
            (MockScenario(rules: [.rule(when: .path("a..b", "x"), always: .auto)]), "'a..b' is not a path"),
            (MockScenario(rules: [.rule(when: .endpoint("chat"), always: .auto)]), "there is no endpoint 'chat'"),
            (MockScenario(rules: [.rule(when: .chance(2), always: .auto)]), "chance must be from 0 to 1, not 2.0"),
            (
                MockScenario(rules: [.rule(always: .auto), .rule(when: .streams(), always: .auto)]),
                "rule 2 is never reached: rule 1 has no condition"
            ),
            (
                MockScenario(rules: [
                    .rule(when: .streams(), always: .auto), .rule(always: .text("a").faults(.refuseContinue)),
                ]), "the condition of rule 1 needs the request's body"
            ),
            (MockScenario(rules: [], faults: [.gzip(), .fin(at: .event(-1))]), "'fin' cannot be applied"),
            (
                MockScenario(rules: [.rule(always: .auto)], requestsPerMinute: 0),
                "a rate limit must be at least 1 a minute"
            ),
        ])
    func mistakes(scenario: MockScenario, expected: String) async throws {
        let error = await #expect(throws: MockScenarioError.self) { try await MockServer.start(scenario) }
        #expect(error?.mistakes.contains { $0.contains(expected) } == true, "\(error?.description ?? "no error")")
    }

    @Test("Every error of the catalogue has a constant")
    func errorNames() {
        let constants: [MockScenario.ErrorName] = [
            .rateLimitExceeded, .rateLimitExceededTokens, .rateLimitExceededImages,
            .rateLimitExceededPerDay, .requestTooLarge,
            .insufficientQuota, .billingNotActive, .slowDown, .invalidAPIKey, .invalidOrganization,
            .mismatchedOrganization, .mismatchedProject, .notAMember, .insufficientPermissions, .unsupportedCountry,
            .modelNotFound, .modelNoAccess, .modelDeprecated, .contextLengthExceeded, .invalidPrompt,
            .conversationLocked, .sessionExpired, .socketLimitReached, .serverError, .serverIsOverloaded, .badGateway,
            .gatewayTimeout, .badGatewayJSON,
            .upstreamReset,
        ]
        #expect(Set(constants.map(\.rawValue)) == Set(ErrorCatalogue.names))
    }

    @Test("Every operation that a model answers has a constant")
    func endpoints() {
        let constants: [MockScenario.Endpoint] = [
            .chatCompletions, .responses, .completions, .embeddings, .moderations, .speech, .transcriptions,
            .translations, .imageGenerations, .imageEdits, .imageVariations,
        ]
        let models = Endpoint.allCases.filter { $0.kind == .model }.map(\.rawValue)
        #expect(Set(constants.map(\.rawValue)) == Set(models))
    }
}
