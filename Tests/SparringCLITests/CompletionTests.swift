import ArgumentParser
import Foundation
import Testing

@testable import SparringCLI

@Suite("Completion in a shell")
struct CompletionTests {
    /// The part of zsh's script for one command.
    private static func script(of command: String) -> String {
        let script = SparringCommand.completionScript(for: .zsh)
        let words = command.split(separator: " ").joined(separator: "_")
        guard let start = script.range(of: "\n_\(words)() {\n") else { return "" }
        let rest = script[start.upperBound...]
        return String(rest[..<(rest.range(of: "\n}\n")?.lowerBound ?? rest.endIndex)])
    }

    @Test(
        "An argument that is a file completes files",
        arguments: [
            ("sparring serve", "scenario"), ("sparring run", "scenario"), ("sparring shrink", "scenario"),
            ("sparring explain", "request"), ("sparring explain", "scenario"), ("sparring lint", "files"),
            ("sparring report", "report.jsonl"), ("sparring compare", "before.jsonl"), ("sparring view", "file"),
            ("sparring record", "cassette"), ("sparring replay", "cassette"), ("sparring cassette ls", "cassette"),
            ("sparring cassette import", "files"), ("sparring tokens count", "file"),
        ])
    func files(command: String, argument: String) {
        #expect(Self.script(of: command).contains(":\(argument):_files"), "\(Self.script(of: command))")
    }

    @Test(
        "An argument that is a name of a short list completes the names",
        arguments: [
            ("sparring scenarios show", "two-rate-limits"), ("sparring scenarios copy", "chaos/flaky"),
            ("sparring schema", "driver"), ("sparring driver new", "javascript"),
            ("sparring faults show", "torn_chunk"),
            ("sparring errors show", "rate_limit_exceeded"),
        ])
    func names(command: String, name: String) {
        #expect(Self.script(of: command).contains("'\(name)'"), "\(Self.script(of: command))")
    }
}
