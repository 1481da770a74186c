import ArgumentParser
import Foundation
import SparringConformance
import SparringReport

/// The file of known failures, which `check` reads and updates.
struct KnownFailuresFile {
    let path: String?
    let failures: KnownFailures
    private let text: String

    /// - Parameters:
    ///   - path: the path of the file; nil if there are no known failures.
    ///   - isUpdated: whether a missing file is created.
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
        let content = try TextFile.read(path)
        text = content
        do {
            failures = try KnownFailures(text: content, among: cases)
        } catch {
            throw CommandError(mistakes: error.mistakes.map { "\(path):\($0.line):1: \($0.reason)" })
        }
    }

    /// Writes the failures of a run to the file. If the run did not end, the file is not changed.
    /// - Returns: a failure if no case passed: a file that lists every case as a known failure would hide that the
    ///   program does not reach the server.
    func update(with run: GradedRun) throws -> ExitCode {
        guard let path, let outcome = run.log.end?.outcome else { return .internalError }
        guard outcome == .held || outcome == .failed else { return outcome.exitCode }
        let results = run.inOrder.filter { $0.end != nil }.map { entry in
            KnownFailures.Result(
                caseID: entry.start.id,
                title: entry.start.title,
                broken: entry.checks.filter { $0.verdict.isBad || failsOnShould(run) && $0.verdict == .warn }.map(\.id),
                findings: entry.known)
        }
        try OutputFiles.write(KnownFailures.updated(text, with: results), to: path)
        let verdicts = run.inOrder.compactMap { $0.end?.verdict }
        return verdicts.contains(where: \.isBad) && !verdicts.contains(.pass) ? .failure : .success
    }

    private func failsOnShould(_ run: GradedRun) -> Bool { run.log.start?.failsOnShould ?? false }
}
