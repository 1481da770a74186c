import Testing

/// Each family of failures, and what the official client makes of it: the exception that the program sees, the attempts
/// on the wire, and the waits between them.
@Suite(
    "Failures in the openai Python package",
    .enabled(if: PythonClient.isInstalled, "\(PythonClient.missing)"),
    .timeLimit(.minutes(5))
)
struct FailureFamilyTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var scenario: String
        var task: String
        /// The client's exception, or nil where the program sees no failure.
        var error: String?
        var code: String?
        var attempts: Int
        /// Milliseconds between attempts.
        var gaps: [ClosedRange<Double>] = []
        var options: [String] = []
        /// Part of the text arrived before the failure.
        var hasText = false

        var testDescription: String { "\(scenario), \(task): \(error ?? "no exception"), \(attempts) attempts" }
    }

    /// A wait is early only where client or server is wrong; late is the weather of a busy machine.
    private static let late = 4000.0
    /// The server stamps the end of an answer when the kernel took it, which may be after the client has read it.
    private static let stamp = 30.0

    private static func wait(_ milliseconds: Double) -> ClosedRange<Double> {
        (milliseconds - stamp)...(milliseconds + late)
    }

    /// The client's own waits: 0.5 s doubled for each retry, less up to a quarter.
    private static let first = (375 - stamp)...(500 + late)
    private static let second = (750 - stamp)...(1000 + late)

    static let rows = [
        Row(scenario: "two-rate-limits", task: "chat", attempts: 3, gaps: [wait(1000), wait(1000)], hasText: true),
        Row(
            scenario: "two-rate-limits",
            task: "chat_async",
            attempts: 3,
            gaps: [wait(1000), wait(1000)],
            hasText: true
        ),
        Row(
            scenario: "two-rate-limits",
            task: "chat",
            error: "RateLimitError",
            code: "rate_limit_exceeded",
            attempts: 1,
            options: ["--retries", "0"]
        ),
        Row(scenario: "rate-limit-tokens", task: "chat", attempts: 2, gaps: [wait(250)], hasText: true),
        Row(
            scenario: "insufficient-quota",
            task: "chat",
            error: "RateLimitError",
            code: "insufficient_quota",
            attempts: 3,
            gaps: [first, second]
        ),
        Row(
            scenario: "context-length",
            task: "chat",
            error: "BadRequestError",
            code: "context_length_exceeded",
            attempts: 1,
            options: ["--prompt", String(repeating: "All work and no play. ", count: 40)]
        ),
        Row(
            scenario: "no-byte-at-all",
            task: "chat",
            error: "APITimeoutError",
            attempts: 2,
            gaps: [first],
            options: ["--timeout", "0.5", "--retries", "1"]
        ),
        Row(
            scenario: "head-then-silence",
            task: "stream",
            error: "APITimeoutError",
            attempts: 1,
            options: ["--timeout", "0.5"]
        ),
        Row(
            scenario: "first-event-late",
            task: "stream",
            error: "APITimeoutError",
            attempts: 1,
            options: ["--timeout", "0.5"]
        ),
        Row(scenario: "first-event-late", task: "stream", attempts: 1, hasText: true),
        Row(
            scenario: "stall-between-events",
            task: "stream",
            error: "APITimeoutError",
            attempts: 1,
            options: ["--timeout", "0.5"],
            hasText: true
        ),
        Row(scenario: "error-event-mid-stream", task: "stream", error: "APIError", attempts: 1, hasText: true),
        Row(scenario: "no-done", task: "stream", attempts: 1, hasText: true),
        Row(scenario: "fin-inside-event", task: "stream", error: "APIConnectionError", attempts: 1, hasText: true),
        Row(scenario: "reset-mid-stream", task: "stream", error: "APIConnectionError", attempts: 1, hasText: true),
        Row(
            scenario: "reset-mid-stream",
            task: "stream_async",
            error: "APIConnectionError",
            attempts: 1,
            hasText: true
        ),
        Row(scenario: "malformed-json", task: "stream", error: "JSONDecodeError", attempts: 1, hasText: true),
        Row(scenario: "split-code-point", task: "stream", attempts: 1, hasText: true),
    ]

    @Test("The openai package raises the documented exception, after the expected attempts and waits", arguments: rows)
    func family(row: Row) async throws {
        let (seen, report, _) = try await PythonClient.run(row.task, scenario: row.scenario, options: row.options)
        #expect(seen.error?.class == row.error, "\(seen.error?.message ?? "no exception")")
        if let code = row.code { #expect(seen.error?.code == code) }
        #expect(report.attempts == row.attempts)
        if row.hasText { #expect(seen.text?.isEmpty == false) }
        #expect(report.gaps.count == row.gaps.count)
        for (gap, allowed) in zip(report.gaps, row.gaps) {
            #expect(allowed.contains(gap), "waited \(gap) ms, \(allowed) allowed")
        }
        #expect(report.faults.delivered + report.faults.missed.count == report.faults.ordered)
    }

    @Test("The openai package gets the whole text when a chunk ends inside a character")
    func splitCodePoint() async throws {
        let whole = try await PythonClient.run("chat", scenario: "split-code-point").seen
        let cut = try await PythonClient.run("stream", scenario: "split-code-point").seen
        #expect(cut.text == whole.text)
        #expect(cut.text?.contains("\u{FFFD}") == false)
    }
}
