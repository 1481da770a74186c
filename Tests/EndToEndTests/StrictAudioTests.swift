import Foundation
import TestSupport
import Testing

/// Tests every audio endpoint with the strict types of the official Python client.
@Suite(
    "The openai package with strict types, on audio", .enabled(if: PythonClient.isInstalled, "\(PythonClient.missing)"),
    .timeLimit(.minutes(20)))
struct StrictAudioTests {
    private struct Outcome: Decodable {
        var passed: Int
        var failures: [String: String]
    }

    @Test("The openai package transcribes, translates and speaks in every format, blocking and async")
    func everything() async throws {
        let command = [PythonClient.interpreter, PythonClient.script("strict_audio.py")]
        let scratch = try ScratchDirectory()
        // The client requests mp3 by default.
        let scenario = try scratch.write(
            "schema: 1\nscenario: sound\notherwise: auto\n", to: "sound.yaml")
        let (process, _) = try await Slots.clients.use {
            try await SparringBinary.run(scenario: scenario, command: command, options: [])
        }
        let outcome = try JSONDecoder().decode(Outcome.self, from: Data(process.standardOutput.utf8))
        #expect(outcome.failures == [:])
        #expect(outcome.passed == 36)
    }
}
