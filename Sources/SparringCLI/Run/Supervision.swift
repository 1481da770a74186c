import Sparring
import SparringDriver
import SparringEngine

/// How a program that ran together with a server ended.
enum Supervision: Sendable {
    case ended(ChildProcess.Status)
    case interrupted(Int32)
    case clientUnavailable(String)

    /// Waits for the end of the program or for a signal, whichever comes first. After a signal, ends the program's
    /// process group.
    ///
    /// - Parameters:
    ///   - onlyErrors: whether the program's standard output goes to this process's standard error.
    ///   - watch: copies the program's output to the streams of this process.
    static func of(
        _ command: [String], environment: [String: String], until signals: Signals, onlyErrors: Bool = false,
        through watch: ProgramOutput? = nil
    ) async -> Supervision {
        let received = signals.received
        return await withTaskGroup(of: Supervision.self) { group in
            group.addTask {
                do {
                    return .ended(
                        try await ChildProcess.run(
                            command, environment: environment, onlyErrors: onlyErrors, through: watch))
                } catch {
                    return .clientUnavailable("\(error)")
                }
            }
            group.addTask {
                for await signal in received { return .interrupted(signal) }
                return .clientUnavailable("the stream of signals ended")
            }
            let ending = await group.next() ?? .clientUnavailable("the program was not started")
            group.cancelAll()
            return ending
        }
    }

    /// The variables in which official clients look for the server.
    static func environment(baseURL: String, apiKey: String) -> [String: String] {
        [
            "OPENAI_BASE_URL": baseURL, "OPENAI_API_BASE": baseURL, "OPENAI_API_KEY": apiKey,
            "NO_PROXY": "127.0.0.1,localhost", "no_proxy": "127.0.0.1,localhost", "OPENAI_AGENTS_DISABLE_TRACING": "1",
        ]
    }

    static func environment(of server: MockServer) -> [String: String] {
        let own = ["SPARRING_SEED": String(server.engine.seed), "SPARRING_PROTOCOL": "1"]
        return environment(baseURL: server.baseURL, apiKey: server.apiKey).merging(own) { $1 }
    }
}
