import Foundation

/// The built `sparring`, and the places around it that the tests read.
enum SparringBinary {
    /// The checkout. `#filePath` is the one thing that knows it, wherever the tests are started from.
    static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// `SPARRING_BINARY` where it is set, else the program that was built together with these tests.
    static let url: URL = {
        if let path = ProcessInfo.processInfo.environment["SPARRING_BINARY"] { return URL(filePath: path) }
        let beside = URL(filePath: ProcessInfo.processInfo.arguments[0])
            .deletingLastPathComponent().appending(path: "sparring")
        return FileManager.default.isExecutableFile(atPath: beside.path)
            ? beside : root.appending(path: ".build/debug/sparring")
    }()

    /// Runs it to its end.
    static func run(
        _ arguments: [String],
        environment: [String: String] = [:],
        within limit: Duration = ChildProcess.patience
    ) async throws -> ChildProcess.Outcome {
        try await ChildProcess(url, arguments, environment: environment).outcome(within: limit)
    }

    /// Runs a program against a scenario (`sparring run SCENARIO --json -- COMMAND`) and reads the report. Without a
    /// scenario, answers are made up from the requests.
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

/// A directory of a test's own, removed with the value that stands for it.
final class ScratchDirectory: Sendable {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "sparring-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    /// One for all tests of this process, removed when the process ends: nothing releases a static value.
    static let ofThisRun: URL = {
        let folder = FileManager.default.temporaryDirectory.appending(path: "sparring-\(UUID().uuidString)")
        atexit { try? FileManager.default.removeItem(at: ScratchDirectory.ofThisRun) }
        return folder
    }()

    /// Writes a file and gives its path.
    func write(_ text: String, to name: String) throws -> String {
        let file = url.appending(path: name)
        try Data(text.utf8).write(to: file)
        return file.path
    }
}
