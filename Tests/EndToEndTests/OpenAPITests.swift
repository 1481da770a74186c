import Foundation
import TestSupport
import Testing

@Suite("Operations of the document, with the built program", .timeLimit(.minutes(20)))
struct OpenAPITests {
    @Test(
        "`openapi generate` reads 388 requests and all types but two, and `diff` finds no difference to itself",
        .enabled(if: PythonClient.isInstalled, "\(PythonClient.missing)"))
    func generate() async throws {
        let made = try await SparringBinary.run(["openapi", "generate", "--python", PythonClient.interpreter])
        #expect(made.exitCode == 0, "\(made.standardError)")
        let unread = made.standardError.split(separator: "\n").filter { $0.contains("not read") }
        #expect(unread.count == 2, "\(unread)")
        #expect(made.standardOutput.components(separatedBy: "\"operationId\":").count - 1 == 388)
        let file = FileManager.default.temporaryDirectory.appending(path: "openapi-\(UUID()).json")
        defer { try? FileManager.default.removeItem(at: file) }
        try made.standardOutput.write(to: file, atomically: true, encoding: .utf8)
        let same = try await SparringBinary.run(["openapi", "diff", file.path, file.path])
        #expect(same.exitCode == 0)
        #expect(same.standardOutput.contains("no difference"))
    }

    @Test("`openapi generate` names the Python that cannot be run")
    func missing() async throws {
        let outcome = try await SparringBinary.run(["openapi", "generate", "--python", "/nowhere/python"])
        #expect(outcome.exitCode == 69)
        #expect(outcome.standardError.contains("cannot run /nowhere/python"))
    }

    @Test("`openapi diff` ends with 1 and a line for each change, and `openapi list` names every operation")
    func diff() async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "openapi-\(UUID()).json")
        defer { try? FileManager.default.removeItem(at: file) }
        let document =
            #"{"openapi":"3.1.0","info":{"version":"9"},"servers":[{"url":"https://api.openai.com/v1"}],"paths":{"/things":{"get":{"operationId":"things.list","responses":{"200":{}}}}}}"#
        try document.write(to: file, atomically: true, encoding: .utf8)
        let outcome = try await SparringBinary.run(["openapi", "diff", file.path])
        #expect(outcome.exitCode == 1)
        #expect(outcome.standardOutput.contains("+ GET /v1/things (things.list)\n"))
        #expect(outcome.standardOutput.contains("- POST /v1/images/generations (images.generate)\n"))
        let list = try await SparringBinary.run(["openapi", "list"])
        #expect(list.standardOutput.contains("images.generate "))
        #expect(list.standardOutput.split(separator: "\n").count == 381)
    }

    @Test(
        "The official client's polls of generic operations end, images have data, and runs end with --retired serve",
        .enabled(if: PythonClient.isInstalled, "\(PythonClient.missing)"))
    func client() async throws {
        let script = """
            import openai
            client = openai.OpenAI(max_retries=0)
            file = client.files.create(file=("a.txt", b"hello"), purpose="assistants")
            store = client.vector_stores.create(name="a")
            batch = client.vector_stores.file_batches.create_and_poll(store.id, file_ids=[file.id])
            print("batch", batch.status)
            print("images", len(client.images.generate(prompt="a cat").data))
            events = [event.type for event in client.images.generate(prompt="a cat", stream=True)]
            print("stream", events[-1])
            assistant = client.beta.assistants.create(model="gpt-4o")
            thread = client.beta.threads.create()
            run = client.beta.threads.runs.create_and_poll(thread_id=thread.id, assistant_id=assistant.id)
            print("run", run.status)
            """
        let outcome = try await SparringBinary.run(
            ["run", "--retired", "serve", "--", PythonClient.interpreter, "-W", "ignore", "-c", script])
        #expect(
            outcome.standardOutput.contains(
                "batch completed\nimages 1\nstream image_generation.completed\nrun completed\n"),
            "\(outcome.standardOutput)\(outcome.standardError)")
        let gone = try await SparringBinary.run(
            ["run", "--", PythonClient.interpreter, "-W", "ignore", "-c", script])
        #expect(gone.standardError.contains("Invalid URL (POST /v1/assistants)"))
        #expect(gone.standardError.contains("--retired serve"))
    }
}
