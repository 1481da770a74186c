import Foundation
import TestSupport
import Testing

/// The official Python client with its strict types against every kind of chat answer, read at once and asynchronously.
@Suite(
    "The openai package with strict types, on chat", .enabled(if: PythonClient.isInstalled, "\(PythonClient.missing)"),
    .timeLimit(.minutes(20)))
struct StrictChatTests {
    private struct Outcome: Decodable {
        var passed: Int
        var failed: [String]
    }

    @Test("The openai package with strict types reads every chat answer, whole and streamed")
    func everyAnswer() async throws {
        let command = [PythonClient.interpreter, PythonClient.script("strict_chat.py")]
        let scratch = try ScratchDirectory()
        // Models that search have been shut down; what they said is still to be read.
        let everyModel = try scratch.write(
            "schema: 1\nscenario: every-model\nmodels: { \"*\": { shutdown_date: never } }\notherwise: auto\n",
            to: "every-model.yaml")
        let (process, _) = try await Slots.clients.use {
            try await SparringBinary.run(scenario: everyModel, command: command, options: [])
        }
        let outcome = try JSONDecoder().decode(Outcome.self, from: Data(process.standardOutput.utf8))
        #expect(outcome.failed == [])
        #expect(outcome.passed > 100)
    }
}
