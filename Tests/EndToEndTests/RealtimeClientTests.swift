import Testing

@Suite(
    "Realtime sessions with the official Python client",
    .enabled(if: PythonClient.isInstalled, "\(PythonClient.missing)"))
struct RealtimeClientTests {
    private static func task(_ name: String) async throws -> PythonClient.Outcome {
        let (seen, _, process) = try await PythonClient.run(name, script: "realtime_task.py", scenario: "realtime")
        #expect(seen.error == nil, "\(process.standardOutput) \(process.standardError)")
        return seen
    }

    @Test("The synchronous client calls a tool, reads its answer, and receives errors and failures")
    func turns() async throws {
        let seen = try await Self.task("turns")
        #expect(seen.text == "It is sunny, and it will stay so until the evening.")
        #expect(seen.finish == "failed")
        #expect(seen.order?.first == "session.created")
        #expect(seen.order?.contains("response.function_call_arguments.done") == true)
    }

    @Test("The asynchronous client sends audio, receives a spoken answer, and interrupts it")
    func audio() async throws {
        let seen = try await Self.task("audio")
        let order = try #require(seen.order)
        #expect(order.contains("conversation.item.input_audio_transcription.completed"))
        #expect(order.contains("input_audio_buffer.speech_stopped"))
        #expect(seen.finish == "cancelled turn_detected")
    }

    @Test("A client secret opens a session with its own settings")
    func secret() async throws {
        let seen = try await Self.task("secret")
        #expect(seen.text == "Be kind.")
    }
}
