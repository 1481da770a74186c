package import SparringJSON
import SparringTokens

/// A checked `POST /v1/moderations`.
///
/// Source: https://platform.openai.com/docs/api-reference/moderations/create and the official OpenAPI document.
package struct ModerationsRequest: Sendable {
    /// An input that gets one result: a text, or a text and images together.
    struct Input: Sendable, Hashable {
        var text: String
        var hasText = true
        var hasImage = false
    }

    package var model: ModelInfo
    package var digest: CallDigest
    /// The estimated tokens of the inputs, because the API reports no usage for this endpoint.
    package var promptTokens: Int
    package var estimatedTokens: Int { promptTokens }
    var inputs: [Input]

    static let standardModel = "omni-moderation-latest"

    package static func check(_ body: JSONValue, models: ModelTable) throws(APIError) -> ModerationsRequest {
        guard let object = body.object else { throw .unparsable }
        let model = try route(object["model"]?.unlessNull, models)
        guard case .moderation(let readsImages) = model.kind else { throw .unparsable }
        try table.checkNames(of: object)
        guard let input = object["input"]?.unlessNull else { throw .missing("input") }
        return try ModerationsRequest(model, try inputs(input, readsImages: readsImages))
    }

    static let table = ParameterTable(besides: ["model", "input"], [])

    private init(_ model: ModelInfo, _ inputs: [Input]) throws(APIError) {
        self.model = model
        self.inputs = inputs
        digest = CallDigest(lastUser: inputs.last?.text)
        promptTokens = 0
        for input in inputs {
            let tokens = model.counter.count(input.text)
            guard tokens <= model.contextWindow else { throw ContextLength.prompt(model.contextWindow, tokens: tokens) }
            promptTokens += tokens
        }
    }

    /// Recorded: models of other endpoints, unknown and retired models all get this error.
    private static func route(_ value: JSONValue?, _ models: ModelTable) throws(APIError) -> ModelInfo {
        guard let value else {
            guard let model = models[standardModel] else { throw unknown(standardModel) }
            return model
        }
        guard let id = value.string else { throw .invalidType("model", expected: "a string", got: value) }
        guard let model = models[id], case .moderation = model.kind else { throw unknown(id) }
        return model
    }

    private static func unknown(_ id: String) -> APIError {
        APIError(
            message: "Invalid value for 'model' = \(id). Please check the OpenAI documentation and try again.",
            param: "model")
    }

    /// The inputs are a text, a list of texts, or the parts of one input.
    private static func inputs(_ value: JSONValue, readsImages: Bool) throws(APIError) -> [Input] {
        switch value {
        case .string(let text): return [Input(text: text)]
        case .array(let values):
            guard let first = values.first else { throw .emptyArray("input") }
            if case .object = first, readsImages { return [try parts(values)] }
            var inputs: [Input] = []
            for (index, value) in values.enumerated() {
                guard let text = value.string else {
                    throw .invalidType("input[\(index)]", expected: "a string", got: value)
                }
                inputs.append(Input(text: text))
            }
            return inputs
        default:
            let objects = readsImages ? ", array of strings, or array of objects" : " or array of strings"
            throw .invalidType("input", expected: "one of a string\(objects)", got: value)
        }
    }

    private static func parts(_ values: [JSONValue]) throws(APIError) -> Input {
        var input = Input(text: "", hasText: false)
        var texts: [String] = []
        for (index, value) in values.enumerated() {
            let path = "input[\(index)]"
            let part = try ParameterShape.object(value, path)
            guard let type = part["type"] else { throw .missing("\(path).type") }
            try ParameterShape.choice(["text", "image_url"]).check(type, at: "\(path).type")
            if type == "text" {
                guard let text = part["text"] else { throw .missing("\(path).text") }
                try ParameterShape.string().check(text, at: "\(path).text")
                texts.append(text.string ?? "")
                input.hasText = true
            } else {
                guard let image = part["image_url"] else { throw .missing("\(path).image_url") }
                try ParameterShape.requiring([Parameter("url", .string())]).check(image, at: "\(path).image_url")
                input.hasImage = true
            }
        }
        input.text = texts.joined(separator: "\n")
        return input
    }
}
