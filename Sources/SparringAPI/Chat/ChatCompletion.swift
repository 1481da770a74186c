import SparringJSON
import SparringTokens
import SparringWire

/// The content of a chat answer, cut at the client's limits and counted, before it becomes a body or events.
struct ChatCompletion {
    let id: String
    let created: Int
    let model: String
    /// Nil on reasoning models, which send no fingerprint; empty on search models.
    let fingerprint: String?
    var message: Message
    /// The call ids of each choice.
    let callIDs: [[String]]
    /// The audio ids of each choice.
    let audioIDs: [String]
    let usage: ChatUsage

    struct Message {
        var text: String?
        var refusal: String?
        var calls: [ToolCall] = []
        /// The spoken audio; if there is audio, the message's text is its transcript.
        var audio: AudioClip?
        var finish = "stop"
        /// Tokens of one choice, without reasoning.
        var tokens = 0
        var reasoningTokens = 0
    }

    init(_ content: Content, for request: ChatRequest, context: AnswerInput, ids: inout IDMint) {
        id = request.traits.searches ? ids.uuid(Self.idPrefix) : Self.id(&ids)
        created = context.created
        model = request.model.snapshot
        message = Self.message(content, request, context)
        fingerprint =
            request.model.isReasoning ? nil : request.traits.searches ? "" : Self.fingerprint(request)
        let calls = message.calls.count
        callIDs = (0..<request.choices).map { _ in (0..<calls).map { _ in ids.base62("call_", count: 24) } }
        audioIDs = message.audio == nil ? [] : (0..<request.choices).map { _ in ids.hex("audio_", count: 32) }
        usage = Self.usage(message, request, context.promptCache)
    }

    private static let idPrefix = "chatcmpl-"

    static func id(_ ids: inout IDMint) -> String { ids.base62(idPrefix, count: 29) }

    private static func message(_ content: Content, _ request: ChatRequest, _ context: AnswerInput) -> Message {
        var message = Message()
        switch content {
        case .text(let text): message.text = text
        case .refusal(let text): message.refusal = text
        case .toolCalls(let calls, let text):
            message.text = text
            message.calls = calls.map { request.tools.isCustom($0.name) ? $0.asCustom : $0 }
            message.finish = request.tools.isForced ? "stop" : request.tools.isLegacy ? "function_call" : "tool_calls"
        }
        cut(&message, request, reasoning: context.reasoningTokens)
        if case .incomplete(let reason)? = context.ending {
            message.finish = reason == "max_output_tokens" ? "length" : reason
        }
        if request.audioFormat != nil, message.text != nil { message.audio = AudioClip(tenths: message.tokens) }
        return message
    }

    private static func usage(
        _ message: Message, _ request: ChatRequest, _ cache: CacheablePrompt.Use
    ) -> ChatUsage {
        var usage = ChatUsage(
            prompt: request.promptTokens, completion: (message.tokens + message.reasoningTokens) * request.choices)
        usage.cached = cache.cached
        usage.cacheWrites = ResponsesGeneration(request.model).countsCacheWrites ? cache.written : nil
        usage.reasoning = message.reasoningTokens * request.choices
        if let predicted = request.predicted {
            let (accepted, rejected) = ChatPrediction.compare(
                predicted, with: message.text ?? "", request.model.counter)
            usage.acceptedPrediction = accepted * request.choices
            usage.rejectedPrediction = rejected * request.choices
            // Rejected prediction tokens are billed too.
            usage.completion += usage.rejectedPrediction
        }
        if request.traits.speaks {
            // Recorded: speech has about twenty tokens a second.
            let spoken = (message.audio?.tenths ?? 0) * 2 * request.choices
            usage.audio = ChatUsage.Audio(prompt: request.audioTokens, completion: spoken)
            usage.completion += spoken
        }
        return usage
    }

    /// Applies stop sequences, which end the text before them, and the output limit, which may cut inside a call.
    /// - Parameter reasoning: reasoning tokens, which count before the first word. If the reasoning tokens reach the limit, there is no
    ///   text.
    private static func cut(_ message: inout Message, _ request: ChatRequest, reasoning: Int) {
        if let text = message.text, let end = firstStop(in: text, request.stops) {
            message.text = String(text[..<end])
            message.calls = []
            message.finish = "stop"
        }
        message.reasoningTokens = min(reasoning, request.outputLimit)
        var left = request.outputLimit - message.reasoningTokens
        if reasoning > 0, left == 0 {
            (message.text, message.refusal, message.calls) = ("", nil, [])
            message.finish = "length"
            return
        }
        // The tokens of the framing around the text count as well, and are used up first.
        let frame = message.calls.isEmpty ? request.model.textFrame : request.model.frame(ofCalls: message.calls)
        message.tokens = min(frame, left)
        left -= message.tokens
        func cut(_ text: String) -> String {
            let (tokens, end) = request.model.counter.prefix(of: text, limit: left)
            message.tokens += tokens
            left -= tokens
            guard end < text.endIndex else { return text }
            message.finish = "length"
            return String(text[..<end])
        }
        if let text = message.text { message.text = cut(text) }
        if let refusal = message.refusal { message.refusal = cut(refusal) }
        for index in message.calls.indices {
            message.calls[index].arguments = cut(message.calls[index].arguments)
            guard message.finish == "length" else { continue }
            message.calls.removeSubrange((index + 1)...)
            break
        }
    }

    /// The index of the earliest stop sequence.
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

    /// The fingerprint. The fingerprint is the same for the same model and seed, as it is on a backend that has not changed.
    private static func fingerprint(_ request: ChatRequest) -> String {
        let seed = UInt64(truncatingIfNeeded: request.fingerprintSeed)
        var mint = IDMint(seed: FNV1a.hash(request.model.snapshot, seed: seed))
        return mint.hex("fp_", count: 10)
    }
}
