package import SparringJSON

/// The call that the client makes in a case.
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
        /// Uploads a file in parts.
        case uploadInParts = "uploads"
        case transcription = "audio.transcription"
        case speech = "audio.speech"
        case moderation = "moderations"
        /// Requests a response in the background, and polls it.
        case background = "responses.background"
        /// Starts a fine-tuning job, and polls it.
        case fineTuning = "fine_tuning.job"
        /// Creates a response over a WebSocket.
        case responsesSocket = "responses.socket"
        /// Has a text answered in a Realtime session.
        case realtime
        /// Has a text answered in a Realtime session, with a spoken answer.
        case realtimeAudio = "realtime.audio"

        /// Whether the call is made over a WebSocket.
        package var isSocket: Bool { self == .responsesSocket || self == .realtime || self == .realtimeAudio }

        package var isStream: Bool { self == .chatStream || self == .responsesStream }

        /// Whether the call asks a model for an answer to messages.
        package var isConversation: Bool {
            switch self {
            case .chat, .chatStream, .responses, .responsesStream, .background: true
            case .responsesSocket, .realtime, .realtimeAudio: true
            case .embeddings, .upload, .download, .batch, .uploadInParts, .transcription, .speech, .moderation,
                .fineTuning:
                false
            }
        }
    }

    package var operation: Operation
    /// The prompt. `{{session}}` stands for the case's token, which distinguishes the case's answers from those of other cases.
    package var prompt: String
    package var model: String
    /// A second turn of the user, for programs with a memory. Such programs send the first answer back with the second turn, in the form in
    /// which they read it.
    package var then: String?
    /// Tools to offer, in the API's format.
    package var tools: [JSONValue]
    /// The JSON Schema of the object to request.
    package var schema: JSONValue?
    /// The texts to embed or to moderate; or the prompts of a batch, one for each line; or the content of a file or its
    /// parts.
    package var texts: [String]
    /// The id of the file to read, or of the training file.
    package var file: String?
    /// The format of a transcript (`response_format`), or of a spoken answer (`audio/pcm`); nil for the API's default.
    package var format: String?
    /// Whether the program shows the tokens of its calls, as `tokens N`.
    package var showsUsage: Bool
    /// The number of times that the client makes the call, one after another.
    package var calls: Int
    /// The number of events after which the client cancels the call.
    package var cancelAfter: Int?
    /// The time limit of the call.
    package var timeout: Duration?

    package init(
        operation: Operation = .chat, prompt: String = "ping {{session}}", model: String = "gpt-4o-mini",
        then: String? = nil, tools: [JSONValue] = [], schema: JSONValue? = nil, texts: [String] = [],
        file: String? = nil, format: String? = nil, showsUsage: Bool = false, calls: Int = 1, cancelAfter: Int? = nil,
        timeout: Duration? = nil
    ) {
        self.operation = operation
        self.prompt = prompt
        self.model = model
        self.then = then
        self.tools = tools
        self.schema = schema
        self.texts = texts
        self.file = file
        self.format = format
        self.showsUsage = showsUsage
        self.calls = calls
        self.cancelAfter = cancelAfter
        self.timeout = timeout
    }

    package func prompt(session: String) -> String { Self.fill(prompt, session: session) }

    /// The audio to transcribe: a quarter of a second of silence, as a WAV file (8 bits, 8 kHz, one channel) in base64.
    static let sound =
        "UklGRvYHAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YdIHAACA" + String(repeating: "gICA", count: 667)

    static func fill(_ text: String, session: String) -> String { text.replacing("{{session}}", with: session) }

    /// The task in the form in which the program receives the task, on standard input and in `SPARRING_TASK`.
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
        if let format { task["format"] = .string(format) }
        if showsUsage { task["usage"] = true }
        if calls > 1 { task["calls"] = .int(calls) }
        if operation == .transcription { task["audio"] = .string(Self.sound) }
        task["cancel"] = cancel
        task["options"] = options
        return .object(task)
    }

    /// The point at which to cancel the call; nil if the call is not cancelled.
    var cancel: JSONValue? { cancelAfter.map { ["after_events": .int($0)] } }

    /// Settings for the client; nil for its defaults.
    var options: JSONValue? { timeout.map { ["timeout_ms": .int(Int($0 / .milliseconds(1)))] } }

    /// The first request of a minimal client: its path below the base URL and its JSON body. On a WebSocket, the members of the client's
    /// `response.create`. Nil for file and batch tasks and Realtime sessions, which do not begin with such a body.
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
        case .responses, .responsesStream, .responsesSocket, .background:
            path = "/responses"
            if operation == .background { body["background"] = true }
            body["input"] = prompt
            body["text"] = schema.map { schema in
                ["format": ["type": "json_schema", "name": "answer", "strict": true, "schema": schema]]
            }
        case .embeddings:
            path = "/embeddings"
            body["input"] = .strings(texts.map { Self.fill($0, session: session) })
        case .moderation:
            path = "/moderations"
            body["input"] = .strings(texts.map { Self.fill($0, session: session) })
        case .speech:
            path = "/audio/speech"
            body["input"] = prompt
            body["voice"] = "alloy"
        case .fineTuning:
            path = "/fine_tuning/jobs"
            body["training_file"] = .string(file ?? "")
        case .upload, .download, .batch, .uploadInParts, .transcription, .realtime, .realtimeAudio: return nil
        }
        if operation.isStream { body["stream"] = true }
        if !tools.isEmpty { body["tools"] = .array(tools) }
        return (path, .object(body))
    }
}
