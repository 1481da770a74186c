import SparringAPI
import SparringEngine
import SparringScenario
import SparringWire
import Testing

@testable import SparringTape

@Suite("A tape as a scenario")
struct ScenarioExportTests {
    private static func exchange(
        _ number: Int, _ request: String, _ body: [UInt8], target: String = "/v1/chat/completions",
        ending: TapedEnding = .complete
    ) -> TapedExchange {
        TapedExchange(
            session: "s", number: number, startedAt: 0,
            request: TapedRequest(method: "POST", target: target, body: Array(request.utf8)),
            answer: TapedAnswer(
                status: 200, reason: "OK",
                headers: ["Content-Type": "text/plain", "Content-Length": "9", "X-Odd": "a: \"b\" # c"],
                headAt: 5_000_000, body: body, pieces: [TapedPiece(at: 12_000_000, count: body.count)]),
            ending: ending)
    }

    private static func scenario(_ exchanges: [TapedExchange]) throws -> (SparringScenario.Scenario, ScenarioExport) {
        var export = ScenarioExport()
        for exchange in exchanges { export.add(exchange) }
        let text = export.yaml(named: "a: tape")
        switch ScenarioLoader.load(text: text, file: "x.yaml", errors: .api) {
        case .success(let scenario): return (scenario, export)
        case .failure(let mistakes): throw ImportMistake(mistakes.diagnostics.map(\.description).joined() + "\n" + text)
        }
    }

    @Test(
        "has bodies to the byte, as lines of text where YAML can have them",
        arguments: [
            "", "plain", "one\n", "{\n  \"a\": 1\n}\n", "data: {}\n\ndata: [DONE]\n\n", "  indented\nmore", "\n", " ",
            "héllo\twörld\r\n", "# no comment: \"x\"", "tail \n \n", "\u{7F}\u{85}\u{2028}",
        ].map { Array($0.utf8) } + [[0xC3, 0x28, 0x00], Array((0...255).map { UInt8($0) })])
    func bodies(body: [UInt8]) throws {
        let (scenario, _) = try Self.scenario([Self.exchange(1, "{}", body)])
        guard case .raw(let raw) = scenario.rules.first?.steps.first?.answer else {
            Issue.record("no recorded body: \(scenario.rules)")
            return
        }
        #expect(raw.body == body && raw.status == 200)
        #expect(raw.headers == ["Content-Type": "text/plain", "X-Odd": "a: \"b\" # c"])
        #expect(scenario.rules.first?.steps.first?.pace.first == .milliseconds(12))
    }

    @Test("has a rule for each request, and its recordings as steps")
    func rules() throws {
        let hi = #"{"model":"m","messages":[{"role":"user","content":"hi"}]}"#
        let other = #"{"model":"m","stream":true,"messages":[{"role":"user","content":"hi"}],"tools":[]}"#
        let (scenario, export) = try Self.scenario([
            Self.exchange(1, hi, [0x31]), Self.exchange(2, other, [0x32]), Self.exchange(3, hi, [0x33]),
            Self.exchange(4, hi, [0x34], ending: .reset), Self.exchange(5, "{}", [0x35], target: "/v1/unheard"),
        ])
        #expect(scenario.rules.map(\.steps.count) == [1, 2], "what names more comes first")
        #expect(scenario.name == "a: tape" && scenario.validation == .lenient)
        #expect(export.left.count == 2)
    }
}
