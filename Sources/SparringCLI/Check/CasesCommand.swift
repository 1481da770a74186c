import ArgumentParser
import Foundation
import SparringConformance
import SparringJSON
import SparringScenario

struct CasesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cases",
        abstract: "List, show or serve the cases that a client is graded by.",
        discussion: """
              sparring cases
              sparring cases show retry-after.seconds
              sparring cases serve retry-after.seconds
              sparring cases --cases my-cases.yaml 'mine.*'

            `serve` keeps a case running for a debugger, and prints the verdict on Ctrl-C.
            """,
        subcommands: [List.self, Show.self, CasesServe.self], defaultSubcommand: List.self)

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the cases.")

        @Argument(help: ArgumentHelp("Ids of cases; * matches anything. The default is all cases.", valueName: "case"))
        var cases: [String] = []
        @OptionGroup var own: CaseOptions
        @Flag(help: "Print one JSON array: each case with its level, requirements, answers and sources.")
        var json = false

        func run() throws {
            let all = try CaseFiles.all(with: own.paths())
            let shown = cases.isEmpty ? all : try CaseFiles.select(cases, without: [], from: all)
            if json { return try StandardOutput.print(JSONValue.array(shown.map(CaseJSON.object)).text(.pretty)) }
            let width = shown.map(\.id.count).max() ?? 0
            for subject in shown {
                let level = subject.level.rawValue.uppercased().padding(toLength: 8, withPad: " ", startingAt: 0)
                try StandardOutput.print(
                    subject.id.padding(toLength: width + 2, withPad: " ", startingAt: 0) + level + subject.title)
            }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show the script of a case, and its requirements.",
            discussion: "  sparring cases show retry-after.seconds"
        )

        @Argument(help: ArgumentHelp("The id of the case.", valueName: "case")) var id: String
        @OptionGroup var own: CaseOptions

        func run() throws {
            let all = try CaseFiles.all(with: own.paths())
            for subject in try CaseFiles.select([id], without: [], from: all) {
                let lines = CaseDescription.lines(subject, source: try CaseFiles.source(of: subject))
                try StandardOutput.print(lines.joined(separator: "\n"))
            }
        }
    }
}
