import Subprocess

/// Runs the program under test in a new process group, with the standard streams of this process. If the task is
/// cancelled, the program is ended.
package enum ChildProcess {
    /// How a program ended.
    package enum Status: Sendable, Hashable {
        case exited(Int32)
        case signalled(Int32)

        /// The exit code that a shell reports: for a signal, 128 + the signal's number.
        package var exitCode: Int32 {
            switch self {
            case .exited(let code): code
            case .signalled(let signal): 128 + signal
            }
        }
    }

    /// - Parameters:
    ///   - command: the program, looked up in `PATH`, and its arguments.
    ///   - environment: variables in addition to those of this process.
    ///   - onlyErrors: whether the program's standard output goes to this process's standard error.
    ///   - watch: copies the program's output to the streams of this process. If nil, the program writes directly to these streams, such as
    ///   a terminal.
    ///
    /// If the task is cancelled, the whole process group is ended: SIGTERM, and SIGKILL after two seconds. Processes that the program has
    /// left behind at its end are killed.
    package static func run(
        _ command: [String], environment: [String: String], onlyErrors: Bool = false,
        through watch: ProgramOutput? = nil
    ) async throws -> Status {
        guard !command.isEmpty else { throw LaunchError(description: "no program to run: put one after --") }
        let launcher = ProgramLauncher(
            command: command, environment: environment.mapValues(Optional.some), seclusion: .group)
        do {
            let status = try await launcher.run(
                input: .currentStandardInput,
                output: watch.map { .fileDescriptor($0.output.writeEnd, closeAfterSpawningProcess: true) }
                    ?? (onlyErrors ? FileDescriptorOutput.currentStandardError : .currentStandardOutput),
                error: watch.map { .fileDescriptor($0.error.writeEnd, closeAfterSpawningProcess: true) }
                    ?? FileDescriptorOutput.currentStandardError)
            return switch status {
            case .exited(let code): .exited(code)
            case .signaled(let signal): .signalled(signal)
            }
        } catch let error as SubprocessError {
            throw LaunchError(description: "cannot run \(launcher.program): \(error)")
        }
    }
}
