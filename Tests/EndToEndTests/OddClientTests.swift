import TestSupport
import Testing

/// Tests correct clients that differ from the good one in everything that no document states (`fixtures/drivers/odd`),
/// and programs that show nothing.
@Suite("The grading of odd clients", .timeLimit(.minutes(60)))
struct OddClientTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var habit: String
        var options: [String]
        /// Cases that must have a verdict and pass. If empty, all cases that are not skipped.
        var cases: [String] = []

        var testDescription: String { habit }
    }

    @Test(
        "A correct client with other bytes, orders, connections, pauses or models breaks no MUST",
        arguments: [
            Row(habit: "http", options: ["--can", "cancel,timeout", "--jobs", "6"]),
            Row(habit: "api", options: ["--can", "cancel,timeout", "--jobs", "6"]),
            Row(habit: "polls", options: ["batch.*", "polls.*", "--jobs", "12"]),
            Row(
                habit: "fallback", options: ["no-retry.404-model", "no-retry.413", "retry-after.too-long"],
                cases: ["no-retry.404-model", "no-retry.413", "retry-after.too-long"]),
            Row(
                habit: "stays", options: ["stream-end.*", "http.*", "--driver"],
                cases: ["stream-end.open-after-done"]),
        ])
    func odd(row: Row) async throws {
        let (verdicts, process) = try await GradedProgram.check(
            [CheckTests.driver("odd"), row.habit], options: row.options)
        #expect(process.exitCode == 0, "\(process.standardOutput)")
        // A client that opens a connection for each request must break the requirements of level SHOULD of these cases.
        let bad = verdicts.filter {
            !["pass", "skip", "unobserved"].contains($0.value)
                && !($0.value == "warn" && $0.key.hasPrefix("connections."))
        }
        #expect(bad.isEmpty, "\(process.standardOutput)")
        for id in row.cases { #expect(verdicts[id] == "pass", "\(id): \(process.standardOutput)") }
    }

    @Test(
        "An HTTP/2 client breaks no MUST, and cases about the framing of HTTP/1 are unobserved",
        .enabled(if: PythonClient.isInstalled, "\(PythonClient.missing)"))
    func http2() async throws {
        let (verdicts, process) = try await GradedProgram.check(
            [PythonClient.interpreter, CheckTests.driver("odd"), "http2"],
            options: ["--http2", "--skip", "tls.*", "--can", "cancel,timeout", "--jobs", "6"])
        #expect(process.exitCode == 0, "\(process.standardOutput)")
        let bad = verdicts.filter { !["pass", "skip", "unobserved"].contains($0.value) }
        #expect(bad.isEmpty, "\(process.standardOutput)")
        #expect(verdicts["stream-end.cut-chunk"] == "unobserved")
        #expect(verdicts["stream-end.reset"] == "pass")
    }

    @Test("A program that shows no answers passes no case about reading answers, but its retries count")
    func silent() async throws {
        let ask = """
            curl -sfN --retry 2 --retry-delay 1 -o /dev/null -H "Authorization: Bearer $OPENAI_API_KEY" \
            -H 'content-type: application/json' \
            -d '{"model":"gpt-4o-mini","stream":true,"messages":[{"role":"user","content":"hi"}]}' \
            "$OPENAI_BASE_URL/chat/completions"
            """
        let cases = ["sse.comments", "chunk.null-content", "stream-end.no-done", "retry.stream-429-then-ok"]
        let (verdicts, process) = try await GradedProgram.check(["bash", "-c", ask], options: cases)
        for id in cases.dropLast() { #expect(verdicts[id] == "unobserved", "\(id): \(process.standardOutput)") }
        #expect(verdicts["retry.stream-429-then-ok"] == "pass", "\(process.standardOutput)")
    }
}
