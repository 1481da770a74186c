import SparringJSON
import Testing

@testable import SparringAPI

@Suite("Calls of a model")
struct CheckedCallTests {
    private static let calls = Endpoint.allCases.filter { $0.kind == .model }

    @Test("Exactly the endpoints that call a model have a type that checks their requests")
    func rows() {
        #expect(Endpoint.allCases.filter { $0.operation.call != nil } == Self.calls)
    }

    @Test("Every call rejects a body that is not an object with the same error", arguments: calls)
    func unparsable(endpoint: Endpoint) {
        let bodies: [JSONValue?] = [nil, JSONValue.null, [1]]
        for body in bodies {
            let error = #expect(throws: APIError.self) { try endpoint.check(body, models: .builtIn) }
            #expect(error?.message == APIError.unparsable.message)
        }
    }

    @Test("A call of an endpoint that calls no model is rejected with any body")
    func noCall() {
        let body: JSONValue = ["model": "gpt-4o-mini", "messages": [["role": "user", "content": "hi"]]]
        let error = #expect(throws: APIError.self) { try Endpoint.batchCreation.check(body, models: .builtIn) }
        #expect(error?.code == "sparring_unsupported")
    }

    @Test("A session with examples has a default model for every call", arguments: calls)
    func examples(endpoint: Endpoint) throws {
        let call = try LenientRequest(endpoint, body: .object(JSONObject()), models: .builtIn).call(.examples)
        #expect(call.model.id == endpoint.operation.call?.exampleModel(for: endpoint) || endpoint == .moderations)
    }

    /// Small bodies without a model.
    private static let bodies: [Endpoint: JSONValue] = [
        .chatCompletions: ["messages": [["role": "user", "content": "hi"]]], .responses: ["input": "hi"],
        .completions: ["prompt": ["a", "b"]], .embeddings: ["input": "hi"], .imageGenerations: ["prompt": "a cat"],
    ]

    @Test(
        "The largest and smallest numbers of 64 bits are accepted or refused, and never overflow",
        arguments: bodies.keys.sorted { $0.rawValue < $1.rawValue }, Validation.allCases)
    func extremeNumbers(endpoint: Endpoint, validation: Validation) throws {
        let names = [
            "n", "best_of", "seed", "logprobs", "top_logprobs", "dimensions", "max_tokens", "max_completion_tokens",
            "max_output_tokens", "max_tool_calls", "partial_images", "output_compression", "temperature",
        ]
        let least = try #require(Self.bodies[endpoint])
        let model = try #require(endpoint.operation.call?.exampleModel(for: endpoint))
        for name in names {
            for number in [Int.max, .min] {
                let body = least.replacing("model", with: .string(model)).replacing(name, with: .int(number))
                let request = LenientRequest(endpoint, body: body, models: .builtIn)
                guard let checked = try? request.call(validation) else { continue }
                #expect(checked.estimatedTokens.magnitude < 10_000_000, "\(name): \(number)")
            }
        }
    }

    @Test("A lenient session accepts any model name for every call", arguments: calls)
    func admitted(endpoint: Endpoint) {
        let model = endpoint.operation.call?.admitted("my-own", to: endpoint, from: .builtIn)
        #expect(model?.id == "my-own")
        #expect(ModelTable.builtIn.admitting("my-own", to: endpoint)["my-own"] == model)
    }
}
