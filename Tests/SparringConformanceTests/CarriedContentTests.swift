import SparringJSON
import SparringScenario
import Testing

@testable import SparringConformance

@Suite("Content that a client sends back")
struct CarriedContentTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var body: String
        var echo: String
    }

    /// The carried content as one line: texts, calls, ids of results.
    private static func line(_ echo: CarriedContent) -> String {
        let calls = echo.calls.map { "\($0.id)=\($0.name)(\($0.arguments))" }
        return [echo.texts, calls, echo.results].map { $0.joined(separator: ",") }.joined(separator: " | ")
    }

    @Test(
        "The content that a client sends back is read from chat messages and from response items",
        arguments: [
            Row(
                testDescription: "a text",
                body: #"{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b"}]}"#,
                echo: "b |  | "),
            Row(
                testDescription: "text in parts",
                body:
                    #"{"messages":[{"role":"assistant","content":[{"type":"text","text":"b"},{"type":"text","text":"c"}]}]}"#,
                echo: "bc |  | "),
            Row(
                testDescription: "calls and their results",
                body: #"""
                    {"messages":[{"role":"assistant","content":null,"tool_calls":[{"id":"x","type":"function","function":{"name":"f","arguments":"{}"}}]},
                    {"role":"tool","tool_call_id":"x","content":"r"}]}
                    """#, echo: " | x=f({}) | x"),
            Row(
                testDescription: "items",
                body: #"""
                    {"input":[{"role":"assistant","content":"b"},{"type":"function_call","call_id":"x","name":"f","arguments":"{}"},
                    {"type":"function_call_output","call_id":"x","output":"r"}]}
                    """#, echo: "b | x=f({}) | x"),
            Row(
                testDescription: "a first turn", body: #"{"messages":[{"role":"user","content":"a"}]}"#, echo: " |  | "),
            Row(testDescription: "an input of one text", body: #"{"input":"a"}"#, echo: " |  | "),
        ])
    func reads(row: Row) throws {
        #expect(Self.line(CarriedContent(try JSONValue.parse(row.body))) == row.echo)
    }

    /// Two attempts. The first request has the examples, and the second request also sends the messages back.
    private static func sight(
        _ messages: String, after examples: String = #"{"role":"user"}"#, ending: Observation.Ending = .exited(0),
        output: String = "", isOpen: Bool = false
    ) -> Observation {
        var sight = Sight.of(
            [
                .init(came: 0, left: 10, body: #"{"messages":[\#(examples)]}"#),
                .init(came: 20, left: 30, body: #"{"messages":[\#(examples),\#(messages)]}"#),
            ],
            ending: ending,
            output: output)
        sight.isOpen = isOpen
        return sight
    }

    private static let whole =
        #"{"role":"assistant","tool_calls":[{"id":"x","function":{"name":"f","arguments":"{\"b\": 2, \"a\": 1}"}}]},{"role":"tool","tool_call_id":"x"}"#
    private static let wanted = Expectation(calls: [.init(name: "f", arguments: ["a": 1, "b": 2])])

    private static func verdict(_ expectation: Expectation, _ slug: String, _ sight: Observation) throws -> Verdict {
        let checks = Grading.checks(of: .of(expectation), seeing: sight)
        return try #require(checks.first { $0.id == "retry.test#\(slug)" }, "\(checks.map(\.id))").verdict
    }

    @Test("The checks calls and results pass if each call is sent back complete and has one result")
    func calls() throws {
        #expect(try Self.verdict(Self.wanted, "calls", Self.sight(Self.whole)) == .pass)
        #expect(try Self.verdict(Self.wanted, "results", Self.sight(Self.whole)) == .pass)
        let other = Self.whole.replacing(#"\"a\": 1"#, with: #"\"a\": 3"#)
        #expect(try Self.verdict(Self.wanted, "calls", Self.sight(other)) == .fail)
        let astray = Self.whole.replacing(#""tool_call_id":"x""#, with: #""tool_call_id":"y""#)
        #expect(try Self.verdict(Self.wanted, "results", Self.sight(astray)) == .fail)
        #expect(try Self.verdict(Self.wanted, "calls", Self.sight(#"{"role":"user"}"#)) == .unobserved)
    }

    @Test("The check no-calls fails if the client executed a call that was cut off")
    func cutCalls() throws {
        let none = Expectation(calls: [])
        #expect(try Self.verdict(none, "no-calls", Self.sight(Self.whole)) == .fail)
        #expect(try Self.verdict(none, "no-calls", Self.sight(#"{"role":"user"}"#)) == .pass)
        #expect(try Self.verdict(none, "no-calls", Sight.of([])) == .unobserved)
    }

    @Test("The check text passes if the text is printed or sent back, and fails if the answers lack it")
    func text() throws {
        let wanted = Expectation(text: "pong {{session}}")
        let silent = #"{"role":"user"}"#
        #expect(try Self.verdict(wanted, "text", Self.sight(silent, output: "pong 7f3a")) == .pass)
        #expect(try Self.verdict(wanted, "text", Self.sight(#"{"role":"assistant","content":"pong 7f3a"}"#)) == .pass)
        #expect(try Self.verdict(wanted, "text", Self.sight(#"{"role":"assistant","content":"pon"}"#)) == .fail)
        #expect(try Self.verdict(wanted, "text", Self.sight(silent)) == .unobserved)
        #expect(try Self.verdict(wanted, "text", Self.sight(silent, isOpen: true)) == .fail)
        let either = Expectation(text: .init("pong {{session}}", allowsFailure: true))
        #expect(try Self.verdict(either, "text", Self.sight(silent, ending: .exited(1), isOpen: true)) == .pass)
        #expect(try Self.verdict(either, "text", Self.sight(silent, isOpen: true)) == .fail)
    }

    private static let example =
        #"{"role":"assistant","content":"an example","tool_calls":[{"id":"e","function":{"name":"g","arguments":"{}"}}]},{"role":"tool","tool_call_id":"e"}"#

    @Test("Examples that the first request contains do not count as content that the client has read")
    func examples() throws {
        func verdict(_ expectation: Expectation, _ slug: String, _ messages: String) throws -> Verdict {
            try Self.verdict(expectation, slug, Self.sight(messages, after: Self.example))
        }
        let none = Expectation(calls: []), text = Expectation(text: "pong {{session}}"), silent = #"{"role":"user"}"#
        #expect(try verdict(Self.wanted, "calls", Self.whole) == .pass)
        #expect(try verdict(Self.wanted, "results", Self.whole) == .pass)
        #expect(try verdict(Self.wanted, "calls", silent) == .unobserved)
        #expect(try verdict(none, "no-calls", silent) == .pass)
        #expect(try verdict(none, "no-calls", Self.whole) == .fail)
        #expect(try verdict(text, "text", silent) == .unobserved)
        // The model may make the same call as an example. If the model does so, the request contains the call twice.
        let twice = #"{"role":"assistant","tool_calls":[{"id":"e","function":{"name":"g","arguments":"{}"}}]}"#
        #expect(try verdict(none, "no-calls", twice) == .fail)
    }

    @Test(
        "A client that lets the server store the conversation sends back results only, each once",
        arguments: [
            (#""previous_response_id":"resp_1""#, #""x""#, Verdict.unobserved, Verdict.pass),
            (#""conversation":"conv_1""#, #""x""#, .unobserved, .pass),
            (#""conversation":{"id":"conv_1"}"#, #""x","y""#, .unobserved, .pass),
            (#""previous_response_id":"resp_1""#, #""x","x""#, .unobserved, .fail),
            (#""previous_response_id":"resp_1""#, #""""#, .unobserved, .fail),
            (#""previous_response_id":null"#, #""x""#, .fail, .fail),
        ])
    func continuations(member: String, ids: String, calls: Verdict, results: Verdict) throws {
        let items = ids.split(separator: ",").map { #"{"type":"function_call_output","call_id":\#($0),"output":"r"}"# }
        let sight = Sight.of([
            .init(came: 0, left: 10, body: #"{"input":"a"}"#),
            .init(came: 20, left: 30, body: #"{\#(member),"input":[\#(items.joined(separator: ","))]}"#),
        ])
        #expect(try Self.verdict(Self.wanted, "calls", sight) == calls)
        #expect(try Self.verdict(Self.wanted, "results", sight) == results)
        // A result of a call that was cut off shows that the call was executed, wherever the call is stored.
        #expect(try Self.verdict(Expectation(calls: []), "no-calls", sight) == .fail)
    }
}
