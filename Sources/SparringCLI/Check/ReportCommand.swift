import ArgumentParser
import Foundation
import SparringReport

extension ReportFormat: ExpressibleByArgument {}

struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Render the logs of runs.",
        discussion: """
              sparring report .sparring/report.jsonl
              sparring report .sparring/report.jsonl --format junit --out junit.xml
              sparring report python.jsonl node.jsonl --format html --out matrix.html
              sparring report .sparring/report.jsonl --format prompt      what broke, for a coding agent

            A log may be given a name: python=python.jsonl. junit, tap, markdown, html, prompt and console take several logs, badge (the
            JSON that shields.io reads) and svg one.
            """)

    @Argument(help: ArgumentHelp("The logs that `check` wrote.", valueName: "report.jsonl")) var files: [String]
    @Option(help: "console, junit, tap, markdown, html, badge, svg or prompt.") var format: ReportFormat = .console
    @Option(help: ArgumentHelp("Where to write it; standard output by default.", valueName: "file")) var out: String?
    @Flag(help: "Show the wire of every case, not only of those that went wrong.") var trace = false

    func validate() throws {
        if files.count > 1, !format.takesSeveral {
            throw ValidationError("--format \(format.rawValue) shows one run; give one log")
        }
    }

    func run() throws {
        let text = format.text(try files.map(RunFiles.read), tracesAll: trace)
        guard let out else { return try StandardOutput.write(text) }
        try OutputFiles.write(text, to: out)
    }
}

/// Logs as they are named on the command line: `report.jsonl`, or `name=report.jsonl`.
enum RunFiles {
    static func read(_ argument: String) throws -> GradedRun {
        let (name, file) = split(argument)
        guard let text = try? String(contentsOfFile: file, encoding: .utf8) else {
            throw CommandError(mistakes: ["\(file):1:1: the file cannot be read as UTF-8 text"])
        }
        do {
            return GradedRun(try RunLog(lines: text), name: name)
        } catch {
            throw CommandError(mistakes: ["\(file):\(error)"])
        }
    }

    /// A file whose own name has a `=` is still a file.
    private static func split(_ argument: String) -> (name: String?, file: String) {
        guard !FileManager.default.fileExists(atPath: argument), let equals = argument.firstIndex(of: "=") else {
            return (nil, argument)
        }
        return (String(argument[..<equals]), String(argument[argument.index(after: equals)...]))
    }
}
