import ArgumentParser
import Foundation
import Sparring

struct Lint: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List every mistake of scenario files, with its place.",
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
            do {
                _ = try Scenario(yaml: text, file: file).resolved()
            } catch let error as ScenarioError {
                mistakes += error.mistakes
            }
        }
        for mistake in mistakes { print(mistake) }
        if !mistakes.isEmpty { throw ExitCode.badFile }
    }
}
