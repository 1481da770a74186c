import Foundation
import TestSupport
import Testing

/// Tests the commands and scenarios in the documentation.
@Suite("README and docs", .timeLimit(.minutes(20)))
struct ReadmeTests {
    static let pages: [String] = {
        let docs = (try? FileManager.default.subpathsOfDirectory(atPath: root.appending(path: "docs").path)) ?? []
        return ["README.md"] + docs.filter { $0.hasSuffix(".md") }.sorted().map { "docs/\($0)" }
    }()
    private static let root = SparringBinary.root

    @Test(
        "Every ```sh block after <!-- test --> in README and docs runs",
        arguments: blocks(of: "sh").filter(\.isMarked))
    func commands(block: FencedBlock) async throws {
        let path = [SparringBinary.url.deletingLastPathComponent().path, Self.root.appending(path: ".venv/bin").path]
        let inherited = ProcessInfo.processInfo.environment["PATH", default: ""]
        let checkout = try Self.checkout()
        let outcome = try await ChildProcess(
            URL(filePath: "/bin/bash"),
            ["-euo", "pipefail", "-c", block.text],
            environment: ["PATH": (path + [inherited]).joined(separator: ":")], in: checkout.url
        ).outcome()
        #expect(outcome.exitCode == 0, "\(block.text)\n\(outcome.standardOutput)\n\(outcome.standardError)")
    }

    @Test(
        "Pages that need the official package only run with the built program and without the checkout",
        .enabled(if: PythonClient.isInstalled, "\(PythonClient.missing)"),
        arguments: [
            "README.md", "docs/guides/getting-started.md", "docs/guides/agents.md", "docs/guides/streaming.md",
            "docs/guides/own-cases.md",
            "docs/guides/frameworks/openai.md", "docs/guides/frameworks/ai-sdk.md", "docs/reference/shell.md",
        ])
    func withoutCheckout(page: String) async throws {
        let path = [SparringBinary.url.deletingLastPathComponent().path, Self.root.appending(path: ".venv/bin").path]
        let inherited = ProcessInfo.processInfo.environment["PATH", default: ""]
        let outcome = try await Slots.clients.use {
            try await ChildProcess(
                URL(filePath: PythonClient.interpreter),
                [Self.root.appending(path: "scripts/pages.py").path, page],
                environment: [
                    "PATH": (path + [inherited]).joined(separator: ":"), "PYTEST_PLUGINS": "sparring.pytest_plugin",
                    "PYTHONPATH": Self.root.appending(path: "packaging/python").path,
                ]
            ).outcome()
        }
        #expect(outcome.exitCode == 0, "\(outcome.standardOutput)\(outcome.standardError)")
    }

    @Test(
        "The reference pages of commands and errors are the ones that the program generates",
        .enabled(if: PythonClient.isInstalled, "\(PythonClient.missing)"))
    func reference() async throws {
        let script = Self.root.appending(path: "scripts/reference.py").path
        let outcome = try await ChildProcess(
            URL(filePath: PythonClient.interpreter), [script, "program", SparringBinary.url.path, "--check"]
        ).outcome()
        #expect(outcome.exitCode == 0, "\(outcome.standardOutput)\(outcome.standardError)")
    }

    /// A folder with the files of the checkout, without the developer's settings and logs.
    private static func checkout() throws -> ScratchDirectory {
        let folder = try ScratchDirectory()
        for name in try FileManager.default.contentsOfDirectory(atPath: root.path)
        where !["sparring.yaml", ".sparring"].contains(name) {
            try FileManager.default.createSymbolicLink(
                at: folder.url.appending(path: name), withDestinationURL: root.appending(path: name))
        }
        return folder
    }

    @Test("Every ```yaml block in README and docs passes `lint`", arguments: blocks(of: "yaml"))
    func scenarios(block: FencedBlock) async throws {
        let scratch = try ScratchDirectory()
        let outcome = try await SparringBinary.run(["lint", scratch.write(block.text, to: "block.yaml")])
        #expect(outcome.exitCode == 0, "\(outcome.standardOutput)\(outcome.standardError)")
    }

    private static func blocks(of language: String) -> [FencedBlock] {
        pages.flatMap { page -> [FencedBlock] in
            let text = (try? String(contentsOf: root.appending(path: page), encoding: .utf8)) ?? ""
            return FencedBlock.all(in: text, page: page).filter { $0.language == language }
        }
    }
}

/// A fenced block of Markdown with its place.
struct FencedBlock: Sendable, CustomTestStringConvertible {
    var page: String
    var line: Int
    var language: String
    var text = ""
    /// Whether the last non-blank line before the block is `<!-- test -->`.
    var isMarked: Bool

    var testDescription: String { "\(page):\(line)" }

    static func all(in markdown: String, page: String) -> [FencedBlock] {
        var blocks: [FencedBlock] = []
        var open: FencedBlock?
        var last = ""
        for (index, line) in markdown.components(separatedBy: "\n").enumerated() {
            if line.hasPrefix("```") {
                if let block = open {
                    blocks.append(block)
                    open = nil
                } else {
                    open = FencedBlock(
                        page: page,
                        line: index + 1,
                        language: line.dropFirst(3).trimmed,
                        isMarked: last == "<!-- test -->"
                    )
                }
                last = ""
            } else if open != nil {
                open?.text += line + "\n"
            } else if !line.trimmed.isEmpty {
                last = line.trimmed
            }
        }
        return blocks
    }
}

@Suite("Fenced blocks of Markdown")
struct FencedBlockTests {
    @Test("The Markdown reader finds fenced blocks with their language, line and mark")
    func found() {
        let blocks = FencedBlock.all(
            in: "text\n<!-- test -->\n\n```sh\na\nb\n```\n```yaml\nc: 1\n```\n",
            page: "page.md"
        )
        #expect(blocks.map(\.language) == ["sh", "yaml"])
        #expect(blocks.map(\.text) == ["a\nb\n", "c: 1\n"])
        #expect(blocks.map(\.isMarked) == [true, false])
        #expect(blocks.map(\.line) == [4, 8])
    }
}
