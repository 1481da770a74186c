import SparringAPI
import SparringWire
import Testing

@testable import SparringScenario

@Suite("Diagnostics of scenario files")
struct DiagnosticTests {
    private static let errors = ScenarioLoader.Errors(
        names: ErrorCatalogue.names, statuses: ErrorCatalogue.statuses
    ) { ErrorCatalogue.inBand(named: $0) }

    private static func mistakes(_ text: String) -> [String] {
        guard case .failure(let mistakes) = ScenarioLoader.load(text: text, file: "f.yaml", errors: errors) else {
            return []
        }
        return mistakes.diagnostics.map(\.description)
    }

    @Test(
        "A text that is not YAML is rejected with the line and the fix",
        arguments: [
            ("steps:\n\t- text: hi", "f.yaml:4:1: line 4 is indented with a tab; use spaces"),
            ("steps:\n  - text: hi\n\t  times: 2", "f.yaml:5:1: line 5 is indented with a tab; use spaces"),
            ("steps:\n  - text: @hi", "f.yaml:4:11: not YAML: put text that starts with this character in quotes"),
            ("steps:\n  - text: a: b", "not YAML: start a new line for each key"),
            ("steps: [ { text: hi }", "not YAML: close the list with ]"),
        ])
    func notYAML(text: String, expected: String) {
        let mistakes = Self.mistakes("schema: 1\nscenario: s\n" + text)
        #expect(mistakes.count == 1 && mistakes[0].hasPrefix("f.yaml:"), "\(mistakes)")
        #expect(mistakes.first?.contains(expected) == true, "\(mistakes)")
    }

    @Test(
        "A wrong name in a step is reported with the name that was probably meant",
        arguments: [
            ("text: hi, faults: [ { at: event 3, end: rst } ]", "'rst' is not an ending; did you mean 'reset'?"),
            ("text: hi, faults: [ rst at event 3 ]", "'rst' is not a fault; did you mean 'reset'?"),
            ("text: hi, faults: [ { at: event 3, end: die } ]", "did you mean 'reset' or 'fin'?"),
            ("error: 429", "'429' is a status, not an error's name; did you mean 'rate_limit_exceeded', "),
            ("error: 429", "For the status alone, write error: { status: 429 }"),
            ("error: not_found", "cannot be 'not_found'; did you mean 'model_not_found'? It must be one of"),
            ("tool_calls: []", "unknown key 'tool_calls' in a step; did you mean 'tools'?"),
            ("status: 500", "unknown key 'status' in a step; write it inside `error` or `raw`"),
            (
                "when: { model: a }, text: hi",
                "unknown key 'when' in a step; a condition belongs to a rule, such as rules: [{ "
            ),
            ("tools: [ { name: f, args: {} } ]", "unknown key 'args' in a tool call; did you mean 'arguments'?"),
        ])
    func guesses(step: String, expected: String) {
        let mistakes = Self.mistakes("schema: 1\nscenario: s\nsteps:\n  - { \(step) }\n")
        #expect(mistakes.contains { $0.contains(expected) }, "\(mistakes)")
    }

    @Test("A negation inside a match is reported with the place where it belongs")
    func negation() {
        let text = "schema: 1\nscenario: s\nrules:\n  - { when: { model: { not: gpt-4o } }, text: hi }\n"
        #expect(
            Self.mistakes(text) == [
                "f.yaml:4:24: unknown key 'not' in a match; `not` stands around a condition, such as when: { not: { model: gpt-4o } }"
            ])
    }

    @Test("A wrong endpoint is reported with the three nearest operations")
    func endpoint() throws {
        let text = "schema: 1\nscenario: s\nrules:\n  - { when: { endpoint: chat.completion }, text: hi }\n"
        let mistake = try #require(Self.mistakes(text).first)
        #expect(
            mistake.hasPrefix("f.yaml:4:25: endpoint cannot be 'chat.completion'; did you mean 'chat.completions', ")
                && mistake.hasSuffix("`sparring openapi list` names all operations"))
    }

    @Test("A wrong answer does not hide other mistakes in its rule or step")
    func allOfOneRule() {
        let rule = "{ text: [a, b], times: -1, then: loop, faults: [ rst ], when: { attempt: 0 } }"
        #expect(Self.mistakes("schema: 1\nscenario: s\nrules:\n  - \(rule)\n").count == 5)
        let step = "{ txt: hi, times: -1, optional: maybe }"
        #expect(Self.mistakes("schema: 1\nscenario: s\nsteps:\n  - \(step)\n").count == 3)
        let tool = "{ arguments: { city: '{{nobody}}' } }"
        #expect(Self.mistakes("schema: 1\nscenario: s\nsteps:\n  - { tools: [ \(tool) ] }\n").count == 2)
    }

    @Test("A wrong fault does not hide a mistake in its point, nor a wrong call of a schedule one in its name")
    func allOfOneFault() {
        let fault = "{ at: evnt 3, do: stall, end: fin }"
        #expect(Self.mistakes("schema: 1\nscenario: s\nsteps:\n  - { text: hi, faults: [ \(fault) ] }\n").count == 2)
        let call = "{ request: 12, error: srver_error }"
        #expect(Self.mistakes("schema: 1\nscenario: s\notherwise: auto\nchaos: { schedule: [ \(call) ] }\n").count == 2)
        let window = "{ rate: lots }"
        #expect(
            Self.mistakes("schema: 1\nscenario: s\notherwise: auto\nchaos: { windows: [ \(window) ] }\n").count == 3)
    }
}
