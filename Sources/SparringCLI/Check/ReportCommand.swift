import ArgumentParser
import Foundation
import SparringReport

extension ReportFormat: ExpressibleByArgument {}

struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Render the logs of runs as a report.",
        usage: "sparring report <report.jsonl> ... [OPTIONS]",
        discussion: """
              sparring report .sparring/report.jsonl
              sparring report .sparring/report.jsonl --format junit --out junit.xml
              sparring report python.jsonl node.jsonl --format html --out matrix.html
              sparring report .sparring/report.jsonl --format prompt

            prompt lists the failures for a coding agent. badge is the JSON that shields.io reads. badge and svg take \
            one log, the other formats take several. A log may have a name: python=python.jsonl.
            """)

    @Argument(help: ArgumentHelp("The logs that `check` wrote.", valueName: "report.jsonl"), completion: .file())
    var files: [String]
    @Option(help: "The format of the report.")
    var format: ReportFormat = .console
    @Option(help: ArgumentHelp("Write to this file. The default is standard output.", valueName: "file"))
    var out: String?
    @Flag(help: "Show the wire (requests and answers) of every case, not only of failed cases.") var trace = false

    func validate() throws {
        if files.count > 1, !format.takesSeveral {
            throw ValidationError("--format \(format.rawValue) takes one log")
        }
    }

    func run() throws {
        let style = out == nil ? Terminal.standardOutput.style : .plain
        let text = format.text(try files.map(RunFiles.read), tracesAll: trace, style: style)
        guard let out else { return try StandardOutput.write(text) }
        try OutputFiles.write(text, to: out)
    }
}

/// Reads files that are named on the command line as `report.jsonl` or `name=report.jsonl`.
enum RunFiles {
    static func read(_ argument: String) throws -> GradedRun {
        let (name, file) = try split(argument)
        let text = try TextFile.read(file)
        do {
            return GradedRun(try RunLog(lines: text), name: name)
        } catch {
            throw CommandError(mistakes: ["\(file):\(error)"])
        }
    }

    /// An existing file whose name contains `=` is read as that file.
    static func split(_ argument: String) throws(CommandError) -> (name: String?, file: String) {
        guard !FileManager.default.fileExists(atPath: argument), let equals = argument.firstIndex(of: "=") else {
            return (nil, argument)
        }
        guard equals > argument.startIndex else {
            throw CommandError("'\(argument)': no name before =; write name=file, or the file alone", .usage)
        }
        return (String(argument[..<equals]), String(argument[argument.index(after: equals)...]))
    }
}
