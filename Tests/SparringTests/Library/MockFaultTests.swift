import Foundation
import Sparring
import Testing

@Suite("Faults of a MockScenario on the wire", .timeLimit(.minutes(20)))
struct MockFaultTests {
    private static let stream = #","stream":true"#

    @Test("A stream of a MockScenario breaks at the point of its fault")
    func reset() async throws {
        let scenario = MockScenario(steps: [.text("one two three").faults(.fin(at: .event(1)))])
        try await MockServer.with(scenario) { server async throws in
            await #expect(throws: (any Error).self) { try await TestClient.chat(server.baseURL, more: Self.stream) }
            let call = try #require(server.calls.first)
            #expect(call.faults == ["at event 1: fin"])
            #expect(call.marbles == "Hd!|")
        }
    }

    @Test("Faults of content, payload, event stream and pace change the answers of a MockScenario")
    func edits() async throws {
        let scenario = MockScenario(steps: [
            .text("hello").faults(.refuse("Not today.")), .text("hello").faults(.htmlPage(status: 503)),
            .text("hello").faults(.errorEvent(.serverIsOverloaded, at: .event(1)), .comment("mine", at: .event(1))),
            .text("hello").faults([.stall(.milliseconds(60), at: .head)]).faults(.duplicateEvent(at: .head)),
            .text("hello").faults("gzip"),
        ])
        try await MockServer.with(scenario) { server async throws in
            let refused = try await TestClient.chat(server.baseURL)
            #expect(refused.json?["choices"]?[0]?["message"]?["refusal"] == "Not today.")
            let page = try await TestClient.chat(server.baseURL)
            #expect(page.status == 503 && page.text.contains("<html"))
            let failed = try await TestClient.chat(server.baseURL, more: Self.stream)
            #expect(failed.text.contains(": mine\n") || failed.text.contains(":mine\n"))
            #expect(failed.text.contains(#""code":"server_is_overloaded""#) && !failed.text.contains("[DONE]"))
            let start = ContinuousClock.now
            let late = try await TestClient.chat(server.baseURL, more: Self.stream)
            #expect(ContinuousClock.now - start >= .milliseconds(60))
            #expect(late.text.components(separatedBy: #""role":"assistant""#).count == 3)
            let coded = try await TestClient.chat(server.baseURL)
            #expect(coded.headers["content-encoding"] == "gzip")
        }
    }

    @Test("A fault of the whole MockScenario breaks answers whose step has no faults")
    func scenarioFaults() async throws {
        let scenario = MockScenario(
            rules: [.rule(steps: [.text("a"), .text("one two three").faults(.cutShort)])], faults: [.emptyBody])
        try await MockServer.with(scenario) { server async throws in
            #expect(try await TestClient.chat(server.baseURL).body.isEmpty)
            #expect(try await TestClient.chat(server.baseURL).json?["choices"]?[0]?["finish_reason"] == "length")
        }
    }

    @Test("A fault between head and body of a request works in a rule that matches by the head")
    func requestFaults() async throws {
        let scenario = MockScenario(rules: [
            .rule(when: .header("x-mine", "1"), always: .text("never").faults(.earlyAnswer(.slowDown))),
            .rule(always: .text("whole")),
        ])
        try await MockServer.with(scenario) { server async throws in
            #expect(try await TestClient.chat(server.baseURL).content == "whole")
            let early = try await TestClient.chat(server.baseURL, headers: ["x-mine": "1"])
            #expect(early.code == "slow_down")
        }
    }

    @Test("Text of a MockScenario is sent at the pace of its step")
    func pace() async throws {
        let step = MockScenario.Step.text("one two three").paced(first: .milliseconds(30), every: .milliseconds(20))
        try await MockServer.with(MockScenario(steps: [step])) { server async throws in
            let start = ContinuousClock.now
            _ = try await TestClient.chat(server.baseURL, more: Self.stream)
            #expect(ContinuousClock.now - start >= .milliseconds(70))
            #expect(server.calls.first?.marbles.contains("(30ms)") == true)
        }
    }
}
