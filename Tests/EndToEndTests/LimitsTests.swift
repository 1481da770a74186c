import Foundation
import Testing

/// Tests limits of the built program in a session whose clock is moved by hand, so that days pass at once.
@Suite(
    "Rate limits of the built program", .enabled(if: PythonClient.isInstalled, "\(PythonClient.missing)"),
    .timeLimit(.minutes(20)))
struct LimitsTests {
    private struct Outcome: Decodable {
        var statuses: [String: Int]
        /// The values of each refusal: remaining requests, `retry-after`, message.
        var told: [[String]]?
        /// The statuses of two calls after the wait.
        var after: [Int]?
        /// The duration of all calls.
        var seconds: Double
    }

    private static func run(_ limits: String, _ arguments: [String]) async throws -> Outcome {
        let server = try await ServerProcess(yaml: "schema: 1\nscenario: s\notherwise: auto\nlimits: \(limits)\n")
        let process = try await ChildProcess(
            URL(filePath: PythonClient.interpreter), [PythonClient.script("limits.py"), server.baseURL] + arguments
        ).outcome()
        try #require(process.exitCode == 0, "\(process.standardError)")
        return try JSONDecoder().decode(Outcome.self, from: Data(process.standardOutput.utf8))
    }

    @Test("A client that waits for the time in the headers gets no 429 in 10,000 calls")
    func obedient() async throws {
        let limits = "{ requests_per_minute: 60, requests_per_day: 5000, tokens_per_minute: 4000 }"
        #expect(try await Self.run(limits, ["obey", "10000"]).statuses == ["200": 10_000])
    }

    @Test(
        "A client that ignores a limit is refused until the wait in `retry-after` is over",
        arguments: [
            (
                "{ requests_per_minute: 3 }", 3, "20",
                "on requests per min (RPM): Limit 3, Used 3, Requested 1. Please "
                    + "try again in 20s."
            ),
            (
                "{ requests_per_day: 200 }", 200, "432",
                "on requests per day (RPD): Limit 200, Used 200, Requested 1. Please try again in 7m12s."
            ),
        ])
    func heedless(limits: String, passed: Int, wait: String, message: String) async throws {
        var outcome = try await Self.run(limits, ["ignore", String(passed + 7)])
        // On a slow machine, the wait may already be over, and one more call passes; then the calls are repeated.
        let longest = try #require(Double(wait))
        for _ in 2...6 where outcome.seconds >= longest {
            outcome = try await Self.run(limits, ["ignore", String(passed + 7)])
        }
        #expect(outcome.statuses == ["200": passed + 1, "429": 8])
        #expect(outcome.told?.count == 1)
        let told = try #require(outcome.told?.first)
        #expect(told[0] == "0" && told[1] == wait)
        #expect(told[2].hasPrefix("Rate limit reached for gpt-4o-mini in organization sparring-org \(message) Visit "))
        #expect(outcome.after == [200, 429])
    }
}
