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
}
