import Subprocess
import Synchronization
import SystemPackage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Runs a program in a process group of its own and with a mark in its environment, so that all its processes can be ended.
struct ProgramLauncher: Sendable {
    /// The program, looked up in `PATH`, and its arguments.
    var command: [String]
    /// Changes to our environment; nil removes a variable.
    var environment: [String: String?]
    /// The POSIX session of its process group.
    var seclusion: Seclusion

    enum Seclusion: Sendable {
        /// A session of its own, without our terminal.
        case session
        /// Our session, so that it keeps the terminal.
        case group
    }

    var program: String { command.first ?? "" }

    /// Waits until the program has ended, and ends processes that it left running.
    ///
    /// Cancelling the task ends all of them: SIGTERM, after two seconds SIGKILL. If Sparring is killed, its `CleanupProcess`
    /// does it.
    ///
    /// - Throws: the error of Subprocess if the program cannot be started.
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

    /// The process id, once there is one.
    private final class Leader: Sendable {
        private let number = Mutex<pid_t?>(nil)

        var process: pid_t? { number.withLock { $0 } }

        func set(_ process: pid_t) { number.withLock { $0 = process } }
    }
}
