import ArgumentParser
import Foundation
import SparringConformance
import SparringReport

/// The file of what is known to fail, as `check` reads and rewrites it.
struct KnownFailuresFile {
    let path: String?
    let failures: KnownFailures
    private let text: String

    /// - Parameters:
    ///   - path: nil where nothing may fail.
    ///   - isUpdated: the file may still have to be made.
    init(_ path: String?, update isUpdated: Bool, among cases: [Case]) throws {
        self.path = path
        guard let path else {
            guard !isUpdated else {
                throw CommandError("--update-known-failures needs --known-failures FILE", .usage)
            }
            text = ""
            failures = KnownFailures()
            return
        }
        if isUpdated, !FileManager.default.fileExists(atPath: path) {
            text = ""
            failures = KnownFailures()
            return
        }
        guard let content = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw CommandError(mistakes: ["\(path):1:1: the file cannot be read as UTF-8 text"])
        }
        text = content
        do {
            failures = try KnownFailures(text: content, among: cases)
        } catch {
            throw CommandError(mistakes: error.mistakes.map { "\(path):\($0.line):1: \($0.reason)" })
        }
    }

    /// Writes down what a run found. A run that came to no end says nothing about what fails.
    func update(with run: GradedRun) throws -> ExitCode {
        guard let path, let outcome = run.log.end?.outcome else { return .internalError }
        guard outcome == .held || outcome == .failed else { return outcome.exitCode }
        let results = run.inOrder.filter { $0.end != nil }.map { entry in
            KnownFailures.Result(
                caseID: entry.start.id,
                broken: entry.checks.filter { $0.verdict.isBad || failsOnShould(run) && $0.verdict == .warn }.map(\.id),
                findings: entry.known)
        }
        try OutputFiles.write(KnownFailures.updated(text, with: results), to: path)
        return .success
    }

    private func failsOnShould(_ run: GradedRun) -> Bool { run.log.start?.failsOnShould ?? false }
}
