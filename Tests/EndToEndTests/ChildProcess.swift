import Foundation

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A running program with its own home, temporary folder and working directory, which are removed with this value. The program's output
/// goes to files, because a full pipe without a reader would stop it.
final class ChildProcess: Sendable {
    /// How long a test waits for an expected event. This time limit only ends a hang; every working machine is faster.
    static let patience = Duration.seconds(600)
    /// The same limit as `patience`, but for a program that plays all cases of the kit.
    static let patienceWithAllCases = Duration.seconds(1800)

    struct Outcome: Sendable {
        /// The exit code; 128 + the signal if a signal ended the program, as in shells.
        var exitCode: Int32
        var standardOutput: String
        var standardError: String
    }

    private let process: Process
    private let files: ScratchDirectory
    private let ended: AsyncStream<Int32>

    /// - Parameters:
    ///   - environment: variables in addition to `ChildEnvironment`.
    ///   - folder: the working directory; nil for a new empty directory, so that a `sparring.yaml` in the checkout has no effect.
    init(
        _ executable: URL, _ arguments: [String], environment: [String: String] = [:], in folder: URL? = nil
    ) throws {
        files = try ScratchDirectory()
        let work = files.url.appending(path: "work")
        try FileManager.default.createDirectory(at: work, withIntermediateDirectories: true)
        try ChildEnvironment.makeFolders(in: files.url)
        process = Process()
        process.executableURL = executable
        process.arguments = arguments
        process.currentDirectoryURL = folder ?? work
        process.environment =
            ChildEnvironment(in: files.url, inherited: ProcessInfo.processInfo.environment, own: environment).variables
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try Self.handle(files.url.appending(path: "stdout"))
        process.standardError = try Self.handle(files.url.appending(path: "stderr"))
        let (stream, continuation) = AsyncStream.makeStream(of: Int32.self)
        ended = stream
        process.terminationHandler = { process in
            let signalled = process.terminationReason == .uncaughtSignal
            continuation.yield(signalled ? 128 + process.terminationStatus : process.terminationStatus)
            continuation.finish()
        }
        try Self.unmasked { try process.run() }
    }

    deinit {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    }

    var standardOutput: String { text("stdout") }
    var standardError: String { text("stderr") }
    var identifier: Int32 { process.processIdentifier }
    var isRunning: Bool { process.isRunning }

    func signal(_ number: Int32) { kill(process.processIdentifier, number) }

    /// Waits for the end. A program that does not end in time is killed, with exit code 137.
    func outcome(within limit: Duration = patience) async throws -> Outcome {
        // The watchdog is cancelled as soon as the program has ended by itself.
        let watchdog = Task {
            try await Task.sleep(for: limit)
            signal(SIGKILL)
        }
        defer { watchdog.cancel() }
        var exitCode: Int32 = -1
        for await code in ended { exitCode = code }
        return Outcome(
            exitCode: exitCode,
            standardOutput: standardOutput,
            standardError: standardError
        )
    }

    private func text(_ name: String) -> String {
        (try? String(decoding: Data(contentsOf: files.url.appending(path: name)), as: UTF8.self)) ?? ""
    }

    /// Threads of the concurrency runtime block every signal. A child inherits the mask of the thread that starts it.
    /// If the mask were not cleared, the child would never receive SIGINT.
    private static func unmasked(_ body: () throws -> Void) rethrows {
        var none = sigset_t()
        var old = sigset_t()
        sigemptyset(&none)
        pthread_sigmask(SIG_SETMASK, &none, &old)
        defer { pthread_sigmask(SIG_SETMASK, &old, nil) }
        try body()
    }

    private static func handle(_ file: URL) throws -> FileHandle {
        try Data().write(to: file)
        return try FileHandle(forWritingTo: file)
    }
}

/// Waits until a condition outside of this process is true. The wait polls, because files of other processes send no notifications.
func eventually(within limit: Duration = ChildProcess.patience, _ condition: () throws -> Bool) async throws -> Bool {
    let deadline = ContinuousClock.now + limit
    while try !condition() {
        guard ContinuousClock.now < deadline else { return false }
        try await Task.sleep(for: .milliseconds(5))
    }
    return true
}
