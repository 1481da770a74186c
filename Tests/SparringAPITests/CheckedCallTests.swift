import SparringJSON
import Testing

@testable import SparringAPI

@Suite("Calls of a model")
struct CheckedCallTests {
    private static let calls = Endpoint.allCases.filter { $0.kind == .model }

    @Test("Every endpoint that asks a model, and no other, names what checks its requests")
    func rows() {
        #expect(Endpoint.allCases.filter { $0.operation.call != nil } == Self.calls)
    }

    @Test("A body that is no object is refused alike by every call", arguments: calls)
    func unparsable(endpoint: Endpoint) {
        let bodies: [JSONValue?] = [nil, JSONValue.null, [1]]
        for body in bodies {
            let error = #expect(throws: APIError.self) { try endpoint.check(body, models: .builtIn) }
            #expect(error?.message == APIError.unparsable.message)
        }
    }

    @Test("A request to an endpoint that asks no model is refused, whatever its body says")
    func noCall() {
        let body: JSONValue = ["model": "gpt-4o-mini", "messages": [["role": "user", "content": "hi"]]]
        let error = #expect(throws: APIError.self) { try Endpoint.batchCreation.check(body, models: .builtIn) }
        #expect(error?.code == "sparring_unsupported")
    }

    @Test("A session that makes up what is missing knows a model for every call", arguments: calls)
    func examples(endpoint: Endpoint) throws {
        let call = try LenientRequest(endpoint, body: .object(JSONObject()), models: .builtIn).call(.examples)
        #expect(call.model.id == endpoint.operation.call?.exampleModel(for: endpoint) || endpoint == .moderations)
    }

    @Test("A session that lets any model in has one of that name for every call", arguments: calls)
    func admitted(endpoint: Endpoint) {
        let model = endpoint.operation.call?.admitted("my-own", to: endpoint, from: .builtIn)
        #expect(model?.id == "my-own")
        #expect(ModelTable.builtIn.admitting("my-own", to: endpoint)["my-own"] == model)
    }
}
