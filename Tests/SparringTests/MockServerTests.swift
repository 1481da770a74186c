import Foundation
import Sparring
import Testing

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

@Suite("MockServer", .timeLimit(.minutes(20)))
struct MockServerTests {
    private static func post(_ server: MockServer, base: String? = nil) async throws -> Int {
        var request = URLRequest(url: try #require(URL(string: (base ?? server.baseURL) + "/chat/completions")))
        request.httpMethod = "POST"
        request.timeoutInterval = 600
        request.setValue("Bearer \(server.apiKey)", forHTTPHeaderField: "Authorization")
        request.httpBody = Data(#"{"model":"gpt-4o-mini","messages":[{"role":"user","content":"hi"}]}"#.utf8)
        let (_, response) = try await URLSession.shared.data(for: request)
        return try #require(response as? HTTPURLResponse).statusCode
    }

    @Test(
        "MockServer serves a scenario by name, as YAML or as Swift values",
        arguments: [
            "two-rate-limits", Scenario(steps: [.error("rate_limit_exceeded").times(2), .text("ok")]),
            Scenario(yaml: "schema: 1\nscenario: s\nsteps: [ { error: rate_limit_exceeded, times: 2 }, { text: ok } ]"),
        ])
    func scenarios(scenario: Scenario) async throws {
        try await MockServer.with(scenario) { server in
            var statuses: [Int] = []
            for _ in 0..<3 { statuses.append(try await Self.post(server)) }
            #expect(statuses == [429, 429, 200])
            #expect(server.calls.map(\.status) == statuses)
            #expect(server.calls.map(\.attempt) == [1, 2, 3])
            #expect(server.leftOver().isEmpty)
        }
    }

    @Test("Each session of a MockServer has its own counters")
    func sessions() async throws {
        try await MockServer.with("two-rate-limits") { server in
            let first = try await Self.post(server, base: server.baseURL(session: "a"))
            let second = try await Self.post(server, base: server.baseURL(session: "b"))
            #expect(first == 429 && second == 429)
            #expect(server.calls(session: "a").count == 1)
        }
    }

    @Test("MockServer throws the mistakes of a scenario with their places")
    func mistakes() async throws {
        let error = await #expect(throws: ScenarioError.self) {
            try await MockServer.start(Scenario(yaml: "schema: 1\nscenario: s\nstepss: []", file: "mine.yaml"))
        }
        #expect(error?.mistakes.contains { $0.hasPrefix("mine.yaml:3:1: unknown key 'stepss'") } == true)
    }
}
