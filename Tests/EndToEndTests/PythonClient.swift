import Foundation
import TestSupport

/// The official Python client in `.venv`, run one task at a time (`fixtures/drivers/clients/python`).
enum PythonClient {
    static let interpreter = SparringBinary.root.appending(path: ".venv/bin/python3").path
    static let isInstalled = FileManager.default.isExecutableFile(atPath: interpreter)
    /// The reason that is printed for suites that are skipped without this environment.
    static let missing = "needs the Python client: run scripts/venv.sh (make test does)"

    static func script(_ name: String) -> String {
        SparringBinary.root.appending(path: "fixtures/drivers/clients/python/\(name)").path
    }

    /// The result of a task: its fields, and the exception that ended it.
    struct Outcome: Decodable, Sendable {
        struct Failure: Decodable, Sendable {
            var `class`: String
            var cause: String?
            var status: Int?
            var code: String?
            var type: String?
            var param: String?
            var message: String
            var requestID: String?
        }

        var text: String?
        var refusal: String?
        var finish: String?
        var tools: [[String]]?
        var model: String?
        var usage: Int?
        var events: Int?
        var order: [String]?
        var numbered: Bool?
        var count: Int?
        var dimensions: Int?
        var norm: Double?
        var vector: [Double]?
        /// Seconds that the client asked to sleep before each retry.
        var waits: [Double]?
        var error: Failure?
    }

    /// Runs one task against one scenario, with `sparring run`.
    static func run(
        _ task: String,
        script name: String = "openai_task.py",
        scenario: String? = nil,
        options: [String] = [],
        runOptions: [String] = []
    ) async throws -> (seen: Outcome, report: RunReport, process: ChildProcess.Outcome) {
        let command = [interpreter, script(name), task] + options
        let (process, report) = try await Slots.clients.use {
            try await SparringBinary.run(scenario: scenario, command: command, options: runOptions)
        }
        let seen = try JSONDecoder().decode(Outcome.self, from: Data(process.standardOutput.utf8))
        return (seen, report, process)
    }
}
