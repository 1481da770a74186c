import SparringAPI
import SparringExchange
import SparringJSON
import SparringScenario
import SparringWire
import Testing

@testable import SparringEngine

@Suite("The report of a run")
struct RunReportTests {
    private static func report(
        _ bodies: String..., scenario: Scenario = .auto, validation: Validation? = nil, key: String? = "Bearer x"
    ) -> RunReport {
        let engine = Engine(scenario: scenario, validation: validation, wallClock: { 1_795_232_605 })
        for body in bodies {
            var headers: HeaderFields = [:]
            headers["authorization"] = key
            let request = Request(
                method: "POST", target: "/v1/chat/completions", headers: headers, body: Array(body.utf8))
            engine.ended(
                engine.respond(to: request, connection: 1, now: Moment(nanoseconds: 0)), timeline: Timeline())
        }
        return RunReport(engine)
    }

    private static func call(_ more: String = "", model: String = "gpt-4o-mini") -> String {
        #"{"model":"\#(model)",\#(more)"messages":[{"role":"user","content":"hi"}]}"#
    }

    @Test("Scripted errors are counted by status, and do not count as refusals")
    func errors() {
        let scenario = Scenario(
            name: "s",
            rules: [
                Rule(steps: [
                    Step(.error(ErrorAnswer(name: "rate_limit_exceeded")), times: .count(2)),
                    Step(.error(ErrorAnswer(name: "server_error"))),
                ])
            ])
        let report = Self.report(Self.call(), Self.call(), Self.call(), scenario: scenario)
        #expect(report.errors == [429: 2, 500: 1])
        #expect(report.errorCount == 3 && report.refused.isEmpty)
        #expect(report.json["errors"] == ["429": 2, "500": 1])
    }

    @Test(
        "A refused request is in the report with its status, its reason and the option that accepts it",
        arguments: [
            (
                call(#""foo":1,"#), "Bearer x",
                "400 Unknown parameter: 'foo'. (strict validation; --validation lenient accepts it)"
            ),
            (
                call(model: "gpt-4o-mni"), "Bearer x",
                "404 The model `gpt-4o-mni` does not exist or you do not have access to it. "
                    + "(strict validation; --validation lenient accepts it)"
            ),
            (#"{"model":"gpt-4o-mini"}"#, "Bearer x", "400 Missing required parameter: 'messages'."),
            ("{", "Bearer x", "400 We could not parse the JSON body of your request."),
        ] as [(String, String, String)])
    func refused(body: String, key: String, reason: String) {
        let report = Self.report(body, key: key)
        #expect(report.refused.count == 1)
        #expect(report.refused.first?.hasPrefix("POST /v1/chat/completions: \(reason)") == true, "\(report.refused)")
        #expect(report.errors.isEmpty && report.json["refused"] == JSONValue.strings(report.refused))
    }

    @Test("A request without a key is refused, and no validation mode would accept it")
    func noKey() {
        let refused = Self.report(Self.call(), key: nil).refused
        #expect(refused.count == 1 && refused.first?.contains("401 You didn't provide an API key") == true)
        #expect(refused.first?.contains("--validation") == false)
    }

    @Test("Lenient validation does not refuse a request that it accepts")
    func lenient() {
        #expect(Self.report(Self.call(#""foo":1,"#), validation: .lenient).refused.isEmpty)
    }

    @Test("A request that no rule matches counts as unmatched, and neither as an error nor as a refusal")
    func unmatched() {
        let scenario = Scenario(name: "s", rules: [Rule(steps: [Step(.auto)])])
        let report = Self.report(Self.call(), Self.call(), scenario: scenario)
        #expect(report.unmatched.count == 1 && report.errors.isEmpty && report.refused.isEmpty)
    }
}
