import SparringConformance
import SparringJSON

/// The client under test: a program that finds the server through its environment, one process a case.
package struct Subject: Sendable {
    /// The program and its arguments; `{base_url}`, `{api_key}`, `{prompt}` and `{case}` stand for the case's own.
    package var command: [String]

    /// Beside what it finds the server by.
    private let environment: [String: String]

    package init(command: [String], environment: [String: String] = [:]) {
        self.command = command
        self.environment = environment
    }

    /// Proxies would come between, and would be graded instead.
    static let proxyVariables = ["http_proxy", "https_proxy", "all_proxy"].flatMap { [$0, $0.uppercased()] }

    /// The base URL marks what the program starts: port and token together are of this run alone, a token by itself is not.
    func process(for session: CaseSession) -> SubjectProcess {
        SubjectProcess(
            command: command.map { fill($0, session) }, environment: environment(session),
            input: session.subject.task.json(session: session.token).text() + "\n",
            mark: "OPENAI_BASE_URL=\(session.baseURL)")
    }

    private func fill(_ argument: String, _ session: CaseSession) -> String {
        let values = [
            "{base_url}": session.baseURL, "{api_key}": session.apiKey, "{prompt}": session.prompt,
            "{case}": session.subject.id,
        ]
        return values.reduce(argument) { $0.replacing($1.key, with: $1.value) }
    }

    private func environment(_ session: CaseSession) -> [String: String?] {
        var environment: [String: String?] = [
            "OPENAI_BASE_URL": session.baseURL, "OPENAI_API_BASE": session.baseURL, "OPENAI_API_KEY": session.apiKey,
            "OPENAI_AGENTS_DISABLE_TRACING": "1", "NO_PROXY": "127.0.0.1,localhost", "no_proxy": "127.0.0.1,localhost",
            "SPARRING_CASE": session.subject.id, "SPARRING_PROMPT": session.prompt,
            "SPARRING_TASK": session.subject.task.json(session: session.token).text(),
            "SPARRING_STREAM": session.subject.task.operation.isStream ? "1" : "0",
            "SPARRING_SEED": String(session.seed), "SPARRING_PROTOCOL": "1",
        ]
        for (name, value) in self.environment { environment[name] = value }
        for name in Self.proxyVariables { environment[name] = .some(nil) }
        return environment
    }
}
