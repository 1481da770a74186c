import Foundation
import TestSupport
import Testing

/// Tests images, vector stores and other collections with the official client.
@Suite(
    "Objects of the API with the official client",
    .enabled(if: PythonClient.isInstalled, "\(PythonClient.missing)"), .timeLimit(.minutes(20)))
struct APIObjectTests {
    @Test(
        "The official client makes images and uses collections, and its poll helpers end",
        arguments: ["images_and_vector_stores.py", "collections_of_the_api.py"])
    func flows(script: String) async throws {
        let command = [PythonClient.interpreter, PythonClient.script(script)]
        let (process, _) = try await Slots.clients.use {
            try await SparringBinary.run(scenario: nil, command: command, options: [])
        }
        let failures = try JSONDecoder().decode([String: String].self, from: Data(process.standardOutput.utf8))
        #expect(failures == [:])
    }

    /// A table of objects that never finish their work, with every kind that has progress.
    private static let stuck = """
        schema: 1
        scenario: stuck-objects
        rules:
          - when: { endpoint: { glob: "vector_stores.*create" } }
            then: last
            steps: [{ progress: stuck }]
          - when: { endpoint: { glob: "beta.threads.runs.create*" } }
            then: last
            steps: [{ progress: stuck }]
          - when: { endpoint: { glob: "beta.threads.create_and_run*" } }
            then: last
            steps: [{ progress: stuck }]
          - when: { endpoint: { glob: "videos.create*" } }
            then: last
            steps: [{ progress: stuck }]
          - when: { endpoint: { one_of: [chat.completions, responses, beta.agents.sessions.events.stream] } }
            then: last
            steps: [{ silence: {} }]
        otherwise: auto
        """

    @Test(
        "Each poll or stream helper of the official package ends, except while a script keeps the object at work",
        arguments: [("ends", nil), ("stays", stuck)])
    func helpers(manner: String, scenario: String?) async throws {
        let command = [PythonClient.interpreter, PythonClient.script("poll_helpers.py"), manner]
        let scratch = try ScratchDirectory()
        let file = try scenario.map { try scratch.write($0, to: "stuck.yaml") }
        let (process, _) = try await Slots.clients.use {
            try await SparringBinary.run(scenario: file, command: command, options: ["--retired", "serve"])
        }
        let failures = try JSONDecoder().decode([String: String].self, from: Data(process.standardOutput.utf8))
        #expect(failures == [:])
    }
}
