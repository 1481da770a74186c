import ArgumentParser
import Foundation
import Sparring
import SparringEngine

struct Explain: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show which rule would answer a request, and why the others do not match.",
        discussion: """
            REQUEST.json has the body of a request. The endpoint is guessed from the body unless --endpoint names it.

              sparring explain request.json flaky-weather
            """)

    @Argument(help: "A file with the request's body.", completion: .file()) var request: String
    @Argument(
        help: ArgumentHelp("Names of built-in scenarios, or paths.", valueName: "scenario"), completion: .scenarioFile)
    var scenarios: [String] = []
    @Option(help: "The endpoint, such as chat.completions, responses or embeddings.") var endpoint: String?

    func run() async throws {
        guard let body = FileManager.default.contents(atPath: request) else {
            throw CommandError(mistakes: ["\(request): no such file, or it cannot be read"])
        }
        let scenario = try ScenarioFiles.load(scenarios).resolved()
        let explanation = try Explanation(of: Array(body), endpoint: endpoint, in: scenario)
        try StandardOutput.print(explanation.lines.joined(separator: "\n"))
        if !explanation.isAnswered { throw ExitCode(1) }
    }
}
