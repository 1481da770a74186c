import Subprocess

/// Runs the program under test in a process group of its own, on our standard streams. It ends at the latest when the task is
/// cancelled.
package enum ChildProcess {
    /// How a program ended.
    package enum Status: Sendable, Hashable {
        case exited(Int32)
        case signalled(Int32)

        /// As a shell reports it: 128 + the signal's number.
        package var exitCode: Int32 {
            switch self {
            case .exited(let code): code
            case .signalled(let signal): 128 + signal
            }
        }
    }

    /// - Parameters:
    ///   - command: the program, looked up in `PATH`, and its arguments.
    ///   - environment: added to ours.
    ///   - onlyErrors: its standard output goes to our standard error.
    ///   - watch: its output goes through it to our streams. Nil: it writes to our streams itself, such as a terminal.
    ///
    /// Cancelling the task ends the whole process group: SIGTERM, two seconds, SIGKILL. Processes that the program
    /// leaves running are killed.
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
