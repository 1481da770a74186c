package import SparringJSON

/// What the client is asked to do.
package struct CaseTask: Sendable, Hashable {
    package enum Operation: String, Sendable, Hashable, CaseIterable {
        case chat
        case chatStream = "chat.stream"
        case responses
        case responsesStream = "responses.stream"
        case embeddings
        case upload = "files.upload"
        case download = "files.download"
        case batch

        package var isStream: Bool { self == .chatStream || self == .responsesStream }
    }

    package var operation: Operation
    /// `{{session}}` stands for the case's own token, so that an answer cannot be taken for another case's.
    package var prompt: String
    package var model: String
    /// What a program with a memory says after the first answer. That one it carries back then, as it has read it.
    package var then: String?
    /// Tools to offer, in the API's own words.
    package var tools: [JSONValue]
    /// Of the object that the answer is to be, as JSON Schema.
    package var schema: JSONValue?
    /// What is embedded; the prompts of a batch, a line each; the content of a file.
    package var texts: [String]
    /// The id of the file that is read.
    package var file: String?
    /// The call is left after so many events.
    package var cancelAfter: Int?
    /// How long the call may take.
    package var timeout: Duration?

    package init(
        operation: Operation = .chat, prompt: String = "ping {{session}}", model: String = "gpt-4o-mini",
        then: String? = nil, tools: [JSONValue] = [], schema: JSONValue? = nil, texts: [String] = [],
        file: String? = nil, cancelAfter: Int? = nil, timeout: Duration? = nil
    ) {
        self.operation = operation
        self.prompt = prompt
        self.model = model
        self.then = then
        self.tools = tools
        self.schema = schema
        self.texts = texts
        self.file = file
        self.cancelAfter = cancelAfter
        self.timeout = timeout
    }

    package func prompt(session: String) -> String { Self.fill(prompt, session: session) }

    static func fill(_ text: String, session: String) -> String { text.replacing("{{session}}", with: session) }

    /// What the program reads, on standard input and in `SPARRING_TASK`.
    package func json(session: String) -> JSONValue {
        var task: JSONObject = [
            "op": .string(operation.rawValue), "model": .string(model),
            "messages": [["role": "user", "content": .string(prompt(session: session))]],
            "stream": .bool(operation.isStream),
        ]
        if let then { task["then"] = .string(Self.fill(then, session: session)) }
        if !tools.isEmpty { task["tools"] = .array(tools) }
        task["schema"] = schema
        if !texts.isEmpty { task["texts"] = .strings(texts.map { Self.fill($0, session: session) }) }
        if let file { task["file"] = .string(file) }
        task["cancel"] = cancel
        task["options"] = options
        return .object(task)
    }

    /// When to leave the call; nil where it is not to be left.
    var cancel: JSONValue? { cancelAfter.map { ["after_events": .int($0)] } }

    /// What the client is to be set to; nil where it is left as it is.
    var options: JSONValue? { timeout.map { ["timeout_ms": .int(Int($0 / .milliseconds(1)))] } }

    /// What a client sends first that does no more than what is asked: a path below the base URL, and a body of JSON. Nil where its
    /// first request is none of that kind.
    package func request(session: String) -> (path: String, body: JSONValue)? {
        let prompt = JSONValue.string(prompt(session: session))
        var body: JSONObject = ["model": .string(model)]
        let path: String
        switch operation {
        case .chat, .chatStream:
            path = "/chat/completions"
            body["messages"] = [["role": "user", "content": prompt]]
            body["response_format"] = schema.map { schema in
                ["type": "json_schema", "json_schema": ["name": "answer", "strict": true, "schema": schema]]
            }
        case .responses, .responsesStream:
            path = "/responses"
            body["input"] = prompt
            body["text"] = schema.map { schema in
                ["format": ["type": "json_schema", "name": "answer", "strict": true, "schema": schema]]
            }
        case .embeddings:
            path = "/embeddings"
            body["input"] = .strings(texts.map { Self.fill($0, session: session) })
        case .upload, .download, .batch: return nil
        }
        if operation.isStream { body["stream"] = true }
        if !tools.isEmpty { body["tools"] = .array(tools) }
        return (path, .object(body))
    }
}
