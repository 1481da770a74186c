import SparringExchange
import SparringJSON
import SparringScenario
import SparringWire
import Testing

@testable import SparringConformance

@Suite("The grading of connections, tokens and tool runs")
struct ConnectionGradingTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var expectation: Expectation
        var sight: Observation
        var verdict: Verdict

        init(_ description: String, _ expectation: Expectation, _ sight: Observation, _ verdict: Verdict) {
            testDescription = description
            self.expectation = expectation
            self.sight = sight
            self.verdict = verdict
        }
    }

    private static func attempt(
        _ came: Int, _ left: Int?, on connection: Int, host: String = "a", body: String = "{}"
    ) -> Sight.Attempt {
        Sight.Attempt(came: came, left: left, body: body, headers: ["host": host], connection: connection)
    }

    private static func expect(_ count: ConnectionCount, _ range: ClosedRange<Int>) -> Expectation {
        Expectation(connections: [.init(count, range)])
    }

    private static let inOrder = Sight.of([attempt(0, 10, on: 1), attempt(20, 30, on: 1)])
    private static let beside = Sight.of([attempt(0, 100, on: 1), attempt(20, 30, on: 2)])

    /// A prompt, then a request with results of tools.
    private static func results(_ ids: [String]) -> Observation {
        let items = ids.map { #"{"role":"tool","tool_call_id":"\#($0)","content":"done"}"# }
        let body = #"{"messages":[\#(items.joined(separator: ","))]}"#
        return Sight.of([attempt(0, 10, on: 1), attempt(20, 30, on: 1, body: body)])
    }

    @Test(
        "Each check of connections, hosts, tokens and tool runs gets the verdict that fits the observation",
        arguments: [
            Row("two calls on one connection", expect(.opened, 1...1), inOrder, .pass),
            Row("two calls on two connections", expect(.opened, 1...1), beside, .fail),
            Row("one call shows nothing", expect(.opened, 1...1), Sight.of([attempt(0, 10, on: 1)]), .unobserved),
            Row("calls after each other", expect(.atOnce, 1...1), inOrder, .pass),
            Row("a call beside another", expect(.atOnce, 1...1), beside, .fail),
            Row("a connection that is used again", expect(.reused, 1...1), inOrder, .pass),
            Row("no connection is used again", expect(.reused, 1...9), beside, .fail),
            Row(
                "an answer that was closed before the next call", expect(.halfRead, 0...0),
                Sight.of([attempt(0, 10, on: 1), attempt(20, 30, on: 2)]), .pass),
            Row(
                "an answer that goes on for two seconds beside the next call", expect(.halfRead, 0...0),
                Sight.of([attempt(0, 2500, on: 1), attempt(20, 30, on: 2)]), .fail),
            Row(
                "an answer that never ended", expect(.halfRead, 0...0),
                Sight.of([attempt(0, nil, on: 1), attempt(20, 30, on: 2)]), .fail),
            Row("one host", Expectation(hosts: .init(1...1)), inOrder, .pass),
            Row(
                "another host", Expectation(hosts: .init(1...1)),
                Sight.of([attempt(0, 10, on: 1), attempt(20, 30, on: 2, host: "b")]), .fail),
            Row("tokens that are printed", Expectation(usage: 9), Sight.of([], output: "pong\ntokens 9\n"), .pass),
            Row("the last tokens count", Expectation(usage: 9), Sight.of([], output: "tokens: 3\ntokens: 9"), .pass),
            Row("other tokens", Expectation(usage: 9), Sight.of([], output: "tokens 18"), .fail),
            Row("no tokens", Expectation(usage: 9), Sight.of([], output: "pong"), .unobserved),
            Row("one result for each call", Expectation(runsOnce: true), results(["a", "b"]), .pass),
            Row("two results for a call", Expectation(runsOnce: true), results(["a", "a"]), .fail),
            Row("no call", Expectation(runsOnce: true), inOrder, .unobserved),
        ])
    func verdicts(row: Row) throws {
        let checks = Grading.checks(of: .of(row.expectation), seeing: row.sight)
        let own = try #require(checks.first { !$0.isBuiltIn }, "\(checks.map(\.id))")
        #expect(own.verdict == row.verdict, "\(own.actual)")
    }

    @Test("The tokens and the runs of tools are read from an outcome, which takes precedence")
    func outcome() throws {
        let line = #"{"sparring": 1, "ok": true, "usage": {"total_tokens": 9}, "executed": ["a", {"id": "a"}]}"#
        var sight = Sight.of([], output: "tokens 3\n")
        sight.outcome = try Outcome.printed(in: line)
        let checks = Grading.checks(of: .of(Expectation(usage: 9, runsOnce: true)), seeing: sight)
        #expect(checks.first { $0.id.hasSuffix("#usage") }?.verdict == .pass)
        #expect(checks.first { $0.id.hasSuffix("#runs") }?.verdict == .fail)
    }

    @Test("A call without arguments is a call with an empty object")
    func emptyArguments() {
        let body =
            #"{"messages":[{"role":"assistant","tool_calls":[{"id":"a","function":{"name":"now","arguments":""}}]}]}"#
        let expected = Expectation.ToolCall(name: "now", arguments: .object([:]))
        let sight = Sight.of([Self.attempt(0, 10, on: 1), Self.attempt(20, 30, on: 1, body: body)])
        let checks = Grading.checks(of: .of(Expectation(calls: [expected])), seeing: sight)
        #expect(checks.first { $0.id.hasSuffix("#calls") }?.verdict == .pass)
    }
}
