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

    @Test("A lenient session accepts any model name for every call", arguments: calls)
    func admitted(endpoint: Endpoint) {
        let model = endpoint.operation.call?.admitted("my-own", to: endpoint, from: .builtIn)
        #expect(model?.id == "my-own")
        #expect(ModelTable.builtIn.admitting("my-own", to: endpoint)["my-own"] == model)
    }
}
