import Foundation
import Sparring
import Testing

@Suite("MockServer.Session", .timeLimit(.minutes(20)))
struct MockSessionTests {
    @Test("A session can use its own scenario, and its calls are then counted from the start")
    func use() async throws {
        try await MockServer.with { server async throws in
            let session = server.session()
            try session.use(MockScenario(steps: [.text("first")]))
            #expect(try await TestClient.chat(session.baseURL).content == "first")
            try session.use("two-rate-limits")
            #expect(session.calls.isEmpty)
            #expect(try await TestClient.chat(session.baseURL).status == 429)
            #expect(session.calls.map(\.status) == [429])
            #expect(server.calls.isEmpty)
            #expect(try await TestClient.chat(server.baseURL).status == 200)
        }
    }

    @Test("A request names its session by base URL, by header or by key")
    func addresses() async throws {
        try await MockServer.with { server async throws in
            let session = try server.session("mine")
            _ = try await TestClient.chat(session.baseURL)
            _ = try await TestClient.chat(server.baseURL, headers: ["X-Sparring-Session": "mine"])
            _ = try await TestClient.chat(server.baseURL, headers: ["Authorization": "Bearer \(session.apiKey)"])
            #expect(session.calls.count == 3)
            #expect(session.calls.allSatisfy { $0.session == "mine" })
        }
    }

    @Test("Each call of session() creates a session whose name is not in use")
    func names() async throws {
        try await MockServer.with { server async throws in
            let named = try server.session("s1")
            _ = try await TestClient.chat(named.baseURL)
            #expect(server.session().name == "s2" && server.session().name == "s3")
        }
    }

    @Test("A session name that cannot be part of a base URL is refused", arguments: ["", "a/b", "a b", "ü", "a?b"])
    func badName(name: String) async throws {
        try await MockServer.with { server async throws in
            #expect(throws: MockServer.InvalidValue.self) { try server.session(name) }
        }
    }

    @Test("use(_:) throws the mistakes of a scenario, including listeners and faults of another protocol")
    func badScenarios() async throws {
        try await MockServer.with { server async throws in
            let listeners = "schema: 1\nscenario: s\nlisteners: { plain: { sequence: [ok] } }\notherwise: auto"
            for (scenario, expected) in [
                (MockScenario(yaml: listeners), "listeners belong to a server"), ("nothing", "no built-in scenario"),
                (MockScenario(steps: [.text("a").faults(.cut())]), "needs TLS"),
                (MockScenario(steps: [.text("a").faults(.http2Reset())]), "HTTP/2"),
            ] {
                let error = #expect(throws: MockScenarioError.self) { try server.use(scenario) }
                #expect(error?.description.contains(expected) == true, "\(error?.description ?? "no error")")
            }
            #expect(try await TestClient.chat(server.baseURL).status == 200)
        }
    }

    @Test("faults(_:next:) breaks the given number of calls")
    func pushedFaults() async throws {
        try await MockServer.with { server async throws in
            try server.faults(.emptyBody, .contentType("none"), next: 2)
            for isBroken in [true, true, false] {
                let reply = try await TestClient.chat(server.baseURL)
                #expect(reply.body.isEmpty == isBroken)
                #expect((reply.headers["content-type"] == nil) == isBroken)
            }
        }
    }

    @Test(
        "faults(_:next:) throws for faults that it cannot apply",
        arguments: [
            (.acceptClose(), 1, "breaks connections"), (.stalledUpload(), 1, "before a session is known"),
            (.cut(), 1, "needs TLS"), (.emptyBody, 0, "next must be at least 1"), (.http2GoAway(), 1, "HTTP/2"),
        ] as [(MockScenario.Fault, Int, String)])
    func badFaults(fault: MockScenario.Fault, next: Int, expected: String) async throws {
        try await MockServer.with { server async throws in
            let error = #expect(throws: MockScenarioError.self) { try server.faults(fault, next: next) }
            #expect(error?.description.contains(expected) == true, "\(error?.description ?? "no error")")
            #expect(try await TestClient.chat(server.baseURL).status == 200)
        }
    }

    @Test("A clock that is advanced opens the next window of a rate limit")
    func advance() async throws {
        let scenario = MockScenario(rules: [.rule(always: .text("a"))], requestsPerMinute: 1)
        try await MockServer.with(scenario) { server async throws in
            #expect(try await TestClient.chat(server.baseURL).status == 200)
            #expect(try await TestClient.chat(server.baseURL).status == 429)
            try server.clock(advance: .seconds(60))
            #expect(try await TestClient.chat(server.baseURL).status == 200)
        }
    }

    @Test("A clock that runs fast shortens the waits in answers")
    func scale() async throws {
        let scenario = MockScenario(steps: [.error(.slowDown, retryAfter: .seconds(100))])
        try await MockServer.with(scenario) { server async throws in
            try server.clock(scale: 0.01)
            let reply = try await TestClient.chat(server.baseURL)
            #expect(reply.headers["retry-after"] == "1")
        }
    }

    @Test(
        "clock(advance:scale:) throws for values outside its ranges, and then changes nothing",
        arguments: [
            (.seconds(-1), nil, "a clock cannot go back"), (.seconds(200 * 365 * 86_400), 0.5, "100 years"),
            (nil, 0, "a time scale must be from 0.0001 to 1000, not 0.0"), (.seconds(1), 2000, "not 2000.0"),
        ] as [(Duration?, Double?, String)])
    func badClock(advance: Duration?, scale: Double?, expected: String) async throws {
        let scenario = MockScenario(steps: [.error(.slowDown, retryAfter: .seconds(100))])
        try await MockServer.with(scenario) { server async throws in
            let error = #expect(throws: MockServer.InvalidValue.self) {
                try server.clock(advance: advance, scale: scale)
            }
            #expect(error?.description.contains(expected) == true)
            #expect(try await TestClient.chat(server.baseURL).headers["retry-after"] == "100")
        }
    }

    @Test("reset() restarts the scenario from its first step")
    func reset() async throws {
        try await MockServer.with("two-rate-limits") { server async throws in
            for status in [429, 429, 200] { #expect(try await TestClient.chat(server.baseURL).status == status) }
            server.reset()
            #expect(server.calls.isEmpty)
            #expect(try await TestClient.chat(server.baseURL).status == 429)
        }
    }

    @Test("A report counts calls, attempts and faults, and lists the failures")
    func report() async throws {
        let scenario = MockScenario(
            name: "mine", seed: 7,
            rules: [
                .rule(
                    when: .lastUser("hi"),
                    steps: [.error(.serverError), .text("a").faults(.wrongArguments()), .text("b")])
            ])
        let report = try await MockServer.with(scenario) { server async throws in
            _ = try await TestClient.chat(server.baseURL)
            _ = try await TestClient.chat(server.baseURL)
            _ = try await TestClient.chat(server.baseURL, "ho")
            await server.stop()
            return server.report()
        }
        #expect(report.scenario == "mine" && report.seed == 7)
        #expect(report.calls == 2 && report.attempts == 3)
        #expect(report.faultsOrdered == 1 && report.faultsDelivered == 0 && report.droppedExchanges == 0)
        #expect(report.faultsMissed.count == 1 && report.unmatched.count == 1)
        #expect(report.leftOver == ["rule 1, step 3"])
        #expect(!report.held && report.failures.count == 3)
        #expect(report.trace.contains { $0.contains("→ POST  /v1/chat/completions  attempt 1") })
    }

    @Test("verify() throws an error with failures and exchanges, and returns if there is no failure")
    func verify() async throws {
        try await MockServer.with("two-rate-limits") { server async throws in
            let session = server.session()
            _ = try await TestClient.chat(session.baseURL)
            let error = #expect(throws: MockServer.VerificationError.self) { try session.verify() }
            let text = error?.description ?? ""
            #expect(text.hasPrefix("sparring: two-rate-limits: verification failed\n  left over: rule 1, step"))
            #expect(
                text.contains("the wire, in milliseconds:\n") && text.contains("← 429")
                    && text.contains("  rule 1, step 1"))
            _ = try await TestClient.chat(session.baseURL)
            _ = try await TestClient.chat(session.baseURL)
            try session.verify()
            try server.verify()
        }
    }

    @Test("An unused script counts as left over in the reports of its session and server, even without a call")
    func unusedSession() async throws {
        try await MockServer.with { server async throws in
            let session = server.session()
            try session.use(MockScenario(steps: [.text("a")]))
            #expect(session.report().leftOver == ["rule 1, step 1"])
            #expect(server.failures == ["left over: rule 1, step 1"])
            _ = try await TestClient.chat(session.baseURL)
            #expect(server.failures.isEmpty)
        }
    }
}
