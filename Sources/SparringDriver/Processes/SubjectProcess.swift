import Subprocess
import SystemPackage

/// Runs the program under test once, in a new POSIX session, and reads its output. At its deadline, and after it has ended, all processes
/// of the program are ended.
struct SubjectProcess {
    /// The program, looked up in `PATH`, and its arguments.
    var command: [String]
    /// Changes to the environment of this process; nil removes a variable.
    var environment: [String: String?]
    /// Standard input. The input must fit into a pipe (64 kB), because it is written before the program reads.
    var input: String

    struct Outcome: Sendable {
        var ending: Ending
        var standardOutput: String
        var standardError: String
    }

    enum Ending: Sendable, Hashable {
        case exited(Int32)
        case signalled(Int32)
        /// Sparring ended the program at its deadline.
        case expired(waiting: String)
    }

    /// - Parameter deadline: returns when the time is over, with a text that says what the program was waiting for. If the task is
    /// cancelled, the program is ended in the same way as at its deadline: SIGTERM to all its processes, and SIGKILL after two seconds.
    func run(deadline: @escaping @Sendable () async -> String) async throws(LaunchError) -> Outcome {
        let (output, error) = try Self.tails()
        let ending: Ending
        do {
            ending = try await race(output.writeEnd, error.writeEnd, deadline)
        } catch {
            throw LaunchError(description: "cannot run \(command.first ?? ""): \(error)")
        }
        return Outcome(
            ending: ending, standardOutput: await output.text(patience: .seconds(1)),
            standardError: await error.text(patience: .seconds(1)))
    }

    private static func tails() throws(LaunchError) -> (OutputTail, OutputTail) {
        do {
            return (try OutputTail(), try OutputTail())
        } catch {
            throw LaunchError(description: "cannot create a pipe for the program's output: \(error)")
        }
    }

    private func race(
        _ output: FileDescriptor, _ error: FileDescriptor, _ deadline: @escaping @Sendable () async -> String
    ) async throws -> Ending {
        try await withThrowingTaskGroup(of: Ending.self) { group in
            group.addTask { try await self.start(output, error) }
            group.addTask { .expired(waiting: await deadline()) }
            let first = try await group.next()
            group.cancelAll()
            // If the deadline came first, the program has two seconds to end.
            if case .expired(let waiting) = first {
                _ = try? await group.next()
                return .expired(waiting: waiting)
            }
            return first ?? .expired(waiting: "")
        }
    }

    private func start(_ output: FileDescriptor, _ error: FileDescriptor) async throws -> Ending {
        let status = try await ProgramLauncher(command: command, environment: environment, seclusion: .session).run(
            input: .fileDescriptor(try standardInput(), closeAfterSpawningProcess: true),
            output: .fileDescriptor(output, closeAfterSpawningProcess: true),
            error: .fileDescriptor(error, closeAfterSpawningProcess: true))
        return switch status {
        case .exited(let code): .exited(code)
        case .signaled(let signal): .signalled(signal)
        }
    }

    private func standardInput() throws -> FileDescriptor {
        let pipe = try Pipe.make()
        _ = try pipe.writeEnd.closeAfter { try pipe.writeEnd.writeAll(Array(input.utf8)) }
        return pipe.readEnd
    }
}
