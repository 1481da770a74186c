import Foundation
import Testing

/// The official Python client, which checks every answer and every event against its types (`_strict_response_validation`).
@Suite(
    "The openai package with strict types, on responses",
    .enabled(if: PythonClient.isInstalled, "\(PythonClient.missing)"),
    .timeLimit(.minutes(20)))
struct OpenAIResponsesTests {
    private func run(_ task: String, scenario: String? = "built-in-tools") async throws -> PythonClient.Outcome {
        try await PythonClient.run(task, script: "responses_task.py", scenario: scenario).seen
    }

    @Test("The openai package reads every kind of response item, whole and streamed")
    func items() async throws {
        let seen = try await run("items")
        #expect(seen.error?.message == nil)
        let order = try #require(seen.order)
        for event in [
            "response.reasoning_summary_text.delta", "response.output_text.annotation.added",
            "response.web_search_call.searching", "response.file_search_call.completed",
            "response.code_interpreter_call_code.done", "response.image_generation_call.partial_image",
            "response.mcp_call_arguments.done", "response.custom_tool_call_input.done",
            "response.shell_call_command.done", "response.incomplete", "response.failed", "response.completed",
        ] {
            #expect(order.contains(event))
        }
    }

    @Test("The asynchronous openai package reads every kind of response item")
    func itemsAsync() async throws {
        let seen = try await run("items_async")
        #expect(seen.error?.message == nil)
        #expect(seen.count ?? 0 > 50)
    }

    @Test("The openai package finds stored responses and gets \"not found\" for deleted ones")
    func stored() async throws {
        let seen = try await run("stored", scenario: nil)
        #expect(seen.error?.message == nil)
        #expect(seen.count == 1)
        #expect(seen.text?.hasSuffix("not found.") ?? false)
    }

    @Test("The openai package reads conversations page by page")
    func conversations() async throws {
        let seen = try await run("conversations")
        #expect(seen.error?.message == nil)
        #expect(seen.count == 17)
        #expect(seen.order?.contains("mcp_list_tools") ?? false)
    }

    @Test("The openai package polls, cancels and resumes background responses")
    func background() async throws {
        let seen = try await run("background", scenario: nil)
        #expect(seen.error?.message == nil)
        #expect(seen.order == ["queued", "in_progress", "completed", "cancelled"])
        #expect(seen.numbered == true)
        #expect(seen.finish == "completed")
    }
}
