import SparringJSON
import Subprocess
import Synchronization
import SystemPackage

/// A session driver's process, once: commands go in, lines come out, and nothing of it is left when it has ended.
struct DriverProcess: Sendable {
    /// What it writes.
    let lines: AsyncStream<OutputLines.Piece>
    private let input: Input
    private let errors: OutputTail
    private let life: Task<String, Never>

    /// Starts it, in a session (POSIX) of its own.
    /// - Parameter environment: changes to ours; nil removes.
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
            throw LaunchError(description: "there is no pipe for the driver: \(error)")
        }
    }

    /// What it no longer reads is lost.
    func send(_ command: JSONValue) { input.write(Array((command.text() + "\n").utf8)) }

    /// Ends its input: it finishes what it has begun, and exits.
    func endInput() { input.close() }

    /// SIGTERM to all of it, two seconds, SIGKILL.
    func terminate() {
        life.cancel()
        input.close()
    }

    /// How it ended, once it has.
    func ending() async -> String { await life.value }

    /// Where the standard error that it writes from now on begins.
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
            return "the driver cannot be run: \(launcher.program): \(error)"
        }
    }

    /// The write end of its standard input. A write may come while another task closes it.
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
