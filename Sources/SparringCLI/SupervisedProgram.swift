import Sparring
import SparringDriver
import SparringEngine

/// One run of the program after `--` against a server.
enum SupervisedProgram {
    enum Ending: Sendable {
        case ended(ChildProcess.Status)
        case interrupted(Int32)
        case undriven(String)
    }

    /// The program's end or a signal, whichever comes first; the loser is cancelled, which ends the program's process group.
    ///
    /// - Parameter onlyErrors: what the program says on standard output goes to our standard error.
    static func run(
        _ command: [String], against server: MockServer, _ signals: Signals, onlyErrors: Bool = false
    ) async -> Ending {
        let environment = environment(of: server)
        let received = signals.received
        return await withTaskGroup(of: Ending.self) { group in
            group.addTask {
                do {
                    return .ended(
                        try await ChildProcess.run(command, environment: environment, onlyErrors: onlyErrors))
                } catch {
                    return .undriven("\(error)")
                }
            }
            group.addTask {
                for await signal in received { return .interrupted(signal) }
                return .undriven("nothing listens for signals any more")
            }
            let ending = await group.next() ?? .undriven("nothing ran")
            group.cancelAll()
            return ending
        }
    }

    private static func environment(of server: MockServer) -> [String: String] {
        [
            "OPENAI_BASE_URL": server.baseURL, "OPENAI_API_BASE": server.baseURL, "OPENAI_API_KEY": server.apiKey,
            "NO_PROXY": "127.0.0.1,localhost", "no_proxy": "127.0.0.1,localhost", "OPENAI_AGENTS_DISABLE_TRACING": "1",
            "SPARRING_SEED": String(server.engine.seed), "SPARRING_PROTOCOL": "1",
        ]
    }
}
