import SparringJSON
import SparringTokens
package import SparringWire

extension ChatRequest {
    /// The answer as one JSON body, or as events where the caller asked for a stream.
    package func answer(saying content: Content, context: inout AnswerContext) -> Answer {
        let completion = ChatCompletion(content, for: self, context: &context)
        let type = digest.isStream ? "text/event-stream; charset=utf-8" : "application/json"
        let headers = StandardHeaders.fields(contentType: type, context: &context, rateLimits: context.rateLimits)
        if let stored {
            let whole = (try? JSONValue.parse(completion.body(self))) ?? .null
            let seed = Int(truncatingIfNeeded: context.ids.next() >> 1)
            context.storedCompletion = StoredCompletion(
                whole, to: stored, requestID: headers["x-request-id"] ?? "", seed: seed)
        }
        guard digest.isStream else {
            return Answer(status: 200, headers: headers, body: .whole(completion.body(self)))
        }
        var stream = ChatStream(completion, self, padding: includesObfuscation ? context.ids : nil)
        return Answer(status: 200, headers: headers, body: .events(stream.make()))
    }
}

/// What a chat answer says, cut to the caller's limits and counted, before it takes the shape of a body or of events.
struct ChatCompletion {
    let id: String
    let created: Int
    let model: String
    /// Nil on reasoning models, whose answers have none.
    let fingerprint: String?
    var message: Message
    /// The call ids differ from choice to choice.
    let callIDs: [[String]]
    let promptTokens: Int
    let completionTokens: Int

    struct Message {
        var text: String?
        var refusal: String?
        var calls: [ToolCall] = []
        var finish = "stop"
        /// Tokens of one choice.
        var tokens = 0
    }

    init(_ content: Content, for request: ChatRequest, context: inout AnswerContext) {
        id = context.ids.base62("chatcmpl-", count: 29)
        created = context.created
        model = request.model.snapshot
        message = Self.message(content, request)
        fingerprint = request.model.isReasoning ? nil : Self.fingerprint(request)
        let calls = message.calls.count
        callIDs = (0..<request.choices).map { _ in (0..<calls).map { _ in context.ids.base62("call_", count: 24) } }
        promptTokens = request.promptTokens
        completionTokens = message.tokens * request.choices
    }

    private static func message(_ content: Content, _ request: ChatRequest) -> Message {
        var message = Message()
        switch content {
        case .text(let text): message.text = text
        case .refusal(let text): message.refusal = text
        case .toolCalls(let calls, let text):
            message.text = text
            message.calls = calls
            message.finish = request.tools.isForced ? "stop" : request.tools.isLegacy ? "function_call" : "tool_calls"
        }
        cut(&message, request)
        return message
    }

    /// Stop sequences end the text before them; the output limit ends whatever comes first, in the middle of a call as well.
    private static func cut(_ message: inout Message, _ request: ChatRequest) {
        if let text = message.text, let end = firstStop(in: text, request.stops) {
            message.text = String(text[..<end])
            message.calls = []
            message.finish = "stop"
        }
        var left = request.outputLimit
        func cut(_ text: String) -> String {
            let (tokens, end) = TokenEstimate.prefix(of: text, limit: left)
            message.tokens += tokens
            left -= tokens
            guard end < text.endIndex else { return text }
            message.finish = "length"
            return String(text[..<end])
        }
        if let text = message.text { message.text = cut(text) }
        if let refusal = message.refusal { message.refusal = cut(refusal) }
        for index in message.calls.indices {
            message.tokens += TokenEstimate.count(message.calls[index].name) + 8
            message.calls[index].arguments = cut(message.calls[index].arguments)
            guard message.finish == "length" else { continue }
            message.calls.removeSubrange((index + 1)...)
            break
        }
    }

    /// Where the earliest of the sequences begins.
    static func firstStop(in text: String, _ stops: [String]) -> String.Index? {
        guard !stops.isEmpty else { return nil }
        let utf8 = Array(text.utf8)
        let first = stops.compactMap { stop -> Int? in
            let wanted = Array(stop.utf8)
            guard !wanted.isEmpty, wanted.count <= utf8.count else { return nil }
            return (0...(utf8.count - wanted.count)).first { utf8[$0..<($0 + wanted.count)].elementsEqual(wanted) }
        }
        return first.min().map { text.utf8.index(text.startIndex, offsetBy: $0) }
    }

    /// The same for the same model and seed, as for a backend that has not changed.
    private static func fingerprint(_ request: ChatRequest) -> String {
        let hash = request.model.snapshot.utf8.reduce(UInt64(truncatingIfNeeded: request.fingerprintSeed)) {
            ($0 ^ UInt64($1)) &* 0x100_0000_01B3
        }
        var mint = IDMint(seed: hash)
        return mint.hex("fp_", count: 10)
    }

    // MARK: The body

    func body(_ request: ChatRequest) -> [UInt8] {
        var writer = JSONWriter(style: .pretty, reserving: 1536)
        writer.object { writer in
            writer.member("id", id)
            writer.member("object", "chat.completion")
            writer.member("created", created)
            writer.member("model", model)
            writer.member("choices") { writer in
                writer.array { writer in
                    for index in 0..<request.choices { writer.element { write(choice: index, request, to: &$0) } }
                }
            }
            writer.member("usage") { ChatUsage.write(prompt: promptTokens, completion: completionTokens, to: &$0) }
            writer.member("service_tier", request.serviceTier)
            writer.member("system_fingerprint", orNull: fingerprint)
        }
        writer.raw("\n")
        return writer.bytes
    }

    private func write(choice index: Int, _ request: ChatRequest, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("index", index)
            writer.member("message") { writer in
                writer.object { writer in
                    writer.member("role", "assistant")
                    writer.member("content", orNull: message.text)
                    if !message.calls.isEmpty {
                        writer.member("tool_calls") { writer in
                            writer.array { writer in
                                for (call, id) in zip(message.calls, callIDs[index]) {
                                    writer.element { Self.write(call, id, to: &$0) }
                                }
                            }
                        }
                    }
                    writer.member("refusal", orNull: message.refusal)
                    writer.member("annotations") { $0.array { _ in } }
                }
            }
            if let top = request.topLogprobs {
                writer.member("logprobs") { $0.raw(ChatLogprobs.whole(message, top: top)) }
            } else if !request.model.isReasoning {
                writer.null("logprobs")
            }
            writer.member("finish_reason", message.finish)
        }
    }

    private static func write(_ call: ToolCall, _ id: String, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("id", id)
            writer.member("type", "function")
            writer.member("function") { writer in
                writer.object { writer in
                    writer.member("name", call.name)
                    writer.member("arguments", call.arguments)
                }
            }
        }
    }
}

/// The `usage` object of chat answers, with its details.
enum ChatUsage {
    static func write(prompt: Int, completion: Int, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("prompt_tokens", prompt)
            writer.member("completion_tokens", completion)
            writer.member("total_tokens", prompt + completion)
            writer.member("prompt_tokens_details") { writer in
                writer.object { writer in
                    writer.member("cached_tokens", 0)
                    writer.member("audio_tokens", 0)
                }
            }
            writer.member("completion_tokens_details") { writer in
                writer.object { writer in
                    writer.member("reasoning_tokens", 0)
                    writer.member("audio_tokens", 0)
                    writer.member("accepted_prediction_tokens", 0)
                    writer.member("rejected_prediction_tokens", 0)
                }
            }
        }
    }
}
