import Subprocess
import Synchronization
import SystemPackage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Runs a program in a new process group, with a mark in its environment, so that all its processes can be ended.
struct ProgramLauncher: Sendable {
    /// The program, looked up in `PATH`, and its arguments.
    var command: [String]
    /// Changes to the environment of this process; nil removes a variable.
    var environment: [String: String?]
    /// The POSIX session of the program's process group.
    var seclusion: Seclusion
    /// Called with the process id as soon as the program runs.
    var whenStarted: @Sendable (pid_t) -> Void = { _ in }

    enum Seclusion: Sendable {
        /// The program gets a new session without the terminal.
        case session
        /// The program stays in the session of this process, so that it keeps the terminal.
        case group
    }

    var program: String { command.first ?? "" }

    /// Waits until the program has ended, then ends processes that it left behind.
    ///
    /// If the task is cancelled, all processes of the program are ended: SIGTERM, and SIGKILL after two seconds. If Sparring is killed, its
    /// `CleanupProcess` ends these processes.
    ///
    /// - Throws: the error of the Subprocess package if the program cannot be started.
    func run<Input: InputProtocol, Output: OutputProtocol, Errors: ErrorOutputProtocol>(
        input: Input, output: Output, error: Errors
    ) async throws -> TerminationStatus where Output.OutputType == Void, Errors.OutputType == Void {
        let mark = ProcessMark()
        let cleanup = CleanupProcess.current
        let leader = Leader()
        cleanup?.add(.mark(mark.description))
        // Whether the program has ended, was cancelled or was never started.
        defer {
            let group = leader.process
            ProcessCleanup(groups: group.map { [$0] } ?? [], marks: [mark]).kill()
            if let group { cleanup?.remove(.group(group)) }
            cleanup?.remove(.mark(mark.description))
        }
        return try await Subprocess.run(
            program.contains("/") ? .path(FilePath(program)) : .name(program),
            arguments: Arguments(Array(command.dropFirst())), environment: .inherit.updating(changes(mark)),
            platformOptions: options, input: input, output: output, error: error
        ) { execution in
            let process = execution.processIdentifier.value
            leader.set(process)
            whenStarted(process)
            cleanup?.add(.group(process))
        }.terminationStatus
    }

    private func changes(_ mark: ProcessMark) -> [Environment.Key: String?] {
        var changes = Dictionary(
            uniqueKeysWithValues: environment.map { (Environment.Key(stringLiteral: $0.key), $0.value) })
        let outer = getenv(ProcessMark.variable).map { String(cString: $0) }
        changes[Environment.Key(stringLiteral: ProcessMark.variable)] = mark.value(inside: outer)
        return changes
    }

    private var options: PlatformOptions {
        var options = PlatformOptions()
        switch seclusion {
        case .session: options.createSession = true
        case .group: options.processGroupID = 0
        }
        options.teardownSequence = [
            .send(signal: .terminate, toProcessGroup: true, allowedDurationToNextStep: .seconds(2)),
            .send(signal: .kill, toProcessGroup: true, allowedDurationToNextStep: .seconds(1)),
        ]
        return options
    }

    /// The process id, as soon as it is known.
    private final class Leader: Sendable {
        private let number = Mutex<pid_t?>(nil)

        var process: pid_t? { number.withLock { $0 } }

        func set(_ process: pid_t) { number.withLock { $0 = process } }
    }
}
