package import SparringJSON
import SparringTokens
import SparringWire

/// A checked `POST /v1/completions`, with everything that its answer depends on.
///
/// Source: https://platform.openai.com/docs/api-reference/completions/create and recorded traffic
/// (docs/measurements/fidelity.md).
package struct CompletionsRequest: Sendable {
    package enum Prompt: Sendable, Hashable {
        case text(String)
        /// A text that the client has already tokenized.
        case tokens([Int])
    }

    package var model: ModelInfo
    package var digest: CallDigest
    /// An estimate of `usage.prompt_tokens`; it is exact for prompts given as tokens.
    package var promptTokens: Int
    /// The tokens that the rate limit charges.
    package var estimatedTokens: Int
    var prompts: [Prompt]
    /// Number of answers to each prompt.
    var choices: Int
    /// Number of answers drawn for each prompt (`best_of`).
    var candidates: Int
    var stops: [String]
    /// The maximum number of tokens of each answer.
    var outputLimit: Int
    var echoes: Bool
    /// The text after the place to fill in.
    var suffix: String?
    /// Number of alternatives for each token; nil if log probabilities are not requested.
    var logprobs: Int?
    var includesUsage: Bool
    /// True if the first echoed token has null as its probability.
    var startsWithoutLogprob = true

    /// This limit bounds the work of one request. The API's own bound is not published; this is the bound of embeddings.
    static let maximumPrompts = 2048
    static let standardOutput = 16

    package static func check(_ body: JSONValue, models: ModelTable) throws(APIError) -> CompletionsRequest {
        guard let object = body.object else { throw .unparsable }
        let model = try route(object, models)
        try CompletionsParameters.table.checkNames(of: object)
        for (parameter, value) in CompletionsParameters.table.given(in: object) {
            try parameter.shape.check(value, at: parameter.name)
        }
        let request = CompletionsRequest(object, model)
        try request.checkTokens()
        try request.checkCombinations(object)
        try request.checkLength()
        return request
    }

    /// Looks up the model, which the API does before all other checks.
    private static func route(_ object: JSONObject, _ models: ModelTable) throws(APIError) -> ModelInfo {
        switch object["model"] {
        case nil, .some(.null), .some(.string("")):
            throw APIError(message: "you must provide a model parameter", about: "model")
        case .some(.string(let id)):
            guard let model = models[id] else { throw .modelNotFound(id) }
            switch model.kind {
            case .completion: return model
            case .chat, .responsesOnly:
                throw APIError(
                    status: 404,
                    message: "This is a chat model and not supported in the v1/completions endpoint. "
                        + "Did you mean to use v1/chat/completions?", param: "model")
            default:
                throw APIError(status: 403, message: "You are not allowed to sample from this model", about: "model")
            }
        case .some: throw .unparsable
        }
    }

    /// Recorded: if several tokens are invalid, the error names the first.
    private func checkTokens() throws(APIError) {
        let highest = Prompt.endOfText
        for case .tokens(let tokens) in prompts {
            guard let token = tokens.first(where: { $0 > highest }) else { continue }
            throw APIError(
                message:
                    "Invalid token in prompt: \(token). Minimum value is 0, maximum value is \(highest) (inclusive).",
                about: "prompt")
        }
    }

    private func checkCombinations(_ object: JSONObject) throws(APIError) {
        if object["best_of"]?.int != nil, candidates < choices {
            throw APIError(
                message: "You requested that the server return more choices than it will generate (HINT: you must set "
                    + "'n' (currently \(choices)) to be at most 'best_of' (currently \(candidates)), or omit either "
                    + "parameter if you don't specifically want to use them.)", about: "best_of")
        }
        if digest.isStream, candidates > choices {
            throw APIError(message: "Results cannot be streamed when 'best_of' is greater than 'n'.", param: "best_of")
        }
        if object["stream_options"]?.unlessNull != nil, !digest.isStream {
            throw APIError(
                message: "The 'stream_options' parameter is only allowed when 'stream' is enabled.",
                param: "stream_options")
        }
        guard case .completion(let takesSuffix) = model.kind else { return }
        if suffix != nil, !takesSuffix { throw .unsupportedParameter("suffix") }
        if echoes, prompts.contains(where: { $0.pieces(by: model.counter) == nil }) {
            throw APIError(
                message: model.counter.isExact
                    ? "Sparring: these tokens are not valid text, so they cannot be echoed: send text."
                    : "Sparring: an echo of a prompt of tokens needs the vocabulary: send the prompt as text, or run "
                        + "`sparring tokens install`.",
                param: "echo", code: "sparring_unsupported", headers: ["x-should-retry": "false"])
        }
    }

    /// The prompt and the answer share the context window.
    private func checkLength() throws(APIError) {
        for prompt in prompts {
            let tokens = prompt.tokenCount(by: model.counter) + suffixTokens
            guard outputLimit <= model.contextWindow - tokens else {
                throw ContextLength.prompt(model.contextWindow, tokens: tokens, completion: outputLimit)
            }
        }
    }

    // MARK: Reading

    private init(_ object: JSONObject, _ info: ModelInfo) {
        func given(_ name: String) -> JSONValue? { object[name]?.unlessNull }
        model = info
        let prompts = CompletionsParameters.prompts(given("prompt"))
        self.prompts = prompts
        let choices = given("n")?.int ?? 1
        self.choices = choices
        candidates = given("best_of")?.int ?? choices
        outputLimit = given("max_tokens")?.int ?? Self.standardOutput
        stops = given("stop")?.string.map { [$0] } ?? given("stop")?.array?.compactMap(\.string) ?? []
        echoes = given("echo")?.bool ?? false
        suffix = given("suffix")?.string.flatMap { $0.isEmpty ? nil : $0 }
        logprobs = given("logprobs")?.int
        includesUsage = given("stream_options")?["include_usage"]?.bool ?? false
        let texts = prompts.compactMap { prompt in if case .text(let text) = prompt { text } else { nil } }
        digest = CallDigest(lastUser: texts.last, isStream: given("stream")?.bool ?? false)
        let suffixTokens = suffix.map(info.counter.count) ?? 0
        promptTokens = prompts.reduce(0) { $0 + $1.tokenCount(by: info.counter) + suffixTokens }
        // Recorded: the estimate is a quarter of the characters of all text prompts, plus one for each prompt token, plus one for each
        // answer.
        let quarters = prompts.reduce(0) { $0 + $1.quarters }
        estimatedTokens = quarters / 4 + prompts.count * choices
    }

    private var suffixTokens: Int { suffix.map(model.counter.count) ?? 0 }
}

extension CompletionsRequest.Prompt {
    func tokenCount(by counter: TokenCounter) -> Int {
        switch self {
        case .text(let text): counter.count(text)
        case .tokens(let tokens): tokens.count
        }
    }

    /// The prompt as pieces of text; nil if the prompt consists of tokens that cannot be decoded.
    func pieces(by counter: TokenCounter) -> [TokenPiece]? {
        switch self {
        case .text(let text): counter.pieces(text)
        case .tokens([Self.endOfText]): [TokenPiece(text: "<|endoftext|>")]
        case .tokens(let ids): counter.pieces(ids: ids)
        }
    }

    func words(by counter: TokenCounter) -> String? {
        if case .text(let text) = self { return text }
        return pieces(by: counter)?.lazy.map(\.text).joined()
    }

    /// The id in `cl100k_base` of the mark between two documents. A model starts with this mark if there is no prompt.
    static let endOfText = 100_257

    /// The tokens that the rate limit counts for this prompt, in quarters of a token.
    fileprivate var quarters: Int {
        switch self {
        case .text(let text): text.unicodeScalars.count
        case .tokens(let tokens): tokens.count * 4
        }
    }
}
