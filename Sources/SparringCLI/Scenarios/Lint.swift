import ArgumentParser
import Foundation
import Sparring
import SparringConformance
import SparringScenario

struct Lint: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List every mistake of scenario and case files, with its place.",
        discussion: """
            Each mistake is a line `file:line:column: message`; the exit code is 65 where there is one.

              sparring lint scenarios/*.yaml
            """)

    @Argument(help: "The files.") var files: [String]

    func run() async throws {
        var mistakes: [String] = []
        for file in files {
            guard let text = try? String(contentsOfFile: file, encoding: .utf8) else {
                mistakes.append("\(file):1:1: the file cannot be read as UTF-8 text")
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
