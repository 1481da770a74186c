import SparringJSON
import SparringScenario
import SparringWire
import Testing

@testable import SparringConformance

/// Correct clients may differ in all behaviour that no document requires. A program that shows no output proves nothing about the answers
/// that it read.
@Suite("What counts as evidence")
struct EvidenceTests {
    static func verdicts(_ expectation: Expectation, _ seen: Observation) -> [String: Verdict] {
        let checks = Grading.checks(of: .of(expectation), seeing: seen)
        return Dictionary(
            uniqueKeysWithValues: checks.map { (String($0.id.drop { $0 != "#" }.dropFirst()), $0.verdict) })
    }

    private static func twice(_ first: String, _ second: String, type: String = "application/json") -> Observation {
        Sight.of(
            [first, second].enumerated().map { index, body in
                Sight.Attempt(
                    came: index * 20, left: index * 20 + 10, body: body, headers: ["content-type": type])
            })
    }

    @Test(
        "JSON bodies are compared as values, and other bodies byte by byte",
        arguments: [
            (#"{"a":1,"b":[{"c":2,"d":3}]}"#, #"{ "b": [{"d":3, "c":2}], "a": 1 }"#, "application/json", Verdict.pass),
            (#"{"a":1}"#, #"{"a":2}"#, "application/json; charset=utf-8", .fail),
            (#"{"a":[1,2]}"#, #"{"a":[2,1]}"#, "application/json", .fail),
            (#"{"a":1}"#, "", "application/json", .fail),
            (#"{"a":1}"#, #"{ "a":1}"#, "application/octet-stream", .fail),
        ])
    func documents(first: String, second: String, type: String, verdict: Verdict) {
        let seen = Self.twice(first, second, type: type)
        #expect(Self.verdicts(.init(identical: [.body]), seen)["identical.body"] == verdict)
    }

    @Test("Idempotency keys are compared only if an attempt has one")
    func idempotencyKeys() {
        let wanted = Expectation(identical: [.idempotencyKey])
        #expect(Self.verdicts(wanted, Self.twice("{}", "{}"))["identical.idempotency-key"] == .unobserved)
        let once = Sight.of([
            .init(came: 0, left: 1, headers: ["idempotency-key": "a"]), .init(came: 2, left: 3, headers: [:]),
        ])
        #expect(Self.verdicts(wanted, once)["identical.idempotency-key"] == .fail)
    }

    @Test("Calls may be sent back in any order, but none may be missing")
    func calls() {
        let call = { (id: String, name: String) in
            #"{"id":"\#(id)","function":{"name":"\#(name)","arguments":"{}"}}"#
        }
        let wanted = Expectation(calls: [.init(name: "f", arguments: [:]), .init(name: "g", arguments: [:])])
        let reversed = #"{"messages":[{"role":"assistant","tool_calls":[\#(call("2", "g")),\#(call("1", "f"))]}]}"#
        #expect(Self.verdicts(wanted, Self.twice("{}", reversed))["calls"] == .pass)
        let doubled = #"{"messages":[{"role":"assistant","tool_calls":[\#(call("2", "f")),\#(call("1", "f"))]}]}"#
        #expect(Self.verdicts(wanted, Self.twice("{}", doubled))["calls"] == .fail)
    }

    @Test("A program that never shows answers passes no case only by its exit code or by a single request")
    func silence() {
        let wanted = Expectation(exit: .zero, text: "pong", attempts: [.init(1...1)])
        let one = [Sight.Attempt(came: 0, left: 1)]
        let silent = Self.verdicts(wanted, Sight.of(one))
        #expect(silent["exit"] == .unobserved)
        #expect(silent["attempts"] == .unobserved)
        let failing = Self.verdicts(wanted, Sight.of(one, ending: .exited(1)))
        #expect(failing["exit"] == .fail)
        let open = Self.verdicts(wanted, Sight.of(one, output: "pong"))
        #expect(open["exit"] == .pass)
        let retried = Self.verdicts(
            Expectation(exit: .zero, text: "pong", attempts: [.init(2...2)]), Sight.gap(500))
        #expect(retried["attempts"] == .pass, "two requests are on the wire")
    }

    @Test("A program that never shows any text has not omitted one")
    func absent() {
        let wanted = Expectation(notShown: ["nine ten"])
        #expect(Self.verdicts(wanted, Sight.of([]))["not_shown.1"] == .unobserved)
        #expect(Self.verdicts(wanted, Sight.of([], output: "one two"))["not_shown.1"] == .pass)
        #expect(Self.verdicts(wanted, Sight.of([], output: "nine ten"))["not_shown.1"] == .fail)
    }

    @Test("The reported text counts as shown, and the line that reports it counts only once")
    func reports() throws {
        let line = #"{"sparring":1,"ok":true,"text":"pong and pong"}"#
        var seen = Sight.of([], output: "pong\n\(line)\n")
        seen.outcome = try Outcome(json: JSONValue.parse(#"{"ok":true,"text":"pong"}"#))
        #expect(Self.verdicts(.init(atMostOnce: ["pong"]), seen)["at_most_once.1"] == .pass)
        seen.outcome = try Outcome(json: JSONValue.parse(line))
        #expect(Self.verdicts(.init(atMostOnce: ["pong"]), seen)["at_most_once.1"] == .fail)
        seen.standardOutput = ""
        #expect(Self.verdicts(.init(notShown: ["and pong"]), seen)["not_shown.1"] == .fail)
    }
}
