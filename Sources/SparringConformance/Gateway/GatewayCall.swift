package import SparringJSON
package import SparringWire

/// A call that the client makes through a gateway, once or several times.
package struct GatewayCall: Sendable, Hashable {
    package var isStream: Bool
    /// The prompt. The token of the call is added to the prompt, so that each answer can be assigned to its call.
    package var prompt: String
    /// The bytes of text between the prompt and the token.
    package var filler: Int
    /// Further members of the request's body.
    package var body: JSONObject
    package var headers: HeaderFields
    package var key: Key
    /// The point at which the client disconnects before the end of the answer.
    package var leave: Leave?
    /// The time for which the client does not read after the head of the answer.
    package var pause: Duration?
    /// The number of times that the client repeats the call after 408, 409, 429 and 5xx, as the official packages do.
    package var retries: Int
    /// The number of times that the call is made.
    package var times: Int
    /// Whether the calls are made at the same time.
    package var isTogether: Bool
    /// Whether the call uses the token of the case, so that equal calls have equal prompts.
    package var repeatsPrompt: Bool

    package init(
        isStream: Bool = false, prompt: String = "ping", filler: Int = 0, body: JSONObject = JSONObject(),
        headers: HeaderFields = HeaderFields(), key: Key = .usual, leave: Leave? = nil, pause: Duration? = nil,
        retries: Int = 0, times: Int = 1, isTogether: Bool = false, repeatsPrompt: Bool = false
    ) {
        self.isStream = isStream
        self.prompt = prompt
        self.filler = filler
        self.body = body
        self.headers = headers
        self.key = key
        self.leave = leave
        self.pause = pause
        self.retries = retries
        self.times = times
        self.isTogether = isTogether
        self.repeatsPrompt = repeatsPrompt
    }

    /// The key that the client sends.
    package enum Key: String, Sendable, Hashable, CaseIterable {
        case usual, other, limited, budget, wrong
    }

    package enum Leave: Sendable, Hashable {
        case afterEvents(Int)
        case after(Duration)
    }

    /// The prompt of the call with this token. A stream repeats it word by word, so the filler consists of words.
    package func text(token: String) -> String {
        guard filler > 0 else { return "\(prompt) \(token)" }
        let words = String(repeating: "lorem ipsum ", count: filler / 12 + 1)
        return "\(prompt) \(words)\(token)"
    }

    /// The body of the request.
    package func request(model: String, token: String) -> JSONValue {
        var object: JSONObject = [
            "model": .string(model),
            "messages": [["role": "user", "content": .string(text(token: token))]],
        ]
        if isStream {
            object["stream"] = true
            object["stream_options"] = ["include_usage": true]
        }
        for member in body.members { object[member.name] = member.value }
        return .object(object)
    }
}
