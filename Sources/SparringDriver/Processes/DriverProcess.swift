import SparringJSON
import Subprocess
import Synchronization
import SystemPackage

/// A running process of a session driver. The driver reads commands and writes lines. When it ends, its child processes are
/// also ended.
struct DriverProcess: Sendable {
    /// The lines of its standard output.
    let lines: AsyncStream<OutputLines.Piece>
    private let input: Input
    private let errors: OutputTail
    private let life: Task<String, Never>

    /// Starts the driver in a new POSIX session.
    ///
    /// - Parameter environment: changes to the environment of this process; nil removes a variable.
    static func start(
        _ command: [String], environment: [String: String?]
    ) throws(LaunchError) -> DriverProcess {
        do {
            let (commands, lines, errors) = (try Pipe.make(), try OutputLines(), try OutputTail())
            let standard = (input: commands.readEnd, output: lines.writeEnd, error: errors.writeEnd)
            let life = Task { await live(command, environment, standard) }
            return DriverProcess(
                lines: lines.pieces, input: Input(commands.writeEnd), errors: errors, life: life)
        } catch {
            throw LaunchError(description: "cannot create a pipe for the driver: \(error)")
        }
    }

    /// Sends a command. If the process no longer reads, the command is lost.
    func send(_ command: JSONValue) { input.write(Array((command.text() + "\n").utf8)) }

    /// Closes the process's input, so that it finishes its cases and ends.
    func endInput() { input.close() }

    /// Ends the process and its children with SIGTERM, and after two seconds with SIGKILL.
    func terminate() {
        life.cancel()
        input.close()
    }

    /// Waits for the end of the process, and returns how it ended.
    func ending() async -> String { await life.value }

    /// The current position in the process's standard error.
    var errorMark: Int { errors.count }

    func standardError(since mark: Int) -> String { errors.text(since: mark) }

    private static func live(
        _ command: [String], _ environment: [String: String?],
        _ standard: (input: FileDescriptor, output: FileDescriptor, error: FileDescriptor)
    ) async -> String {
        let launcher = ProgramLauncher(command: command, environment: environment, seclusion: .session)
        do {
            let status = try await launcher.run(
                input: .fileDescriptor(standard.input, closeAfterSpawningProcess: true),
                output: .fileDescriptor(standard.output, closeAfterSpawningProcess: true),
                error: .fileDescriptor(standard.error, closeAfterSpawningProcess: true))
            return switch status {
            case .exited(let code): "the driver ended with exit code \(code)"
            case .signaled(let signal): "the driver was ended by signal \(signal)"
            }
        } catch {
            return "the driver cannot be started: \(launcher.program): \(error)"
        }
    }

    /// The write end of the process's standard input. One task may write while another task closes the write end.
    private final class Input: Sendable {
        private let end: Mutex<FileDescriptor?>

        init(_ end: FileDescriptor) { self.end = Mutex(end) }

        func write(_ bytes: [UInt8]) {
            end.withLock { end in _ = try? end?.writeAll(bytes) }
        }

        func close() {
            end.withLock { end in
                try? end?.close()
                end = nil
            }
        }
    }
}
