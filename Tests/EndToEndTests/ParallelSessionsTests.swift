import Foundation
import Testing

@Suite("Parallel sessions", .enabled(if: PythonClient.isInstalled, "\(PythonClient.missing)"), .timeLimit(.minutes(20)))
struct ParallelSessionsTests {
    @Test("200 sessions of one server each get two rate limits and then their own answer")
    func twoHundred() async throws {
        let server = try await ServerProcess(["two-rate-limits"])
        let process = try await ChildProcess(
            URL(filePath: PythonClient.interpreter),
            [PythonClient.script("sessions.py"), server.baseURL, "200"],
            environment: ["OPENAI_API_KEY": "sk-test"]
        ).outcome()
        let outcomes = try JSONDecoder().decode([String: Int].self, from: Data(process.standardOutput.utf8))
        #expect(outcomes == ["429,429,text": 200], "\(process.standardError)")
    }
}
