import Foundation
import TestSupport
import Testing

/// Tests the official client in the mode in which it checks every answer against its types.
@Suite(
    "The openai package with strict types", .enabled(if: PythonClient.isInstalled, "\(PythonClient.missing)"),
    .timeLimit(.minutes(20)))
struct StrictTypesTests {
    private struct Outcome: Decodable {
        var calls: Int
        var failures: [String: String]
    }

    @Test("The openai package reads completions, embeddings, models and moderations with strict types")
    func strict() async throws {
        let command = [PythonClient.interpreter, PythonClient.script("strict_types.py")]
        let (process, _) = try await Slots.clients.use {
            try await SparringBinary.run(scenario: nil, command: command, options: [])
        }
        let outcome = try JSONDecoder().decode(Outcome.self, from: Data(process.standardOutput.utf8))
        #expect(outcome.failures == [:])
        #expect(outcome.calls == 28)
    }

    /// The strict client rejects these chunks, but they are correct: recorded chunks have a null finish reason except
    /// in the last one.
    @Test(
        "The openai package collects a streamed legacy completion, with usage at its end",
        arguments: ["legacy", "legacy_async"])
    func stream(task: String) async throws {
        let (seen, _, _) = try await PythonClient.run(task)
        #expect(seen.error == nil)
        #expect(seen.text?.isEmpty == false)
        #expect(seen.finish == "length" && seen.model == "gpt-3.5-turbo-instruct:20230824-v2")
        #expect(seen.usage == seen.count)
    }

    @Test("The openai package raises NotFoundError for a model that was shut down or does not exist")
    func models() async throws {
        let gone = try await PythonClient.run(
            "chat", options: ["--model", "gpt-4"], runOptions: ["--models", "strict"]
        )
        .seen.error
        #expect(gone?.class == "NotFoundError" && gone?.message.contains("has been deprecated") == true)
        let unknown = try await PythonClient.run("chat", options: ["--model", "gpt-nope"]).seen.error
        #expect(unknown?.class == "NotFoundError" && unknown?.code == "model_not_found")
    }
}
