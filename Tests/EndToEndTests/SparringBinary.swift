import Foundation

/// The built `sparring`, and the files of the checkout that tests read.
enum SparringBinary {
    /// The folder of the checkout, from `#filePath`, because tests can be started in any folder.
    static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// `SPARRING_BINARY` if it is set; otherwise the program that was built with these tests.
    static let url: URL = {
        if let path = ProcessInfo.processInfo.environment["SPARRING_BINARY"] { return URL(filePath: path) }
        let beside = URL(filePath: ProcessInfo.processInfo.arguments[0])
            .deletingLastPathComponent().appending(path: "sparring")
        return FileManager.default.isExecutableFile(atPath: beside.path)
            ? beside : root.appending(path: ".build/debug/sparring")
    }()

    /// Runs the program to its end.
    static func run(
        _ arguments: [String],
        environment: [String: String] = [:],
        within limit: Duration = ChildProcess.patience
    ) async throws -> ChildProcess.Outcome {
        try await ChildProcess(url, arguments, environment: environment).outcome(within: limit)
    }

    /// Runs a program against a scenario (`sparring run SCENARIO --json -- COMMAND`) and reads the report. Without a
    /// scenario, answers are invented.
    static func run(
        scenario: String?,
        command: [String],
        options: [String] = [],
        within limit: Duration = ChildProcess.patience
    ) async throws -> (outcome: ChildProcess.Outcome, report: RunReport) {
        let outcome = try await run(
            ["run"] + [scenario].compactMap { $0 } + ["--json"] + options + ["--"] + command,
            within: limit
        )
        return (outcome, try RunReport(lastLineOf: outcome.standardError))
    }
}

/// A temporary directory for one test. The directory is removed with this value.
final class ScratchDirectory: Sendable {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "sparring-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    /// A directory for all tests of this process. The directory is removed when the process ends, because a static value is never released.
    static let ofThisRun: URL = {
        let folder = FileManager.default.temporaryDirectory.appending(path: "sparring-\(UUID().uuidString)")
        atexit { try? FileManager.default.removeItem(at: ScratchDirectory.ofThisRun) }
        return folder
    }()

    /// Writes a file and returns its path.
    func write(_ text: String, to name: String) throws -> String {
        let file = url.appending(path: name)
        try Data(text.utf8).write(to: file)
        return file.path
    }
}
