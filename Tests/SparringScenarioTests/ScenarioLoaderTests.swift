import SparringAPI
import SparringJSON
import SparringWire
import Testing

@testable import SparringScenario

@Suite("Scenario files")
struct ScenarioLoaderTests {
    private static let errors = ScenarioLoader.Errors(
        names: ["model_not_found", "rate_limit_exceeded", "server_error"],
        statuses: ["model_not_found": 404, "rate_limit_exceeded": 429, "server_error": 500]
    ) { name in
        name == "server_error" ? Fault.InBandError(type: name, code: nil, message: "sorry") : nil
    }

    private static func load(_ text: String) -> Result<Scenario, Mistakes> {
        ScenarioLoader.load(text: text, file: "f.yaml", errors: errors)
    }

    private static func mistakes(_ text: String) -> [String] {
        guard case .failure(let mistakes) = load(text) else { return [] }
        return mistakes.diagnostics.map(\.description)
    }

    @Test(
        "A mistake in a step is reported with its place and the nearest key",
        arguments: [
            ("  - { txt: hi }", "3:7: unknown key 'txt' in a step; did you mean 'text'?"),
            ("  - { times: 2 }", "3:5: a step needs an answer"),
            ("  - { text: hi, timse: 2 }", "3:17: unknown key 'timse' in a step; did you mean 'times'?"),
            ("  - { text: hi, auto: {} }", "3:17: a step has only one answer"),
            ("  - { error: server_eror }", "did you mean 'server_error'?"),
            ("  - { text: hi, stream: { first: 300 } }", "3:34: first must be a duration with a unit"),
            (
                "  - { text: hi, faults: [ { at: evnt 3, end: fin } ] }",
                "'evnt 3' is not a point of an answer; did you mean 'event'?"
            ),
            ("  - { text: hi, faults: [ { at: event 3, end: go_away } ] }", "did you mean 'h2_goaway'?"),
            ("  - { text: hi, faults: [ { at: event 3 } ] }", "either `do` or `end`"),
            ("  - { text: hi, faults: [ { at: event 3, do: malformed_jsn } ] }", "did you mean 'malformed_json'?"),
            ("  - { text: hi, faults: [ { at: event 3, do: reset } ] }", "write 'reset' under `end`, not under `do`"),
            ("  - { text: hi, faults: [ { do: line_end mixd } ] }", "did you mean 'mixed'?"),
            ("  - { text: hi, faults: [ { do: { line_end: { wich: cr } } } ] }", "line_end"),
            ("  - { text: hi, faults: [ { do: { huge_event: lots } } ] }", "must be a size such as 300"),
            ("  - { text: hi, faults: [ { do: no_space now } ] }", "'no_space' takes no argument"),
            (
                "  - { text: hi, faults: [ gzip at event 2 ] }",
                "'gzip' cannot be applied at 'event 2'; its point is start"
            ),
            ("  - { text: hi, faults: [ tron_chunk ] }", "did you mean 'torn_chunk'?"),
            ("  - { text: hi, faults: [ { at: byte 3, do: drop_done } ] }", "its points are start"),
            ("  - { text: \"{{nobody}}\" }", "unknown name {{nobody}}; the names are"),
            ("  - { error: server_error, reasoning: 64 }", "3:39: 'reasoning' works only with answers of a model"),
            ("  - { text: hi, reasoning: -1 }", "3:28: reasoning"),
            ("  - { text: hi, retry_after: 1s }", "'retry_after' works only with `error`"),
            ("  - { text: hi, stream: { first: 99999999999999999999h } }", "3:34: first must be a duration"),
            ("  - { text: hi, stream: { rate: 0.0000000000001/s } }", "3:33: rate must be a number"),
            ("  - { fixture: nobody }", "3:16: there is no built-in fixture 'nobody'"),
            ("  - { items: [ { text: hi } ] }", "an item needs a `type`"),
            ("  - { items: [ { type: mesage, text: hi } ] }", "did you mean 'message'?"),
            ("  - { items: [ { type: message, txt: hi } ] }", "did you mean 'text'?"),
            ("  - { items: [ { type: message, text: a, refusal: b } ] }", "exactly one of text, refusal and content"),
            (
                "  - { items: [ { type: message, refusal: b, annotations: [] } ] }",
                "`annotations` works only with `text`"
            ),
            ("  - { items: [ { type: mcp_call, name: f } ] }", "mcp_call needs `server_label`"),
            ("  - { items: [ { type: web_search_call, status: done } ] }", "status must be one of"),
            ("  - { items: {} }", "items must be a list"),
            ("  - { items: [], text: hi }", "a step has only one answer"),
            (
                "  - { text: hi, ends: { incomplete: bored } }",
                "incomplete must be one of max_output_tokens, content_filter"
            ),
            ("  - { text: hi, ends: {} }", "exactly one of `incomplete` and `failed`"),
            ("  - { text: hi, ends: { faild: x } }", "did you mean 'failed'?"),
            ("  - { text: hi, background: { queued: 5 } }", "queued must be a duration"),
            ("  - { text: hi, background: { wait: 5s } }", "unknown key 'wait' in background"),
        ])
    func places(step: String, expected: String) {
        let mistakes = Self.mistakes("schema: 1\nscenario: s\nsteps:\n" + step)
        // The table counts the step as line 3, but in this text it is line 4.
        let wanted = expected.hasPrefix("3:") ? "f.yaml:4:" + expected.dropFirst(2) : expected
        #expect(mistakes.contains { $0.contains(wanted) }, "\(mistakes)")
    }

    @Test("All mistakes of a file are reported at once, in the order of their places")
    func allAtOnce() {
        let mistakes = Self.mistakes("schema: 2\nscenario: s\nseeds: 1\notherwise: maybe\nsteps: []\n")
        #expect(mistakes.count == 4)
        #expect(mistakes.map { String($0.prefix(9)) } == ["f.yaml:1:", "f.yaml:3:", "f.yaml:4:", "f.yaml:5:"])
    }

    @Test(
        "A file that is not a scenario is rejected with the reason",
        arguments: [
            ("", "the file is empty"), ("a: [", "not YAML"), ("- 1", "a scenario must be a mapping"),
            ("a: 1\na: 2", "duplicate key"),
            ("schema: 1\nscenario: s\nrules: []\nsteps: []", "either `rules` or `steps`"),
            ("schema: 1\nscenario: s", "the scenario has no answers"),
            ("schema: 1\nscenario: s\nlisteners: {}\notherwise: auto", "`listeners` is empty"),
            ("schema: 1\nscenario: s\notherwise: auto\naccounts: {}", "4:11: accounts need `keys`"),
            (
                "schema: 1\nscenario: s\notherwise: auto\naccounts: { keys: { k: { scope: [] } } }",
                "did you mean 'scopes'?"
            ),
            (
                "schema: 1\nscenario: s\notherwise: auto\naccounts: { keys: { k: { scopes: [model.requests] } } }",
                "did you mean 'model.request'?"
            ),
            (
                "schema: 1\nscenario: s\notherwise: auto\nlimits: { requests_per_minute: 0 }",
                "whole number of at least 1"
            ),
            (
                "schema: 1\nscenario: s\notherwise: auto\nlimits: { models: { gpt-4o-2024-08-06: {} } }",
                "4:21: calls of 'gpt-4o-2024-08-06' count for 'gpt-4o'"
            ),
            (
                "schema: 1\nscenario: s\notherwise: auto\nlimits: { models: { a: { shared_with: [b] }, b: {} } }",
                "'b' cannot have its own limits"
            ),
            ("schema: 1\nscenario: s\nrules:\n  - { text: a }\n  - { text: b }", "never reached"),
            (
                "schema: 1\nscenario: s\nrules:\n  - { when: { model: { regex: '(a' } }, text: a }",
                "the group is not closed with )"
            ),
            ("schema: 1\nscenario: s\nrules:\n  - { when: { modle: x }, text: a }", "did you mean 'model'?"),
        ])
    func refused(text: String, expected: String) {
        let mistakes = Self.mistakes(text)
        #expect(mistakes.contains { $0.contains(expected) }, "\(mistakes)")
    }

    @Test("Only true and false are booleans in a scenario, while `no` and `on` are text")
    func plainWords() throws {
        let text = "schema: 1\nscenario: s\nrules:\n  - { when: { last.user: no }, text: on }"
        guard case .success(let scenario) = Self.load(text),
            case .text(let template) = scenario.rules[0].steps[0].answer
        else {
            Issue.record("\(Self.mistakes(text))")
            return
        }
        let values = TemplateValues(captures: [:], request: [:], lastUser: nil, session: "", attempt: 1)
        #expect(template.render(values) == "on")
    }

    @Test("A scenario sent over the network cannot read files, and all attempts are reported")
    func sent() {
        let text = """
            schema: 1
            scenario: s
            steps:
              - { fixture: ../../etc/passwd }
              - { fixture: chat/long-answer }
              - { fixture: /etc/hosts }
            """
        guard
            case .failure(let mistakes) = ScenarioLoader.load(
                text: text, file: "body", origin: .sent, errors: Self.errors)
        else {
            Issue.record("the scenario was accepted")
            return
        }
        let messages = mistakes.diagnostics.map(\.description)
        #expect(messages.map { String($0.prefix(9)) } == ["body:4:16", "body:6:16"])
        #expect(
            messages[0].hasSuffix("a scenario sent to the server cannot read files: write the text into it (`text:`)"))
    }

    @Test("Nested YAML aliases are rejected before they fill the memory")
    func aliases() {
        let rows = "abcdefghij".map { String($0) }
        let lines = zip(rows, rows.dropFirst()).map { before, name in
            "\(name): &\(name) [" + Array(repeating: "*\(before)", count: 9).joined(separator: ",") + "]"
        }
        let mistakes = Self.mistakes((["a: &a [x]"] + lines).joined(separator: "\n"))
        #expect(mistakes.count == 1 && mistakes[0].contains("aliases"), "\(mistakes)")
    }

    @Test(
        "A scenario in JSON is read with all JSON escapes",
        arguments: [
            (#""\ud83d\ude00""#, "😀"), (#""\\ud83d\\ude00""#, #"\ud83d\ude00"#), (#""\u00e9\/\n""#, "é/\n"),
            (#""\\\ud83d\ude00""#, #"\😀"#),
        ])
    func json(text: String, expected: String) throws {
        let scenario = try Self.load("{\n\t\"schema\": 1, \"scenario\": \"s\", \"steps\": [{\"text\": \(text)}]}").get()
        guard case .text(let template) = scenario.rules[0].steps[0].answer else {
            Issue.record("no text")
            return
        }
        let values = TemplateValues(captures: [:], request: [:], lastUser: nil, session: "", attempt: 1)
        #expect(template.render(values) == expected)
    }

    @Test("The loader reads points, actions and endings of faults as written")
    func faults() throws {
        let text = """
            schema: 1
            scenario: s
            steps:
              - text: hi
                faults:
                  - { at: event 4 + 20 bytes, end: fin }
                  - { at: elapsed 1.5s, end: { hang: 3s } }
                  - { at: content 2, do: stall 250ms }
                  - { at: done, do: { error: server_error } }
            """
        let scenario = try Self.load(text).get()
        #expect(
            scenario.rules[0].steps[0].faults == [
                Fault(at: .event(4, plus: 20), .ending(.fin)),
                Fault(at: .elapsed(.milliseconds(1500)), .ending(.hang(.seconds(3)))),
                Fault(at: .content(2), .action(.stall(.milliseconds(250)))),
                Fault(at: .done, .action(.error(.init(type: "server_error", code: nil, message: "sorry")))),
            ])
    }

    @Test("The loader reads rows of models and verdicts of moderations")
    func modelsAndModerations() throws {
        let text = """
            schema: 1
            scenario: s
            models:
              "*": { shutdown_date: never }
              mine: { like: gpt-4o, context_window: 9, max_output: 3, snapshot: mine-1, reasoning: true, access: false }
              vectors: { dimensions: 64, shutdown_date: 2030-01-01 }
              filler: { kind: completion }
            steps:
              - moderation: { flagged: true }
              - moderation: [ { categories: { violence: true, hate: 0.7, harassment: 0.2 } }, {} ]
            """
        let scenario = try Self.load(text).get()
        #expect(scenario.models["*"]?.shutdown == .never)
        let mine = try #require(scenario.models["mine"])
        #expect(mine.like == "gpt-4o" && mine.contextWindow == 9 && mine.maximumOutput == 3)
        #expect(mine.snapshot == "mine-1" && mine.isReasoning == true && mine.isAccessible == false)
        #expect(scenario.models["vectors"]?.kind == .embedding(dimensions: 64, isShortenable: true))
        #expect(scenario.models["vectors"]?.shutdown == CivilDate("2030-01-01").map { .on($0) })
        #expect(scenario.models["filler"]?.kind == .completion(takesSuffix: true))
        guard case .moderation(let verdicts) = scenario.rules[0].steps[1].answer else {
            Issue.record("no moderation")
            return
        }
        #expect(verdicts.count == 2)
        #expect(verdicts[0].categories == [.violence: true, .hate: true, .harassment: false])
        #expect(verdicts[0].scores == [.hate: 0.7, .harassment: 0.2])
    }

    @Test("Scripted embeddings are read with the index of their position, or with their own index")
    func embeddings() throws {
        let text = "schema: 1\nscenario: s\nsteps:\n  - embeddings: [[1, 0.5], { index: 0, vector: [-2] }]"
        guard case .embeddings(let vectors) = try Self.load(text).get().rules[0].steps[0].answer else {
            Issue.record("no embeddings")
            return
        }
        #expect(vectors == [.init(index: 0, values: [1, 0.5]), .init(index: 0, values: [-2])])
    }

    @Test(
        "A mistake in a row of models, in a verdict or in an embedding is reported",
        arguments: [
            ("models: { a: { contex_window: 1 } }", "did you mean 'context_window'?"),
            ("models: { a: { like: gpt-4p } }", "there is no built-in model 'gpt-4p'; did you mean 'gpt-4"),
            ("models: { a: { kind: chatty } }", "did you mean 'chat'?"),
            (
                "models: { a: { shutdown_date: 2026-02-30 } }",
                "shutdown_date must be a date such as 2026-10-23, or never"
            ),
            ("models: { a: { kind: chat, dimensions: 3 } }", "only embedding models have 'dimensions'"),
            ("models: { a: { access: maybe } }", "access must be true or false"),
            ("steps: [ { moderation: { flaged: true } } ]", "did you mean 'flagged'?"),
            ("steps: [ { moderation: { categories: { violent: true } } } ]", "did you mean 'violence'?"),
            ("steps: [ { moderation: { categories: { violence: 2 } } } ]", "true, false or a score from 0 to 1"),
            ("steps: [ { moderation: [] } ]", "`moderation` is empty"),
            ("steps: [ { embeddings: [{ indx: 1, vector: [1] }] } ]", "did you mean 'index'?"),
            ("steps: [ { embeddings: [{ index: 1 }] } ]", "an embedding needs its `vector`"),
            ("steps: [ { embeddings: [[a]] } ]", "a vector is a list of numbers"),
            ("steps: [ { embeddings: [[1]], reasoning: 3 } ]", "'reasoning' works only with answers of a model"),
        ])
    func modelMistakes(line: String, expected: String) {
        let mistakes = Self.mistakes("schema: 1\nscenario: s\notherwise: auto\n\(line)")
        #expect(mistakes.contains { $0.contains(expected) }, "\(mistakes)")
    }
}
