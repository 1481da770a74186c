package import SparringJSON
import SparringTokens

/// A checked `POST /v1/embeddings`.
///
/// Source: https://platform.openai.com/docs/api-reference/embeddings/create and recorded traffic
/// (docs/measurements/fidelity.md).
package struct EmbeddingsRequest: Sendable {
    package enum Input: Sendable, Hashable {
        case text(String)
        /// A text that the client has already tokenized.
        case tokens([Int])
    }

    package var model: ModelInfo
    package var inputs: [Input]
    /// Length of the vectors.
    package var dimensions: Int
    package var isBase64: Bool
    package var digest: CallDigest
    /// `usage.prompt_tokens`: the tokens of the texts, without framing.
    package var promptTokens: Int
    /// The tokens that the rate limit charges.
    package var estimatedTokens: Int

    static let maximumInputs = 2048
    static let maximumTokens = 300_000

    /// Checks a body. Unknown members are ignored, as in the API.
    package static func check(_ body: JSONValue, models: ModelTable) throws(APIError) -> EmbeddingsRequest {
        try check(body) { models[$0] }
    }

    static func check(_ body: JSONValue, model: (String) -> ModelInfo?) throws(APIError) -> EmbeddingsRequest {
        guard let object = body.object else { throw .unparsable }
        let id = try modelID(object["model"])
        // The API looks up the model before all other checks.
        guard let info = model(id) else { throw .embeddingsModelNotFound(id) }
        guard case .embedding(let length, let isShortenable) = info.kind else {
            throw APIError(
                status: 403, message: "You are not allowed to generate embeddings from this model", about: "model")
        }
        guard let input = object["input"], !input.isNull else {
            throw APIError(message: "'input' is a required property", about: "input")
        }
        let inputs = try inputs(input, takesEmpty: !isShortenable)
        let dimensions = try dimensions(object["dimensions"], of: length, isShortenable: isShortenable)
        let isBase64 = try isBase64(object["encoding_format"])
        // The models use `cl100k_base`: a number above its last token is invalid.
        for case .tokens(let tokens) in inputs
        where tokens.contains(where: { $0 > CompletionsRequest.Prompt.endOfText }) {
            throw .invalidEmbeddingsInput
        }
        if let user = object["user"]?.unlessNull, user.string == nil {
            throw APIError(message: "\(user.text()) is not of type 'string' - 'user'", about: "user")
        }
        return try EmbeddingsRequest(
            model: info, inputs: inputs, dimensions: dimensions ?? length, isBase64: isBase64)
    }

    private static func modelID(_ value: JSONValue?) throws(APIError) -> String {
        switch value {
        case nil, .some(.null), .some(.string("")):
            throw APIError(message: "you must provide a model parameter", about: "model")
        case .some(.string(let id)): return id
        case .some: throw .unparsable
        }
    }

    private init(model: ModelInfo, inputs: [Input], dimensions: Int, isBase64: Bool) throws(APIError) {
        self.model = model
        self.inputs = inputs
        self.dimensions = dimensions
        self.isBase64 = isBase64
        var tokens = 0
        var charge = 0
        var lastText: String?
        for input in inputs {
            let count: Int
            switch input {
            case .text(let text):
                count = max(1, model.counter.count(text))
                charge += (text.unicodeScalars.count + 3) / 4 + 2
                lastText = text
            case .tokens(let list):
                count = list.count
                charge += count
            }
            guard count <= model.contextWindow else { throw .inputTooLong(count, of: model.contextWindow) }
            tokens += count
        }
        guard tokens <= Self.maximumTokens else { throw .tooManyTokens(tokens, of: Self.maximumTokens) }
        promptTokens = tokens
        estimatedTokens = charge
        digest = CallDigest(lastUser: lastText)
    }

    /// The inputs are a text, a list of texts, a list of tokens, or a list of lists of tokens.
    ///
    /// - Parameter takesEmpty: whether the model accepts an empty text, as text-embedding-ada-002 does (recorded).
    private static func inputs(_ value: JSONValue, takesEmpty: Bool) throws(APIError) -> [Input] {
        switch value {
        case .string(let text): return [try Self.text(text, takesEmpty)]
        case .array(let values):
            guard let first = values.first else { throw APIError(message: "[] is too short - 'input'", about: "input") }
            // A list of tokens may be longer, because the model's context window limits it.
            guard values.count <= maximumInputs else {
                throw .arrayTooLong("input", maximum: maximumInputs, got: values.count)
            }
            if case .number = first { return [.tokens(try Self.tokens(values))] }
            var inputs: [Input] = []
            inputs.reserveCapacity(values.count)
            for value in values {
                switch (first, value) {
                case (.string, .string(let text)): inputs.append(try Self.text(text, takesEmpty))
                case (.array, .array(let list)): inputs.append(.tokens(try Self.tokens(list)))
                default: throw .invalidEmbeddingsInput
                }
            }
            return inputs
        default: throw .invalidEmbeddingsInput
        }
    }

    private static func text(_ text: String, _ takesEmpty: Bool) throws(APIError) -> Input {
        guard takesEmpty || !text.isEmpty else { throw .invalidEmbeddingsInput }
        return .text(text)
    }

    private static func tokens(_ values: [JSONValue]) throws(APIError) -> [Int] {
        guard !values.isEmpty else { throw .invalidEmbeddingsInput }
        var tokens: [Int] = []
        tokens.reserveCapacity(values.count)
        for value in values {
            guard let token = value.int, token >= 0 else { throw .invalidEmbeddingsInput }
            tokens.append(token)
        }
        return tokens
    }

    private static func dimensions(_ value: JSONValue?, of length: Int, isShortenable: Bool) throws(APIError) -> Int? {
        guard let value, !value.isNull else { return nil }
        guard let number = value.number, number.isInteger else {
            throw APIError(message: "\(value.text()) is not of type 'integer' - 'dimensions'", about: "dimensions")
        }
        guard number.double >= 1 else {
            throw APIError(
                message: "\(number.text) is less than the minimum of 1 - 'dimensions'", about: "dimensions")
        }
        guard isShortenable else {
            throw APIError(message: "This model does not support specifying dimensions.", about: "dimensions")
        }
        guard let count = number.int, count <= length else {
            throw APIError(
                message: "Invalid value for 'dimensions' = \(number.text). Must be less than or equal to \(length).",
                param: "dimensions"
            )
        }
        return count
    }

    private static func isBase64(_ value: JSONValue?) throws(APIError) -> Bool {
        guard let value, !value.isNull else { return false }
        switch value.string {
        case "float": return false
        case "base64": return true
        default:
            let got = value.string.map { "'\($0)'" } ?? value.text()
            throw APIError(
                message: "\(got) is not one of ['float', 'base64'] - 'encoding_format'", about: "encoding_format")
        }
    }
}

// MARK: - Errors of this endpoint

extension APIError {
    fileprivate static let invalidEmbeddingsInput = APIError(
        message:
            "'$.input' is invalid. Please check the API reference: https://platform.openai.com/docs/api-reference.",
        about: "input"
    )

    fileprivate static func embeddingsModelNotFound(_ id: String) -> APIError {
        APIError(
            status: 404,
            message: "The model `\(id)` does not exist or you do not have access to it.",
            code: "model_not_found",
            about: "model",
            layout: .routing
        )
    }

    fileprivate static func inputTooLong(_ count: Int, of limit: Int) -> APIError {
        APIError(
            message: "This model's maximum context length is \(limit) tokens, however you requested \(count) tokens "
                + "(\(count) in your prompt; 0 for the completion). Please reduce your prompt; or completion length."
        )
    }

    fileprivate static func tooManyTokens(_ count: Int, of limit: Int) -> APIError {
        APIError(
            type: "max_tokens_per_request",
            message: "Requested \(count) tokens, max \(limit) tokens per request",
            code: "max_tokens_per_request"
        )
    }
}
