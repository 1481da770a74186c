import SparringJSON
import SparringTokens
package import SparringWire

extension CompletionsRequest {
    /// Renders the answer as one JSON body, or as events if the client asked for a stream.
    ///
    /// - Parameter content: the scripted answer to every prompt. If the content is nil, a continuation of each prompt is invented.
    package func answer(saying content: Content?, context: AnswerInput, ids: inout IDMint) -> Answer {
        let completion = Completion(content, for: self, context: context, ids: &ids)
        let type = digest.isStream ? "text/event-stream" : "application/json"
        var headers = StandardHeaders.fields(
            contentType: type, context: context, ids: &ids, rateLimits: context.rateLimits, model: model.snapshot,
            counter: model.counter)
        headers.append("cache-control", "no-cache, must-revalidate")
        var answer = Answer(status: 200, headers: headers)
        answer.usage = Usage(input: completion.promptTokens, output: completion.completionTokens)
        answer.body =
            digest.isStream
            ? .events(CompletionsStream(completion, self).make()) : .whole(completion.body(self))
        return answer
    }
}

/// The content of a legacy completion, cut at the client's limits and counted, before it becomes a body or events.
struct Completion {
    let id: String
    let created: Int
    let model: String
    let promptTokens: Int
    /// Tokens of all drawn answers, including those that `best_of` discards.
    let completionTokens: Int
    /// One text for each prompt.
    let texts: [Text]

    struct Text {
        /// The prompt's pieces, if the answer repeats the prompt.
        var echo: [TokenPiece] = []
        var pieces: [TokenPiece] = []
        /// The number of tokens of the answer. If a character was cut, some of these tokens belong to no piece.
        var tokens = 0
        var finish = "stop"
        /// Offset of the first piece in characters; the prompt and the answer count as one text.
        var offset = 0
    }

    init(_ content: Content?, for request: CompletionsRequest, context: AnswerInput, ids: inout IDMint) {
        id = ids.base62("cmpl-", count: 29)
        created = context.created
        model = request.model.snapshot
        let words: String? = if case .text(let text) = content { text } else { nil }
        texts = request.prompts.map { Self.text(words, after: $0, request) }
        promptTokens = request.promptTokens
        completionTokens = texts.reduce(0) { $0 + $1.tokens } * request.candidates
    }

    /// Recorded: if the request has a suffix, offsets also count the suffix and four marks around the place to fill in.
    private static let suffixMarks = 55

    private static func text(_ words: String?, after prompt: CompletionsRequest.Prompt, _ request: CompletionsRequest)
        -> Text
    {
        let counter = request.model.counter
        let asked = prompt.words(by: counter)
        var words = words ?? AutoContent.continuation(of: asked)
        var text = Text()
        if let end = ChatCompletion.firstStop(in: words, request.stops) { words = String(words[..<end]) }
        let (tokens, end) = counter.prefix(of: words, limit: request.outputLimit)
        text.tokens = tokens
        if end < words.endIndex || request.outputLimit == 0 { text.finish = "length" }
        text.pieces = counter.pieces(String(words[..<end]))
        if request.echoes {
            text.echo = prompt.pieces(by: counter) ?? []
        } else {
            text.offset = asked?.unicodeScalars.count ?? 0
            if let suffix = request.suffix { text.offset += suffix.unicodeScalars.count + suffixMarks }
        }
        return text
    }

    // MARK: The body

    func body(_ request: CompletionsRequest) -> [UInt8] {
        var writer = JSONWriter(style: .pretty, reserving: 1024)
        writer.object { writer in
            writer.member("id", id)
            writer.member("object", "text_completion")
            writer.member("created", created)
            writer.member("model", model)
            writer.member("choices") { writer in
                writer.array { writer in
                    for index in 0..<(texts.count * request.choices) {
                        writer.element { write(choice: index, request, to: &$0) }
                    }
                }
            }
            writer.member("usage") { write(usageTo: &$0) }
        }
        writer.raw("\n")
        return writer.bytes
    }

    /// All answers to the first prompt come before those to the second.
    private func write(choice index: Int, _ request: CompletionsRequest, to writer: inout JSONWriter) {
        let text = texts[index / request.choices]
        writer.object { writer in
            writer.member("text", (text.echo + text.pieces).lazy.map(\.text).joined())
            writer.member("index", index)
            if let top = request.logprobs {
                writer.member("logprobs") { writer in
                    CompletionsLogprobs.write(
                        text.echo + text.pieces, from: text.offset,
                        isStart: request.startsWithoutLogprob && !text.echo.isEmpty, top: top, to: &writer)
                }
            } else {
                writer.null("logprobs")
            }
            writer.member("finish_reason", text.finish)
        }
    }

    func write(usageTo writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("prompt_tokens", promptTokens)
            writer.member("completion_tokens", completionTokens)
            writer.member("total_tokens", promptTokens + completionTokens)
        }
    }
}
