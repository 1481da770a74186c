import ArgumentParser
import Foundation
import Sparring
import SparringConformance
import SparringScenario

struct Lint: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check scenario and case files, and list every mistake.",
        discussion: """
            Each mistake is a line `file:line:column: message`. The exit code is 65 if there are mistakes.

              sparring lint scenarios/*.yaml
              sparring lint cases
            """)

    @Argument(help: "The files to check, or folders: all .yaml and .yml files in the folders.") var files: [String]

    func run() async throws {
        var mistakes: [String] = []
        for file in try files.flatMap({ try YAMLFiles.at($0) }) {
            let text: String
            do throws(CommandError) { text = try TextFile.read(file) } catch {
                mistakes.append(error.text)
                continue
            }
            if RequirementSet.isSetFile(text) {
                mistakes += Self.mistakesOfSet(text, file)
            } else {
                mistakes += CaseLoader.isCaseFile(text) ? Self.mistakesOfCases(text, file) : Self.mistakes(text, file)
            }
        }
        for mistake in mistakes { try StandardOutput.print(mistake) }
        if !mistakes.isEmpty { throw ExitCode.badFile }
    }

    private static func mistakes(_ text: String, _ file: String) -> [String] {
        do throws(MockScenarioError) {
            try MockScenario(yaml: text, file: file).check()
            return []
        } catch {
            return error.mistakes
        }
    }

    private static func mistakesOfSet(_ text: String, _ file: String) -> [String] {
        switch RequirementSet.load(text: text, file: file) {
        case .success: []
        case .failure(let mistakes): mistakes.diagnostics.map(\.description)
        }
    }

    private static func mistakesOfCases(_ text: String, _ file: String) -> [String] {
        switch CaseLoader.load(text: text, file: file, errors: MockScenario.catalogue) {
        case .success: []
        case .failure(let mistakes): mistakes.diagnostics.map(\.description)
        }
    }
}
