import Foundation
import SparringAPI
import SparringEngine
import SparringScenario
import SparringWire
import Testing

@testable import SparringCassette

@Suite("Recordings exported as a scenario")
struct ScenarioExportTests {
    private static func exchange(
        _ number: Int, _ request: String, _ body: [UInt8], target: String = "/v1/chat/completions",
        ending: RecordedEnding = .complete
    ) -> RecordedExchange {
        RecordedExchange(
            session: "s", number: number, startedAt: 0,
            request: RecordedRequest(method: "POST", target: target, body: Array(request.utf8)),
            answer: RecordedAnswer(
                status: 200, reason: "OK",
                headers: [
                    "Content-Type": "text/plain", "Content-Length": "9", "X-Odd": "a: \"b\" # c", "x-odd": "once more",
                ],
                headAt: 5_000_000, body: body, pieces: [RecordedPiece(at: 12_000_000, count: body.count)]),
            ending: ending)
    }

    private static func scenario(_ exchanges: [RecordedExchange]) throws -> (SparringScenario.Scenario, ScenarioExport)
    {
        var export = ScenarioExport()
        for exchange in exchanges { export.add(exchange) }
        let text = export.yaml(named: "a: cassette")
        switch ScenarioLoader.load(text: text, file: "x.yaml", errors: .api) {
        case .success(let scenario): return (scenario, export)
        case .failure(let mistakes): throw ImportMistake(mistakes.diagnostics.map(\.description).joined() + "\n" + text)
        }
    }

    @Test(
        "An exported scenario contains every body unchanged, byte for byte",
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

    @Test("An exported scenario has a rule for each request, with its recordings as steps")
    func rules() throws {
        let hi = #"{"model":"m","messages":[{"role":"user","content":"hi"}]}"#
        let other = #"{"model":"m","stream":true,"messages":[{"role":"user","content":"hi"}],"tools":[]}"#
        let (scenario, export) = try Self.scenario([
            Self.exchange(1, hi, [0x31]), Self.exchange(2, other, [0x32]), Self.exchange(3, hi, [0x33]),
            Self.exchange(4, hi, [0x34], ending: .reset), Self.exchange(5, "{}", [0x35], target: "/v1/unheard"),
        ])
        #expect(scenario.rules.map(\.steps.count) == [1, 2], "what names more comes first")
        #expect(scenario.name == "a: cassette" && scenario.validation == .lenient)
        #expect(export.left.count == 2)
    }

    /// Loads a scenario from a file in a folder that also has the export's other files.
    private static func loaded(_ export: ScenarioExport, in folder: URL) throws -> SparringScenario.Scenario {
        for (name, bytes) in export.files {
            let file = folder.appending(path: name)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(bytes).write(to: file)
        }
        let text = export.yaml(named: "cassette")
        switch ScenarioLoader.load(text: text, file: folder.appending(path: "x.yaml").path, errors: .api) {
        case .success(let scenario): return scenario
        case .failure(let mistakes): throw ImportMistake(mistakes.diagnostics.map(\.description).joined() + "\n" + text)
        }
    }

    @Test("An exported scenario has long bodies, or all, in separate files", arguments: [2048, 0])
    func files(longestInline: Int) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: folder) }
        let short = Array("short".utf8)
        let edge = [UInt8](repeating: 0x61, count: 2048)
        let long = (0..<70_000).map { UInt8(truncatingIfNeeded: $0 ^ $0 >> 8) }
        let bodies = [short, edge, edge + [0x0A], long]
        var export = ScenarioExport(.init(folder: "x", longestInline: longestInline))
        for (number, body) in bodies.enumerated() {
            export.add(Self.exchange(number + 1, #"{"model":"m\#(number)"}"#, body))
        }
        #expect(export.files.map(\.name) == (longestInline == 0 ? [1, 2, 3, 4] : [3, 4]).map { "x/s-\($0).txt" })
        let scenario = try Self.loaded(export, in: folder)
        let read = scenario.rules.flatMap(\.steps).compactMap { step -> [UInt8]? in
            if case .raw(let raw) = step.answer { raw.body } else { nil }
        }
        #expect(read == bodies)
    }

    @Test(
        "A body file that is missing, outside its folder or in a sent scenario is rejected",
        arguments: [
            ("gone.json", YAMLReader.Origin.file, "does not exist"),
            ("/etc/hostname", .file, "in the scenario's folder or below"),
            ("../x.json", .file, "in the scenario's folder or below"), ("", .file, "in the scenario's folder or below"),
            ("here.txt", .sent, "a scenario sent to the server cannot read files"),
        ])
    func refused(name: String, origin: YAMLReader.Origin, reason: String) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data("here".utf8).write(to: folder.appending(path: "here.txt"))
        let text = "schema: 1\nscenario: x\nsteps:\n  - raw: { file: '\(name)' }\n"
        let result = ScenarioLoader.load(
            text: text, file: folder.appending(path: "x.yaml").path, origin: origin, errors: .api)
        guard case .failure(let mistakes) = result else {
            Issue.record("the scenario was loaded")
            return
        }
        let said = mistakes.diagnostics.map(\.description).joined()
        #expect(said.contains(reason) && said.contains("x.yaml:4:"), "\(said)")
    }
}
