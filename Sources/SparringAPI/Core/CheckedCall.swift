package import SparringJSON
import SparringWire

/// A checked request to a model. Each kind has its conformance beside its request, and the row of `Endpoint` names it.
package protocol CheckedCall: Sendable {
    /// - Parameters:
    ///   - endpoint: the one that was asked, as two of them may share a kind of request.
    ///   - body: an object.
    ///   - memory: what the session holds of what the body asks for.
    static func check(
        _ endpoint: Endpoint, _ body: JSONValue, models: ModelTable, memory: ResponsesMemory
    ) throws(APIError) -> Self

    /// Its `family` is what limits count by.
    var model: ModelInfo { get }
    var digest: CallDigest { get }
    var promptTokens: Int { get }
    /// What the account is charged before the model says a word.
    var estimatedTokens: Int { get }

    /// What the prompt cache may know of; nil where the API caches nothing.
    var cacheable: CacheablePrompt? { get }

    // MARK: The answer

    /// Whether a step can put words into the answer.
    static var speaks: Bool { get }
    /// What the model might say, made up from the request; nil where the answer makes its own words, or has none.
    var content: Content? { get }
    /// Why there is no answer to be made up that keeps what the request demands; nil where there is one.
    var obstacle: String? { get }

    /// Why the API could not answer this request so, where it could not.
    func objection(to content: Content?, reasoning: Int, ending: ResponsesEnding?) -> String?

    /// - Parameter content: what the model says; nil for answers that make their own words, or have none.
    func render(saying content: Content?, context: AnswerInput, ids: inout IDMint) -> Rendered

    /// The call with an answer in the shape that the official OpenAPI document gives it; nil where the API itself keeps to that.
    var asDocumented: (any CheckedCall)? { get }

    // MARK: Requests that the API would refuse

    /// The model of a request that names none, where what is missing is made up.
    static func exampleModel(for endpoint: Endpoint) -> String

    /// The model of that name, as it was known, or as it might be where nothing is known of it: for sessions that let any name in.
    static func admitted(_ id: String, to endpoint: Endpoint, from models: ModelTable) -> ModelInfo
}

extension CheckedCall {
    package var cacheable: CacheablePrompt? { nil }

    /// The objection of every call whose answer does not count what a model thinks.
    static func objection(toReasoning reasoning: Int) -> String? {
        reasoning == 0 ? nil : "`reasoning` is counted for chat completions; a response has reasoning items"
    }
}

extension Endpoint {
    /// - Parameter body: nil where what came is not JSON.
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
