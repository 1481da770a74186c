import Foundation
import TestSupport
import Testing

/// Tests every kind of chat answer with the strict types of the official Python client, blocking and async.
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
        // Models with search were shut down, but their answers must still be readable.
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
