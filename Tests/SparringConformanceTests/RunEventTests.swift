import SparringJSON
import SparringScenario
import Testing

@testable import SparringConformance

@Suite("The events of a run")
struct RunEventTests {
    static let all: [RunEvent] = [
        .runStart(
            .init(kit: "1.0", command: ["python", "a b.py"], cases: ["retry.test"], jobs: 2, seed: .max, startedAt: 1)),
        .runStart(
            .init(
                kit: "1.0", command: [], cases: [], jobs: 1, seed: 0, startedAt: 1,
                set: RequirementSet(name: "2026.1", cases: ["retry.test"]), failsOnShould: true,
                machine: "Linux x86_64, 2 processors, 4 GB")),
        .known(
            .init(
                caseID: "retry.test", check: "retry.test#exit", pattern: "retry.*#exit", line: 3, reason: "ours",
                state: .stale)),
        .known(.init(caseID: "retry.test", check: nil, pattern: "retry.*", line: 3, reason: nil, state: .flaky)),
        .caseStart(.init(.of(Expectation()), session: "7f3a", round: 1)),
        .wire(caseID: "retry.test", exchange: ["number": 1]),
        .check(
            caseID: "retry.test",
            Check(
                id: "retry.test#exit", level: .must, verdict: .fail, requirement: "It ends", expected: "0",
                actual: "“7”\n",
                isBuiltIn: true)),
        .caseEnd(
            .init(
                id: "retry.test", round: 2, verdict: .timeout, isAmended: true, ending: "exit code 7", milliseconds: 12,
                lagMilliseconds: 1, standardOutput: "\u{1B}[1m", standardError: "")),
        .runEnd(.init(outcome: .unreliable, milliseconds: 3, reason: "why")),
        .runEnd(.init(outcome: .held, milliseconds: 3)),
    ]

    @Test("A run event is written to one line and read back unchanged", arguments: all)
    func roundTrip(event: RunEvent) throws {
        #expect(event.line.last == "\n")
        #expect(event.line.dropLast().contains("\n") == false)
        #expect(try RunEvent(json: JSONValue.parse(event.line)) == event)
    }

    @Test(
        "An invalid run event is rejected with the name of the wrong member",
        arguments: [
            (#"{}"#, "event"), (#"{"event":"x"}"#, "event"), (#"{"event":"wire","case":"a"}"#, "exchange"),
            (#"{"event":"run.end","outcome":"won","ms":1}"#, "outcome"),
            (#"{"event":"run.end","outcome":"held"}"#, "ms"),
        ])
    func mistakes(line: String, member: String) throws {
        let json = try JSONValue.parse(line)
        #expect(throws: RunEvent.UnknownEvent(member: member)) { try RunEvent(json: json) }
    }
}
