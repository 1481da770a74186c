import ArgumentParser
import Foundation
import SparringReport

struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Render the log of a run.",
        discussion: """
              sparring report .sparring/report.jsonl
              sparring report .sparring/report.jsonl --trace
            """)

    @Argument(help: ArgumentHelp("The log that `check` wrote.", valueName: "report.jsonl")) var file: String
    @Flag(help: "Show the wire of every case, not only of those that went wrong.") var trace = false

    func run() throws {
        guard let text = try? String(contentsOfFile: file, encoding: .utf8) else {
            throw Failure.say("\(file):1:1: the file cannot be read as UTF-8 text", .badFile)
        }
        let log: RunLog
        do {
            log = try RunLog(lines: text)
        } catch {
            throw Failure.say("\(file):\(error)", .badFile)
        }
        StandardOutput.write(ConsoleReport(tracesAll: trace).lines(log).joined(separator: "\n") + "\n")
    }
}
