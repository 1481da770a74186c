package import SparringJSON
package import SparringScenario

/// A numbered question to a client: a task, what the server does to it, and what a good client is seen to do.
///
/// The script is a scenario like any other; `expect` turns into checks with ids of their own.
package struct Case: Sendable {
    /// A stable slug such as `retry.429-then-ok`, never reused.
    package var id: String
    /// The suite that it came with, such as `2026.1`.
    package var since: String
    /// What a good client does, as a sentence.
    package var title: String
    /// What goes wrong where it does not.
    package var why: String
    /// What a reader can look up.
    package var references: [String]
    /// Capabilities that a client must claim for the case to apply.
    package var needs: [Capability]
    package var level: Level
    package var task: CaseTask
    package var scenario: Scenario
    package var expectation: Expectation
    /// Overrides the computed deadline.
    package var timeout: Duration?
    /// Its timing is tight: it runs alone, at the end.
    package var isExclusive: Bool
    /// The line of its file that it begins on.
    package var line: Int

    /// The first word of the id, which is the name of the file.
    package var theme: String { String(id.prefix { $0 != "." }) }

    /// The ids of its checks, in the order of the report.
    package var checkIDs: [String] { expectation.requirements(level: level).map { "\(id)#\($0.slug)" } }
}

/// What the client is asked to do.
package struct CaseTask: Sendable, Hashable {
    package enum Operation: String, Sendable, Hashable, CaseIterable {
        case chat
        case chatStream = "chat.stream"
        case responses
        case responsesStream = "responses.stream"
        case embeddings

        package var isStream: Bool { self == .chatStream || self == .responsesStream }
    }

    package var operation: Operation
    /// `{{session}}` stands for the case's own token, so that an answer cannot be taken for another case's.
    package var prompt: String
    package var model: String

    package init(operation: Operation = .chat, prompt: String = "ping {{session}}", model: String = "gpt-4o-mini") {
        self.operation = operation
        self.prompt = prompt
        self.model = model
    }

    package func prompt(session: String) -> String { Self.fill(prompt, session: session) }

    static func fill(_ text: String, session: String) -> String { text.replacing("{{session}}", with: session) }

    /// What the program reads, on standard input and in `SPARRING_TASK`.
    package func json(session: String) -> JSONValue {
        [
            "op": .string(operation.rawValue), "model": .string(model),
            "messages": [["role": "user", "content": .string(prompt(session: session))]],
            "stream": .bool(operation.isStream),
        ]
    }

    /// What a client sends that does no more than what is asked: a path below the base URL, and a body.
    package func request(session: String) -> (path: String, body: JSONValue) {
        let prompt = JSONValue.string(prompt(session: session))
        var body: JSONObject = ["model": .string(model)]
        switch operation {
        case .chat, .chatStream: body["messages"] = [["role": "user", "content": prompt]]
        case .responses, .responsesStream, .embeddings: body["input"] = prompt
        }
        if operation.isStream { body["stream"] = true }
        return (operation.path, .object(body))
    }
}

extension CaseTask.Operation {
    fileprivate var path: String {
        switch self {
        case .chat, .chatStream: "/chat/completions"
        case .responses, .responsesStream: "/responses"
        case .embeddings: "/embeddings"
        }
    }
}
