import Foundation
import Sparring
import Testing

@Suite("MockServer", .timeLimit(.minutes(20)))
struct MockServerTests {
    @Test(
        "MockServer serves a scenario by name, as YAML or as Swift values",
        arguments: [
            "two-rate-limits", MockScenario(steps: [.error(.rateLimitExceeded).times(2), .text("ok")]),
            MockScenario(
                yaml: "schema: 1\nscenario: s\nsteps: [ { error: rate_limit_exceeded, times: 2 }, { text: ok } ]"),
        ])
    func scenarios(scenario: MockScenario) async throws {
        try await MockServer.with(scenario) { server async throws in
            var statuses: [Int] = []
            for _ in 0..<3 { statuses.append(try await TestClient.chat(server.baseURL).status) }
            #expect(statuses == [429, 429, 200])
            #expect(server.calls.map(\.status) == statuses)
            #expect(server.calls.map(\.attempt) == [1, 2, 3])
            try server.verify()
        }
    }

    @Test("Each session of a MockServer has its own counters")
    func sessions() async throws {
        try await MockServer.with("two-rate-limits") { server async throws in
            let (a, b) = (server.session(), server.session())
            let first = try await TestClient.chat(a.baseURL).status
            let second = try await TestClient.chat(b.baseURL).status
            #expect(first == 429 && second == 429)
            #expect(a.calls.count == 1)
        }
    }

    @Test("MockServer throws the mistakes of a YAML scenario with their places")
    func mistakes() async throws {
        let error = await #expect(throws: MockScenarioError.self) {
            try await MockServer.start(MockScenario(yaml: "schema: 1\nscenario: s\nstepss: []", file: "mine.yaml"))
        }
        #expect(error?.mistakes.contains { $0.hasPrefix("mine.yaml:3:1: unknown key 'stepss'") } == true)
    }

    @Test("MockServer suggests the nearest built-in scenario for an unknown name")
    func unknownName() async throws {
        let error = await #expect(throws: MockScenarioError.self) { try await MockServer.start("two-rate-limit") }
        #expect(error?.description.contains("did you mean 'two-rate-limits'?") == true)
    }

    @Test("The base URL of a MockServer is the same as text, as URL and in parts")
    func addresses() async throws {
        try await MockServer.with { server async throws in
            #expect(server.url.absoluteString == server.baseURL)
            #expect("\(server.scheme)://\(server.host):\(server.port)\(server.path)" == server.baseURL)
            let session = try server.session("a")
            #expect(session.url.absoluteString == session.baseURL)
            #expect(session.baseURL.hasSuffix(":\(server.port)/s/a/v1"))
            #expect(session.apiKey == "sk-sparring-a")
        }
    }

    @Test("A recorded call has the request's head, and its body as bytes, as JSON and decoded")
    func recordedCall() async throws {
        struct Body: Decodable, Equatable {
            var model: String
        }
        try await MockServer.with { server async throws in
            _ = try await TestClient.chat(server.baseURL, "Rome?", headers: ["X-Mine": "1"])
            let call = try #require(server.calls.first)
            #expect(call.method == "POST" && call.path == "/v1/chat/completions" && call.session == "default")
            #expect(call.endpoint == "chat.completions" && call.model == "gpt-4o-mini" && call.status == 200)
            #expect(call.header("x-mine") == "1")
            #expect(call.headers.contains { $0.name.lowercased() == "x-mine" && $0.value == "1" })
            #expect(call.json?["messages"]?[0]?["content"] == "Rome?")
            #expect(try MockJSON(parsing: call.body) == call.json)
            #expect(try call.decodeBody(as: Body.self) == Body(model: "gpt-4o-mini"))
        }
    }
}
