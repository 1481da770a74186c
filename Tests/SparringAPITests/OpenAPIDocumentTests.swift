import SparringJSON
import SparringWire
import Testing

@testable import SparringAPI

@Suite("OpenAPI documents")
struct OpenAPIDocumentTests {
    private static let text = #"""
        {"openapi":"3.1.0","servers":[{"url":"https://api.example.com/v1/"}],
         "paths":{
          "/things":{
           "parameters":[],
           "get":{"operationId":"listThings","responses":{"200":{"content":{"application/json":{"schema":{"type":"object",
            "required":["data"],"properties":{"data":{"type":"array","items":{"$ref":"#/components/schemas/Thing"},"minItems":1}}}}}}}},
           "post":{"operationId":"makeThing","responses":{"400":{},"201":{"content":{
            "application/json":{"schema":{"$ref":"#/components/schemas/Thing"}},
            "text/event-stream":{"schema":{"$ref":"#/components/schemas/Event"}}}}}}},
          "/things/new":{"get":{"operationId":"newThing","responses":{"200":{"description":"none"}}}},
          "/things/{id}":{"get":{"operationId":"thing","responses":{"200":{"$ref":"#/components/responses/Thing"}}}},
          "/things/{id}/picture":{"get":{"operationId":"picture","responses":{"200":{"content":{"image/webp":{}}}}}},
          "/never":{"get":{"operationId":"never","responses":{"200":{"content":{"application/json":{"schema":false}}}}}}},
         "components":{
          "responses":{"Thing":{"content":{"application/json":{"schema":{"$ref":"#/components/schemas/Thing"}}}}},
          "schemas":{
           "Thing":{"type":"object","required":["id","kind"],"properties":{"id":{"type":"string"},
            "kind":{"allOf":[{"$ref":"#/components/schemas/Kind"}],"description":"which"}}},
           "Kind":{"type":"string","enum":["small","large"]},
           "Event":{"type":"object","required":["type"],"properties":{"type":{"type":"string","enum":["thing.made"]}}}}}}
        """#

    private static func document() throws -> OpenAPIDocument {
        try OpenAPIDocument(try JSONValue.parse(Array(text.utf8)))
    }

    private static func answer(_ method: String, _ path: String, isStream: Bool = false) throws -> Answer? {
        guard case .operation(let operation, let parameters) = try document().route(method: method, path: path[...])
        else {
            return nil
        }
        let context = AnswerInput(created: 0)
        var ids = IDMint(seed: 1)
        return operation.answer(parameters: parameters, isStream: isStream, context: context, ids: &ids)
    }

    private static func body(_ answer: Answer?) -> String {
        guard case .whole(let bytes) = answer?.body else { return "" }
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test(
        "A generic operation answers by its schema, under the server's path, with its status",
        arguments: [
            ("GET", "/v1/things", 200, #"{"data":[{"id":"text","kind":"small"}]}"#),
            ("HEAD", "/v1/things", 200, #"{"data":[{"id":"text","kind":"small"}]}"#),
            ("POST", "/v1/things", 201, #"{"id":"text","kind":"small"}"#),
        ])
    func shapes(method: String, path: String, status: Int, body: String) throws {
        let answer = try Self.answer(method, path)
        #expect(answer?.status == status)
        #expect(Self.body(answer) == body + "\n")
    }

    @Test("A generic answer has the id in the path")
    func names() throws {
        #expect(Self.body(try Self.answer("GET", "/v1/things/th%2F1")) == #"{"id":"th/1","kind":"small"}"# + "\n")
    }

    @Test("A literal path segment takes precedence over a parameter, and may have no content")
    func nothing() throws {
        let answer = try Self.answer("GET", "/v1/things/new")
        #expect(answer?.body == Answer.Body.none)
        #expect(answer?.headers["content-type"] == nil)
    }

    @Test("A generic answer that is not JSON has its own content type")
    func pictures() throws {
        #expect(try Self.answer("GET", "/v1/things/1/picture")?.headers["content-type"] == "image/webp")
    }

    @Test("A generic stream is one event and [DONE]")
    func streams() throws {
        guard case .events(let events) = try Self.answer("POST", "/v1/things", isStream: true)?.body else {
            Issue.record("no stream")
            return
        }
        #expect(events.map(\.name) == ["thing.made", nil])
        #expect(events.last == .done)
    }

    @Test("A generic answer names its operation in x-sparring-generic")
    func mark() throws {
        #expect(try Self.answer("GET", "/v1/things")?.headers["x-sparring-generic"] == "listThings")
    }

    @Test("An unknown path of a document has no route, and another method is a wrong method")
    func unknown() throws {
        let document = try Self.document()
        for path in ["/v1/thing", "/things", "/v1/things/1/2"] {
            let isKnown = document.route(method: "GET", path: path[...]) != nil
            #expect(!isKnown, "\(path) is known")
        }
        guard case .wrongMethod = document.route(method: "DELETE", path: "/v1/things") else {
            Issue.record("DELETE was found")
            return
        }
    }

    @Test("An operation whose schema allows no value is listed as unanswerable and not served")
    func unanswerable() throws {
        let document = try Self.document()
        #expect(document.unanswerable == ["never"])
        #expect(document.operations.count == 5)
    }

    @Test(
        "An OpenAPI document without paths, or of another version, is rejected",
        arguments: [#"{}"#, #"{"openapi":"2.0"}"#, #"{"openapi":"3.1.0","paths":{}}"#])
    func refused(text: String) throws {
        let value = try JSONValue.parse(Array(text.utf8))
        #expect(throws: OpenAPIDocument.Problem.self) { try OpenAPIDocument(value) }
    }
}
