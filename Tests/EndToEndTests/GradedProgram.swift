import Foundation
import TestSupport

/// Grades a program with `check`.
enum GradedProgram {
    /// - Parameter options: cases and options of `check`.
    /// - Returns: the last verdict on every case, and how the process ended.
    static func check(
        _ command: [String], options: [String]
    ) async throws -> (verdicts: [String: String], process: ChildProcess.Outcome) {
        let scratch = try ScratchDirectory()
        let file = scratch.url.appending(path: "report.jsonl")
        let process = try await Slots.clients.use {
            try await SparringBinary.run(
                ["check", "--out", file.path] + options + ["--"] + command,
                environment: ["PYTHONDONTWRITEBYTECODE": "1"], within: ChildProcess.patienceWithAllCases)
        }
        return (try RunLines(file).verdicts, process)
    }
}
