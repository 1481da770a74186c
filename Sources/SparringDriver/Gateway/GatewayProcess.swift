import SparringConformance
package import SparringExchange
import Subprocess
import Synchronization
import SystemPackage

/// A gateway that Sparring starts, waits for and ends.
package final class GatewayProcess: Sendable {
    private let life: Task<String, Never>
    private let output: OutputTail
    private let ended = Mutex<String?>(nil)
    private let leader = LeaderBox()

    private final class LeaderBox: Sendable {
        let process = Mutex<Int32?>(nil)
    }

    /// Starts a command line with the shell, in a new POSIX session.
    ///
    /// - Parameter environment: variables in addition to the variables of this process.
    /// - Throws: `LaunchError` if no pipe can be created.
    package static func start(
        _ line: String, environment: [String: String]
    ) throws(LaunchError) -> GatewayProcess {
        do { return GatewayProcess(line, environment, output: try OutputTail()) } catch {
            throw LaunchError(description: "cannot create a pipe for the gateway: \(error)")
        }
    }

    private init(_ line: String, _ environment: [String: String], output: OutputTail) {
        self.output = output
        life = Task { [leader] in
            var launcher = ProgramLauncher(
                command: ["/bin/sh", "-c", line], environment: environment.mapValues(Optional.some), seclusion: .session
            )
            launcher.whenStarted = { process in leader.process.withLock { $0 = process } }
            do {
                // Both streams go into one pipe, like the lines of a log.
                let copy = try output.writeEnd.duplicate()
                let status = try await launcher.run(
                    input: .none,
                    output: .fileDescriptor(output.writeEnd, closeAfterSpawningProcess: true),
                    error: .fileDescriptor(copy, closeAfterSpawningProcess: true))
                return switch status {
                case .exited(let code): "it ended with exit code \(code)"
                case .signaled(let signal): "it was ended by signal \(signal)"
                }
            } catch {
                return "it cannot be started: \(error)"
            }
        }
        Task { [life] in
            let how = await life.value
            self.ended.withLock { $0 = how }
        }
    }

    /// How the process ended, with its last lines; nil while the process runs.
    package var endingWords: String? {
        ended.withLock(\.self).map { ending in
            let tail = tail()
            return "the gateway that --start started is not running: \(ending)" + (tail.isEmpty ? "" : "\n\(tail)")
        }
    }

    /// The last lines of the process's output.
    private func tail(_ count: Int = 12) -> String {
        output.text(since: 0).split(whereSeparator: \.isNewline).suffix(count).joined(separator: "\n")
    }

    /// The memory of the process and its children in bytes; nil if it is unknown.
    package var memory: Int? { leader.process.withLock(\.self).flatMap(SessionMemory.bytes) }

    /// Ends the process and its children with SIGTERM, and after two seconds with SIGKILL.
    package func stop() async {
        life.cancel()
        _ = await life.value
    }

    /// Waits until every replica answers over HTTP.
    ///
    /// - Throws: `LaunchError` if the process ends, or if a replica gives no answer within `patience`.
    package static func awaitReadiness(
        of client: GatewayClient, processes: [GatewayProcess], patience: Duration, clock: @Sendable () -> Moment
    ) async throws(LaunchError) {
        let start = clock()
        var ready = 0
        while ready < client.replicas.count {
            for process in processes {
                guard let words = process.endingWords else { continue }
                throw LaunchError(description: words)
            }
            let answer = await client.get("/models", timeout: .seconds(5))
            // The replicas are contacted one after another. After this many answers in a row, each replica has answered.
            ready = answer.status == nil ? 0 : ready + 1
            guard answer.status == nil else { continue }
            guard clock() - start < patience, !Task.isCancelled else {
                let urls = client.replicas.map(\.url).joined(separator: ", ")
                let tail = processes.map { $0.tail() }.joined(separator: "\n")
                throw LaunchError(
                    description:
                        "no gateway answers at \(urls) (\(answer.ending.words)): "
                        + (processes.isEmpty
                            ? "start it, start it with --start, or correct --through"
                            : "\(patience.inWords) after its start; give it more time with --patience, or correct --through")
                        + (tail.isEmpty ? "" : "\n\(tail)"))
            }
            try? await Task.sleep(for: .milliseconds(100))
        }
    }
}
