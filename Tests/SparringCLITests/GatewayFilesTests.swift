import ArgumentParser
import Foundation
import SparringConformance
import Testing

@testable import SparringCLI

@Suite("The files of gateway checks")
struct GatewayFilesTests {
    @Test("The built-in gateway cases can be read, have different ids, and number at least forty")
    func builtIn() throws {
        let cases = try GatewayCaseFiles.builtIn()
        #expect(cases.count >= 40)
        #expect(Set(cases.map(\.id)).count == cases.count)
        #expect(cases.allSatisfy { $0.since == "2026.2" && !$0.references.isEmpty })
    }

    @Test("A pattern that names no case is refused with the nearest case")
    func stranger() {
        let error = #expect(throws: CommandError.self) {
            try GatewayCaseFiles.select(["gateway.anwser"], without: [], from: try GatewayCaseFiles.builtIn())
        }
        #expect(error?.text.contains("Did you mean gateway.answer?") == true)
    }

    @Test("A pattern that is the name of a file is refused with the option that reads cases from a file")
    func file() throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "cases-\(UUID().uuidString).yaml")
        try Data("schema: 1\n".utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let error = #expect(throws: CommandError.self) {
            try CaseFiles.select([file.path], without: [], from: try GatewayCaseFiles.builtIn())
        }
        #expect(error?.text.contains("A file has this name: --cases \(file.path) reads cases from it.") == true)
        #expect(error?.exitCode == .usage)
    }

    @Test(
        "A file for `gateway report` that has no name before `=`, or is empty, is refused with what to do",
        arguments: [("=run.json", "no name before =", ExitCode.usage), ("FILE", "the file is empty", .badFile)])
    func report(argument: String, words: String, code: ExitCode) throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "gateway-\(UUID().uuidString).json")
        try Data("\n".utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let command = try GatewayReportCommand.parse([argument.replacing("FILE", with: file.path)])
        let error = #expect(throws: CommandError.self) { try command.run() }
        #expect(error?.text.contains(words) == true && error?.exitCode == code)
    }

    private func adapter(_ text: String) throws -> GatewayAdapter {
        let file = FileManager.default.temporaryDirectory.appending(path: "adapter-\(UUID().uuidString).yaml")
        try Data("schema: 1\n\(text)\n".utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        return try GatewayAdapter.read(file.path)
    }

    @Test("An adapter says how to ask for booked amounts; with the place of the dollars, the cases about them apply")
    func spend() throws {
        let known = try adapter("spend: { path: '/spend/{key}', key: sk-admin, cost: $.info.spend, within: 30s }")
        #expect(known.features == [.spend])
        let spend = try #require(known.terms.spend)
        #expect(spend.target(for: "sk-1") == "/spend/sk-1")
        #expect(spend.within == .seconds(30))
        #expect(try adapter("spend: { path: /spend, tokens: $.tokens }").features.isEmpty)
    }

    @Test(
        "A mistake in `spend` of an adapter is refused with what to write",
        arguments: [
            ("spend: /spend", "spend must be a mapping"),
            ("spend: { cost: $.spend }", "spend needs `path`"),
            ("spend: { path: spend, cost: $.spend }", "path must begin with /"),
            ("spend: { path: '/spend /{key}', cost: $.spend }", "path must begin with / and have no spaces"),
            ("spend: { path: /spend }", "spend needs `cost`, `requests` or `tokens`"),
            (
                "spend: { path: /spend, cost: info.spend }",
                "cost must be a place in the JSON answer such as $.info.spend"
            ),
            ("spend: { path: /spend, key: sk-admin, cost: $.spend }", "path has no {key}"),
            ("spend: { path: /spend, cost: $.spend, within: 5 }", "within must be a duration"),
            ("spend: { path: /spend, cost: $.spend, within: 11m }", "within must be at most 10m"),
            ("spend: { path: /spend, costs: $.spend }", "unknown key 'costs' in spend"),
        ])
    func spendMistake(text: String, words: String) {
        let error = #expect(throws: CommandError.self) { try adapter(text) }
        #expect(error?.text.contains(words) == true, "\(error?.text ?? "")")
    }

    @Test("An adapter whose gateway has an empty name is refused with the place")
    func emptyName() throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "adapter-\(UUID().uuidString).yaml")
        try Data("schema: 1\ngateway: ''\n".utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let error = #expect(throws: CommandError.self) { try GatewayAdapter.read(file.path) }
        #expect(error?.text == "\(file.path):2:10: `gateway` cannot be empty, because it is the name in reports")
    }
}
