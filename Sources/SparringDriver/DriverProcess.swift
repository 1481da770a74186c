import SparringJSON
import Subprocess
import Synchronization
import SystemPackage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

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
        let mark = "SPARRING_DRIVER=\(String(UInt64.random(in: 0 ... .max), radix: 36))"
        do {
            let (commands, lines, errors) = (try Pipe.make(), try OutputLines(), try OutputTail())
            let standard = (input: commands.readEnd, output: lines.writeEnd, error: errors.writeEnd)
            let life = Task { await live(command, environment, mark: mark, standard) }
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
        _ command: [String], _ environment: [String: String?], mark: String,
        _ standard: (input: FileDescriptor, output: FileDescriptor, error: FileDescriptor)
    ) async -> String {
        let leader = Mutex<pid_t?>(nil)
        var options = PlatformOptions()
        options.createSession = true
        options.teardownSequence = [
            .send(signal: .terminate, toProcessGroup: true, allowedDurationToNextStep: .seconds(2)),
            .send(signal: .kill, toProcessGroup: true, allowedDurationToNextStep: .seconds(1)),
        ]
        var changes = Dictionary(
            uniqueKeysWithValues: environment.map { (Environment.Key(stringLiteral: $0.key), $0.value) })
        let value = mark.dropFirst("SPARRING_DRIVER=".count)
        changes["SPARRING_DRIVER"] = String(value)
        let program = command.first ?? ""
        let ending: String
        do {
            let result = try await Subprocess.run(
                program.contains("/") ? .path(FilePath(program)) : .name(program),
                arguments: Arguments(Array(command.dropFirst())), environment: .inherit.updating(changes),
                platformOptions: options, input: .fileDescriptor(standard.input, closeAfterSpawningProcess: true),
                output: .fileDescriptor(standard.output, closeAfterSpawningProcess: true),
                error: .fileDescriptor(standard.error, closeAfterSpawningProcess: true)
            ) { execution in leader.withLock { $0 = execution.processIdentifier.value } }
            ending =
                switch result.terminationStatus {
                case .exited(let code): "the driver ended with exit code \(code)"
                case .signaled(let signal): "the driver was ended by signal \(signal)"
                }
        } catch {
            ending = "the driver cannot be run: \(program): \(error)"
        }
        if let group = leader.withLock({ $0 }) { Sweep.end(group: group, mark: mark) }
        return ending
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
