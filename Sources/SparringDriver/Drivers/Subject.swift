import SparringConformance
import SparringExchange
import SparringJSON

/// The client under test as a program that gets the server's address in its environment, one process per case.
package struct Subject: Driver {
    /// The program and its arguments; `{base_url}`, `{api_key}`, `{prompt}` and `{case}` are replaced for each case.
    package var command: [String]

    /// Variables in addition to the server's address.
    private let environment: [String: String]

    package init(command: [String], environment: [String: String] = [:]) {
        self.command = command
        self.environment = environment
    }

    package var isShared: Bool { false }

    /// The result of a case: how the process ended, and the outcome if the process prints an outcome as its last line.
    package func play(
        _ session: CaseSession, deadline: @escaping @Sendable () async -> String
    ) async throws(LaunchError) -> DriverResult {
        let start = session.now
        let ended = try await process(for: session).run(deadline: deadline)
        let outcome: Outcome?
        do {
            outcome = try Outcome.printed(in: ended.standardOutput)
        } catch {
            throw LaunchError(description: "\(session.subject.id): the last line of the program's output: \(error)")
        }
        return DriverResult(
            ended.ending.observed(after: session.now - start), outcome: outcome,
            standardOutput: ended.standardOutput, standardError: ended.standardError)
    }

    /// These variables are unset for clients. If a proxy variable were set, the proxy would be graded instead of the client.
    static let proxyVariables = ["http_proxy", "https_proxy", "all_proxy"].flatMap { [$0, $0.uppercased()] }

    func process(for session: CaseSession) -> SubjectProcess {
        SubjectProcess(
            command: command.map { fill($0, session) }, environment: environment(session),
            input: session.subject.task.json(session: session.token).text() + "\n")
    }

    private func fill(_ argument: String, _ session: CaseSession) -> String {
        let values = [
            "{base_url}": session.baseURL, "{api_key}": session.apiKey, "{prompt}": session.prompt,
            "{case}": session.subject.id,
        ]
        return values.reduce(argument) { $0.replacing($1.key, with: $1.value) }
    }

    private func environment(_ session: CaseSession) -> [String: String?] {
        let own: [String: String?] = [
            "OPENAI_BASE_URL": session.baseURL, "OPENAI_API_BASE": session.baseURL, "OPENAI_API_KEY": session.apiKey,
            "SPARRING_CASE": session.subject.id, "SPARRING_PROMPT": session.prompt,
            "SPARRING_TASK": session.subject.task.json(session: session.token).text(),
            "SPARRING_STREAM": session.subject.task.operation.isStream ? "1" : "0",
            "SPARRING_SEED": String(session.seed),
        ]
        return own.merging(environment.mapValues(Optional.some)) { $1 }.merging(Self.surroundings) { $1 }
    }

    /// Changes to the environment of every client under test.
    static let surroundings: [String: String?] = {
        var environment: [String: String?] = [
            "OPENAI_AGENTS_DISABLE_TRACING": "1", "NO_PROXY": "127.0.0.1,localhost", "no_proxy": "127.0.0.1,localhost",
            "SPARRING_PROTOCOL": String(DriverProtocol.version),
        ]
        for name in proxyVariables { environment[name] = .some(nil) }
        return environment
    }()
}

extension SubjectProcess.Ending {
    fileprivate func observed(after time: Duration) -> Observation.Ending {
        switch self {
        case .exited(let code): .exited(code)
        case .signalled(let signal): .signalled(signal)
        case .expired(let waiting): .expired(after: time, waiting: waiting)
        }
    }
}
