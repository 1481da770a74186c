import SparringJSON
import SparringWire
import Testing

@testable import SparringAPI

@Suite("Faults of fields, escapes, usage and hints")
struct FieldFaultsTests {
    private static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

    private static func apply(
        _ name: String, _ values: [FaultValue] = [], to answer: Answer, endpoint: Endpoint = .chatCompletions
    ) throws -> Answer {
        let fault = try #require(PayloadFaults.all.first { $0.kind.name == name })
        var answer = answer
        var outcomes = FaultOutcomes()
        let action = Fault.Action(fault.kind, values.isEmpty ? fault.kind.parameters.compactMap(\.usual) : values)
        PayloadFaults.apply(
            [Fault(at: fault.kind.usual, .action(action))].ordered(), to: &answer, endpoint: endpoint, &outcomes)
        return answer
    }

    private static func texts(_ answer: Answer) -> [String] {
        switch answer.body {
        case .whole(let bytes): [String(decoding: bytes, as: UTF8.self)]
        case .events(let events): events.map { String(decoding: $0.data, as: UTF8.self) }
        case .none: []
        }
    }

    struct PathRow: Sendable, CustomTestStringConvertible {
        var fault: String
        var path: String
        var result: String

        var testDescription: String { "\(fault) \(path)" }
    }

    @Test(
        "A field may be a path into nested objects and lists",
        arguments: [
            PathRow(fault: "null_field", path: "a", result: #"{"a":null,"c":1}"#),
            PathRow(fault: "null_field", path: "a.b.1.d", result: #"{"a":{"b":[0,{"d":null}]},"c":1}"#),
            PathRow(fault: "missing_field", path: "a.b.1.d", result: #"{"a":{"b":[0,{}]},"c":1}"#),
            PathRow(fault: "missing_field", path: "a.b.0", result: #"{"a":{"b":[{"d":"x"}]},"c":1}"#),
            PathRow(fault: "empty_field", path: "a.b", result: #"{"a":{"b":""},"c":1}"#),
            PathRow(fault: "empty_field", path: "a.z", result: #"{"a":{"b":[0,{"d":"x"}]},"c":1}"#),
            PathRow(fault: "empty_field", path: "a.b.7", result: #"{"a":{"b":[0,{"d":"x"}]},"c":1}"#),
            PathRow(fault: "empty_field", path: "c.d", result: #"{"a":{"b":[0,{"d":"x"}]},"c":1}"#),
        ])
    func paths(row: PathRow) throws {
        let body = Answer(status: 200, body: .whole(Self.bytes(#"{"a":{"b":[0,{"d":"x"}]},"c":1}"#)))
        #expect(Self.texts(try Self.apply(row.fault, [.text(row.path)], to: body)) == [row.result])
    }

    @Test("Characters beyond ASCII become escapes, with two for a character beyond U+FFFF")
    func asciiEscapes() throws {
        let body = Answer(status: 200, body: .whole(Self.bytes(#"{"a":"é\n🚀"}"#)))
        #expect(Self.texts(try Self.apply("ascii_escapes", to: body)) == [#"{"a":"\u00e9\n\ud83d\ude80"}"#])
    }

    @Test("The halves of a character arrive in two events, and the other text does not change")
    func splitSurrogates() throws {
        let event = Event(data: Self.bytes(#"{"choices":[{"delta":{"content":"a🚀b"}}]}"#), kind: .content(tokens: 2))
        let answer = try Self.apply("split_surrogates", to: Answer(status: 200, body: .events([event])))
        #expect(
            Self.texts(answer) == [
                #"{"choices":[{"delta":{"content":"a\ud83d"}}]}"#, #"{"choices":[{"delta":{"content":"\ude80b"}}]}"#,
            ])
    }

    @Test("Every chunk with choices contains the usage so far")
    func runningUsage() throws {
        let events = [
            Event(data: Self.bytes(#"{"choices":[{"delta":{"content":"a"}}]}"#), kind: .content(tokens: 2)),
            Event(data: Self.bytes(#"{"choices":[{"delta":{}}],"usage":null}"#), kind: .finish), .done,
        ]
        let answer = Answer(status: 200, body: .events(events)).using(Usage(input: 7, output: 2))
        let usage = #""usage":{"prompt_tokens":7,"completion_tokens":2,"total_tokens":9}"#
        #expect(
            Self.texts(try Self.apply("running_usage", to: answer)) == [
                #"{"choices":[{"delta":{"content":"a"}}],\#(usage)}"#, #"{"choices":[{"delta":{}}],\#(usage)}"#,
                "[DONE]",
            ])
    }

    @Test(
        "A hint is in one field only, in the spelling of its server",
        arguments: [
            ("x-ms-retry-after-ms", 1500, "x-ms-retry-after-ms", "1500"),
            ("reset-requests", 61_500, "x-ratelimit-reset-requests", "1m1.5s"),
            ("reset-requests", 150, "x-ratelimit-reset-requests", "150ms"),
            ("reset-tokens", 20_000, "x-ratelimit-reset-tokens", "20s"),
            ("reset-seconds", 61_050, "x-ratelimit-reset-requests", "61.05"),
            ("reset-milliseconds", 1500, "x-ratelimit-reset-requests", "1500ms"),
        ])
    func hints(form: String, milliseconds: Int, name: String, value: String) throws {
        let answer = Answer(status: 429, headers: ["retry-after": "7", "retry-after-ms": "7000"], body: .none)
        let hinted = try Self.apply(
            "retry_hint", [.text(form), .duration(.milliseconds(milliseconds))], to: answer)
        #expect(hinted.headers[name] == value)
        #expect(hinted.headers["retry-after"] == nil)
        #expect(hinted.headers["retry-after-ms"] == nil)
    }
}
