import Foundation
import Sparring
import SparringTesting
import Testing

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

// Parts of this file are also in docs/guides/swift.md and in the articles of Sources/Sparring/Sparring.docc, word for
// word. Therefore the code that the pages show is the code that runs here. `scripts/check.py shown` compares them.

/// A client that is configured like MacPaw's OpenAI and others: by the parts of an address.
struct ChatClient {
    var token: String
    var scheme: String
    var host: String
    var port: Int
    var basePath: String

    func chat(_ text: String) async throws -> String {
        var url = URLComponents()
        (url.scheme, url.host, url.port, url.path) = (scheme, host, port, basePath + "/chat/completions")
        var request = URLRequest(url: try #require(url.url))
        request.httpMethod = "POST"
        request.setValue("Bearer \(token)", forHTTPHeaderField: "Authorization")
        request.httpBody = Data(#"{"model":"gpt-4o-mini","messages":[{"role":"user","content":"\#(text)"}]}"#.utf8)
        let (data, response) = try await URLSession.shared.data(for: request)
        guard (response as? HTTPURLResponse)?.statusCode == 200 else { return try await chat(text) }
        struct Answer: Decodable {
            struct Choice: Decodable { var message: Message }
            struct Message: Decodable { var content: String }
            var choices: [Choice]
        }
        return try JSONDecoder().decode(Answer.self, from: data).choices[0].message.content
    }
}

extension ChatClient {
    init(_ server: MockServer) {
        self.init(
            token: server.apiKey, scheme: server.scheme, host: server.host, port: server.port, basePath: server.path)
    }

    init(_ session: MockServer.Session, on server: MockServer) {
        self.init(server)
        basePath = session.path
    }
}

@Suite("A weather assistant", .timeLimit(.minutes(5)))
struct WeatherTests {
    func client() throws -> ChatClient {
        let server = try MockServer.current
        return ChatClient(
            token: server.apiKey, scheme: server.scheme, host: server.host, port: server.port, basePath: server.path)
    }

    @Test("The assistant retries after two rate limits", .sparring("two-rate-limits"))
    func retries() async throws {
        let answer = try await client().chat("hi")
        #expect(answer == "Third time lucky.")
        #expect(try MockServer.current.calls.map(\.status) == [429, 429, 200])
    }

    @Test("The assistant asks for the weather", .sparring(MockScenario(steps: [.text("Sunny.")])))
    func weather() async throws {
        let answer = try await client().chat("What is the weather in Rome?")
        #expect(answer == "Sunny.")
        let call = try #require(try MockServer.current.calls.first)
        #expect(call.json?["messages"]?[0]?["content"] == "What is the weather in Rome?")
    }
}

@Suite("Blocks of the Swift documentation", .timeLimit(.minutes(5)))
struct DocumentedTests {
    @Test("MockServer.with runs a server for a closure")
    func with() async throws {
        try await MockServer.with("two-rate-limits") { server in
            let answer = try await ChatClient(server).chat("hi")
            #expect(answer == "Third time lucky.")
            try server.verify()
        }
    }

    @Test("A configuration sets address, validation, time scale and limits")
    func configuration() async throws {
        var configuration = MockServer.Configuration(port: 0, seed: 7)
        configuration.validation = .lenient
        configuration.timeScale = 0.01
        configuration.limits.bodyBytes = 1_000_000
        let server = try await MockServer.start("two-rate-limits", configuration: configuration)
        let answer = try await ChatClient(server).chat("hi")
        await server.stop()
        #expect(answer == "Third time lucky.")
    }

    @Test("Sessions of one server are isolated from each other")
    func sessions() async throws {
        try await MockServer.with { server in
            let (rome, oslo) = (server.session(), server.session())
            try rome.use(MockScenario(steps: [.text("Sunny.")]))
            try oslo.use(MockScenario(steps: [.error(.serverError), .text("Snow.")]))
            let inRome = try await ChatClient(rome, on: server).chat("Rome?")
            let inOslo = try await ChatClient(oslo, on: server).chat("Oslo?")
            #expect(inRome == "Sunny." && inOslo == "Snow.")
            #expect(oslo.calls.map(\.status) == [500, 200])
            try rome.verify()
            try oslo.verify()
        }
    }

    @Test("Steps answer with text, tools, JSON, refusals, errors and raw bytes")
    func steps() async throws {
        let scenario = MockScenario(steps: [
            .error(.rateLimitExceeded, retryAfter: .seconds(1)).times(2),
            .toolCall("get_weather", ["city": "Rome", "days": 3]),
            .json(["sunny": true]),
            .refusal("I cannot help with that."),
            .text("Sunny.").headers(["x-request-id": "req_1"]),
            .raw(status: 502, headers: ["content-type": "text/html"], body: "<h1>Bad gateway</h1>"),
        ])
        try await MockServer.with(scenario) { server in
            for status in [429, 429, 200, 200, 200, 200, 502] {
                #expect(try await TestCall.status(server.url) == status)
            }
            try server.verify()
        }
    }

    @Test("Rules choose an answer by the content of the request")
    func rules() async throws {
        let scenario = MockScenario(rules: [
            .rule("tool result", when: .toolResult(.exists()), always: .text("Sunny in Rome.")),
            .rule(
                "weather", when: .endpoint(.chatCompletions) && .lastUser(.contains("weather")),
                steps: [.error(.serverIsOverloaded), .toolCall("get_weather", ["city": "Rome"])], then: .last),
            .rule("cheap", when: .model(.glob("*-mini")) && !.streams(), always: .template("You said: {{last.user}}")),
            .rule(always: .auto),
        ])
        try await MockServer.with(scenario) { server in
            let answer = try await ChatClient(server).chat("hello")
            #expect(answer == "You said: hello")
            #expect(server.calls.first?.step == #"rule 3 "cheap", step 1"#)
        }
    }

    @Test("Faults break an answer at their point")
    func faults() async throws {
        let scenario = MockScenario(steps: [
            .text("one two three").paced(first: .milliseconds(20), every: .milliseconds(5))
                .faults(.stall(.milliseconds(50), at: .event(2)), .reset(at: .event(3))),
            .text("hello").faults(.malformedJSON()),
            .text("hello").faults("error server_error at event 2"),
            .text("hello").faults(.htmlPage(status: 503)),
        ])
        try scenario.check()
    }

    @Test("Faults can be ordered for the next calls")
    func pushedFaults() async throws {
        try await MockServer.with { server in
            try server.faults(.htmlPage(status: 502), next: 2)
            _ = try await ChatClient(server).chat("hi")
            #expect(server.calls.map(\.faults.count) == [1, 1, 0])
        }
    }

    @Test("The clock of a session is moved ahead and runs faster")
    func clock() async throws {
        let scenario = MockScenario(rules: [.rule(always: .text("ok"))], requestsPerMinute: 1)
        try await MockServer.with(scenario) { server in
            _ = try await ChatClient(server).chat("now")
            try server.clock(advance: .seconds(60))
            _ = try await ChatClient(server).chat("a minute later")
            try server.clock(scale: 0.001)
            #expect(server.calls.map(\.status) == [200, 200])
        }
    }

    @Test("A report lists the failures")
    func report() async throws {
        try await MockServer.with("two-rate-limits") { server in
            _ = try await TestCall.status(server.url)
            let report = server.report()
            #expect(report.attempts == 1 && !report.held)
            #expect(report.failures.first?.hasPrefix("left over: rule 1, step") == true)
            #expect(throws: MockServer.VerificationError.self) { try server.verify() }
        }
    }
}

/// Makes one call without a retry.
enum TestCall {
    static func status(_ base: URL) async throws -> Int {
        var request = URLRequest(url: base.appendingPathComponent("chat/completions"))
        request.httpMethod = "POST"
        request.httpBody = Data(#"{"model":"gpt-4o-mini","messages":[{"role":"user","content":"hi"}]}"#.utf8)
        request.setValue("Bearer sk-any", forHTTPHeaderField: "Authorization")
        let (_, response) = try await URLSession.shared.data(for: request)
        return try #require(response as? HTTPURLResponse).statusCode
    }
}
