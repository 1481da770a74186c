package import SparringJSON
import SparringWire

/// A checked call of a model. Each kind of request has an extension that conforms to this protocol, and the row of `Endpoint` names the
/// type.
package protocol CheckedCall: Sendable {
    /// - Parameters:
    ///   - endpoint: the requested endpoint, because two endpoints may share a type.
    ///   - body: an object.
    ///   - memory: the session's stored state that the body refers to.
    static func check(
        _ endpoint: Endpoint, _ body: JSONValue, models: ModelTable, memory: ResponsesMemory
    ) throws(APIError) -> Self

    /// The called model, whose `family` selects the limits.
    var model: ModelInfo { get }
    var digest: CallDigest { get }
    var promptTokens: Int { get }
    /// The tokens that the account is charged before the answer.
    var estimatedTokens: Int { get }

    /// The prompt in the form that the prompt cache needs; nil if the API does not cache the prompt.
    var cacheable: CacheablePrompt? { get }

    /// True if a step can script the content of the answer.
    static var speaks: Bool { get }
    /// Invented content, made from the request; nil if the answer makes its own text or has no text.
    var content: Content? { get }
    /// The reason why an answer that meets the request's constraints cannot be invented; nil if it can.
    var obstacle: String? { get }

    /// The reason why the API could not give this answer to this request; nil if it could.
    func objection(to content: Content?, reasoning: Int, ending: ResponsesEnding?) -> String?

    /// - Parameter content: the model's answer; nil for answers that make their own text or have no text.
    func render(saying content: Content?, context: AnswerInput, ids: inout IDMint) -> Rendered

    /// The call in a form whose answer follows the official OpenAPI document; nil if the API's normal answer already
    /// does.
    var asDocumented: (any CheckedCall)? { get }

    /// The model of a request that names none, in `examples` mode.
    static func exampleModel(for endpoint: Endpoint) -> String

    /// The model of that name, for sessions that accept any name: a known model even if it is shut down, or else an invented model.
    static func admitted(_ id: String, to endpoint: Endpoint, from models: ModelTable) -> ModelInfo
}

extension CheckedCall {
    package var cacheable: CacheablePrompt? { nil }

    /// The objection to a number of reasoning tokens, for calls whose answers do not count them.
    static func objection(toReasoning reasoning: Int) -> String? {
        reasoning == 0 ? nil : "`reasoning` applies to chat completions; for a response, script reasoning items"
    }
}

extension Endpoint {
    /// - Parameter body: the parsed body; nil if the body is not JSON.
    package func check(
        _ body: JSONValue?, models: ModelTable, memory: ResponsesMemory = ResponsesMemory()
    ) throws(APIError) -> any CheckedCall {
        guard let body, body.object != nil else { throw .unparsable }
        guard let call = operation.call else {
            throw APIError(
                message: "Sparring: \(rawValue) calls no model.", code: "sparring_unsupported",
                headers: ["x-should-retry": "false"])
        }
        return try call.check(self, body, models: models, memory: memory)
    }
}
