import Subprocess
import SystemPackage

/// Runs the program under test: in a process group of its own, on our standard streams, and never longer than the task that asked.
package enum ChildProcess {
    /// How the program ended.
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
    ///   - onlyErrors: what it says on standard output goes to our standard error.
    /// Cancelling the task ends the whole process group: SIGTERM, two seconds, SIGKILL.
    package static func run(
        _ command: [String], environment: [String: String], onlyErrors: Bool = false
    ) async throws -> Status {
        guard let program = command.first else { throw LaunchError(description: "no program to run: put one after --") }
        var options = PlatformOptions()
        options.processGroupID = 0
        options.teardownSequence = [
            .send(signal: .terminate, toProcessGroup: true, allowedDurationToNextStep: .seconds(2)),
            .send(signal: .kill, toProcessGroup: true, allowedDurationToNextStep: .seconds(1)),
        ]
        let added = environment.map { (Environment.Key(stringLiteral: $0.key), Optional($0.value)) }
        do {
            let result = try await Subprocess.run(
                program.contains("/") ? .path(FilePath(program)) : .name(program),
                arguments: Arguments(Array(command.dropFirst())),
                environment: .inherit.updating(Dictionary(uniqueKeysWithValues: added)),
                platformOptions: options, input: .currentStandardInput,
                output: onlyErrors ? FileDescriptorOutput.currentStandardError : .currentStandardOutput,
                error: .currentStandardError)
            return switch result.terminationStatus {
            case .exited(let code): .exited(code)
            case .signaled(let signal): .signalled(signal)
            }
        } catch let error as SubprocessError {
            throw LaunchError(description: "cannot run \(program): \(error)")
        }
    }
}
