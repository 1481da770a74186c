import Foundation
import Testing

/// Tests the official Python client with answers without faults.
@Suite(
    "The openai package", .enabled(if: PythonClient.isInstalled, "\(PythonClient.missing)"), .timeLimit(.minutes(20)))
struct OpenAIPackageTests {
    @Test("The openai package reads a chat answer", arguments: ["chat", "chat_async"])
    func chat(task: String) async throws {
        let (seen, report, _) = try await PythonClient.run(task, scenario: "hello")
        #expect(seen.error == nil)
        #expect(seen.text?.isEmpty == false)
        #expect(seen.finish == "stop")
        #expect(seen.model == "gpt-4o-mini-2024-07-18")
        #expect(report.held && report.calls == 1 && report.attempts == 1)
    }

    @Test(
        "The openai package collects a stream into the text and usage of the whole answer",
        arguments: ["stream", "stream_async"])
    func stream(task: String) async throws {
        let whole = try await PythonClient.run("chat", scenario: "hello").seen
        let (seen, report, _) = try await PythonClient.run(task, scenario: "hello")
        #expect(seen.error == nil)
        #expect(seen.text == whole.text)
        #expect(seen.finish == "stop")
        #expect(seen.usage == whole.usage)
        let events = try #require(seen.events)
        #expect(events >= 4, "role, content, finish, usage")
        #expect(report.held)
    }

    @Test("The openai package reads tool calls, whole and streamed", arguments: ["tools", "stream_tools"])
    func tools(task: String) async throws {
        let (seen, report, _) = try await PythonClient.run(task, scenario: "tool-call")
        #expect(seen.error == nil)
        #expect(seen.finish == "tool_calls")
        let call = try #require(seen.tools?.first)
        #expect(call.first == "get_weather")
        let arguments = try Arguments(json: call[1])
        #expect(!arguments.city.isEmpty)
        #expect(report.exchanges.first?.status == 200)
    }

    @Test(
        "The openai package raises the error for a wrong key, organization or project, without a retry",
        arguments: [
            (["--api-key", "sk-proj-unknown-key-0"], "AuthenticationError", 401, "invalid_api_key"),
            (["--api-key", "sk-proj-revoked-key"], "AuthenticationError", 401, "invalid_api_key"),
            (["--api-key", "sk-proj-read-only-key"], "AuthenticationError", 401, nil),
            (["--organization", "org-other"], "AuthenticationError", 401, "mismatched_organization"),
            (["--organization", "org-nobody"], "AuthenticationError", 401, "invalid_organization"),
            (["--project", "proj_side"], "AuthenticationError", 401, "mismatched_project"),
            (["--api-key", "sk-proj-side-key", "--model", "gpt-4o"], "PermissionDeniedError", 403, "model_not_found"),
        ] as [([String], String, Int, String?)])
    func keys(options: [String], error: String, status: Int, code: String?) async throws {
        let (seen, report, _) = try await PythonClient.run("chat", scenario: "accounts", options: options)
        #expect(seen.error?.class == error)
        #expect(seen.error?.status == status)
        #expect(seen.error?.code == code)
        #expect(seen.error?.requestID?.hasPrefix("req_") == true)
        #expect(report.exchanges.map(\.status) == [status])
    }

    @Test(
        "The openai package gets an answer when key, organization and project belong together",
        arguments: [
            ["--project", "proj_main"],
            ["--api-key", "sk-user-key", "--organization", "org-other", "--project", "proj_side"],
        ])
    func validKeys(options: [String]) async throws {
        let (seen, _, _) = try await PythonClient.run("chat", scenario: "accounts", options: options)
        #expect(seen.error == nil)
    }

    @Test("The openai package reads a refusal, whole and streamed", arguments: ["chat", "stream"])
    func refusal(task: String) async throws {
        let (seen, _, _) = try await PythonClient.run(task, scenario: "refusal")
        #expect(seen.error == nil)
        #expect(seen.refusal?.isEmpty == false)
        #expect(seen.text?.isEmpty != false)
    }

    @Test("The openai package reads structured output as JSON text")
    func structured() async throws {
        let (seen, _, _) = try await PythonClient.run("structured", scenario: "structured-output")
        #expect(seen.error == nil)
        #expect(seen.text?.hasPrefix("{") == true)
    }

    @Test("The openai package gets the same unit vectors as floats and as base64")
    func embeddings() async throws {
        let floats = try await PythonClient.run("embeddings").seen
        let base64 = try await PythonClient.run("embeddings_base64").seen
        for seen in [floats, base64] {
            #expect(seen.error == nil)
            #expect(seen.count == 2 && seen.dimensions == 64)
            let norm = try #require(seen.norm)
            #expect(abs(norm - 1) < 0.001)
        }
        #expect(floats.vector == base64.vector)
    }

    @Test("The openai package reads an answer of the Responses API")
    func responses() async throws {
        let (seen, _, _) = try await PythonClient.run("responses")
        #expect(seen.error == nil)
        #expect(seen.text?.isEmpty == false)
        #expect(seen.finish == "completed")
    }

    @Test("The openai package gets the events of a streamed response in order, numbered without a gap")
    func responsesStream() async throws {
        let (seen, _, _) = try await PythonClient.run("responses_stream")
        #expect(seen.error == nil)
        #expect(
            seen.order == [
                "response.created", "response.in_progress", "response.output_item.added",
                "response.content_part.added", "response.output_text.delta", "response.output_text.done",
                "response.content_part.done", "response.output_item.done", "response.completed",
            ]
        )
        #expect(seen.numbered == true)
        #expect(seen.finish == "completed")
    }

    @Test("The openai package lists and retrieves models without advancing the scenario")
    func models() async throws {
        let (seen, report, _) = try await PythonClient.run("models")
        #expect(seen.error == nil)
        let count = try #require(seen.count)
        #expect(count > 5)
        #expect(seen.model == "gpt-4o-mini")
        #expect(report.exchanges.filter { !$0.auxiliary }.isEmpty)
        #expect(report.calls == 0)
    }

    @Test("The openai package gets the same generated answer for the same request and seed")
    func seeds() async throws {
        let first = try await PythonClient.run("chat", runOptions: ["--seed", "7"])
        let second = try await PythonClient.run("chat", runOptions: ["--seed", "7"])
        #expect(first.seen.text?.isEmpty == false)
        #expect(first.seen.text == second.seen.text)
        #expect(first.report.seed == 7)
    }
}

private struct Arguments: Decodable {
    var city: String

    init(json: String) throws { self = try JSONDecoder().decode(Arguments.self, from: Data(json.utf8)) }
}
