import Foundation
import Testing

/// Tests the official client with each family of failures: the exception that the program gets, the attempts on the wire,
/// and the waits between them.
@Suite(
    "Failures in the openai Python package",
    .enabled(if: PythonClient.isInstalled, "\(PythonClient.missing)"),
    .timeLimit(.minutes(20))
)
struct FailureFamilyTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var scenario: String
        var task: String
        /// The client's exception; nil if the program gets none.
        var error: String?
        var code: String?
        var attempts: Int
        /// Seconds that the client asks to sleep between attempts.
        var waits: [ClosedRange<Double>] = []
        var options: [String] = []
        /// A duration in the scenario that the test replaces with ten minutes, so that no client waits for its end.
        var endless: String?
        /// Whether a part of the text arrived before the failure.
        var hasText = false

        var testDescription: String { "\(scenario), \(task): \(error ?? "no exception"), \(attempts) attempts" }
    }

    /// The client's own waits: 0.5 s, doubled for each retry, and shortened by up to a quarter.
    private static let first = 0.375...0.5
    private static let second = 0.75...1

    /// The client's timeouts for the first byte, and for bytes after the head. A slow machine can only make a wait longer.
    private static let timeout = ["--timeout", "1"]
    private static let silence = ["--silence", "0.5"]

    static let rows = [
        Row(scenario: "two-rate-limits", task: "chat", attempts: 3, waits: [1...1, 1...1], hasText: true),
        Row(
            scenario: "two-rate-limits",
            task: "chat_async",
            attempts: 3,
            waits: [1...1, 1...1],
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
        Row(scenario: "rate-limit-tokens", task: "chat", attempts: 2, waits: [0.25...0.25], hasText: true),
        Row(
            scenario: "insufficient-quota",
            task: "chat",
            error: "RateLimitError",
            code: "insufficient_quota",
            attempts: 3,
            waits: [first, second]
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
            waits: [first],
            options: timeout + ["--retries", "1"]
        ),
        Row(
            scenario: "head-then-silence",
            task: "stream",
            error: "APITimeoutError",
            attempts: 1,
            options: silence
        ),
        Row(
            scenario: "first-event-late",
            task: "stream",
            error: "APITimeoutError",
            attempts: 1,
            options: silence,
            endless: "2s"
        ),
        Row(scenario: "first-event-late", task: "stream", attempts: 1, hasText: true),
        Row(
            scenario: "stall-between-events",
            task: "stream",
            error: "APITimeoutError",
            attempts: 1,
            options: silence,
            endless: "3s",
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

    @Test("The openai package raises the documented exception after the expected attempts and waits", arguments: rows)
    func family(row: Row) async throws {
        let scratch = try ScratchDirectory()
        let scenario = try row.endless.map { try Self.lengthened(row.scenario, $0, in: scratch) } ?? row.scenario
        let (seen, report, _) = try await PythonClient.run(row.task, scenario: scenario, options: row.options)
        #expect(seen.error?.class == row.error, "\(seen.error?.message ?? "no exception")")
        if let code = row.code { #expect(seen.error?.code == code) }
        #expect(report.attempts == row.attempts)
        if row.hasText { #expect(seen.text?.isEmpty == false) }
        let waits = seen.waits ?? []
        #expect(waits.count == row.waits.count && report.gaps.count == row.waits.count)
        for (wait, allowed) in zip(waits, row.waits) { #expect(allowed.contains(wait), "waited \(wait) s") }
        for (wait, gap) in zip(waits, report.gaps) {
            // Both ends of a gap are rounded to microseconds.
            if let gap { #expect(gap >= wait * 1000 - 0.001, "asked for \(wait) s, and came after \(gap) ms") }
        }
        #expect(report.faults.delivered + report.faults.missed.count == report.faults.ordered)
    }

    /// Writes the built-in scenario with a longer pause to a file.
    private static func lengthened(_ name: String, _ pause: String, in scratch: ScratchDirectory) throws -> String {
        let file = SparringBinary.root.appending(path: "scenarios/examples/\(name).yaml")
        let text = try String(contentsOf: file, encoding: .utf8)
        try #require(text.ranges(of: " \(pause) ").count == 1, "\(text)")
        return try scratch.write(text.replacing(" \(pause) ", with: " 600s "), to: "\(name).yaml")
    }

    @Test("The openai package gets the whole text when a chunk ends inside a character")
    func splitCodePoint() async throws {
        let whole = try await PythonClient.run("chat", scenario: "split-code-point").seen
        let cut = try await PythonClient.run("stream", scenario: "split-code-point").seen
        #expect(cut.text == whole.text)
        #expect(cut.text?.contains("\u{FFFD}") == false)
    }
}
