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
        let document = try document()
        guard case .operation(let operation, let parameters) = document.route(method: method, path: path[...]) else {
            return nil
        }
        var ids = IDMint(seed: 1)
        return try ExampleAnswer(operation, parameters: parameters, isStream: isStream)
            .answer(from: document, context: AnswerInput(created: 0), ids: &ids)
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

    @Test("A generic stream is one event followed by [DONE]")
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

    @Test("An unknown path of a document has no route, and a known path with another method is a wrong method")
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

    @Test("An operation whose schema allows no value gets Sparring's own error")
    func unanswerable() throws {
        #expect(throws: APIError.unanswerable("never")) { try Self.answer("GET", "/v1/never") }
        #expect(try Self.document().operations.count == 6)
    }

    @Test("The program's own document has the 388 requests of the client, and names each by the client's method")
    func builtIn() {
        let document = OpenAPIDocument.builtIn
        // Seven of the 388 requests differ from others only by a query: `/responses?beta=true`.
        #expect(document.operations.count == 381)
        #expect(document.version == "3.57.0")
        #expect(document.operation(named: "images.generate")?.path == "/v1/images/generations")
        #expect(document.operation(named: "beta.threads.runs.create")?.family == "threads")
        guard case .operation(let found, let parameters) = document.route(method: "GET", path: "/v1/vector_stores/vs_1")
        else {
            Issue.record("no route")
            return
        }
        #expect(found.name == "vector_stores.retrieve")
        #expect(parameters == ["vector_store_id": "vs_1"])
    }

    @Test("Every emulated operation but the sockets is in the program's own document")
    func emulated() {
        let known = Set(OpenAPIDocument.builtIn.operations.compactMap(\.endpoint))
        #expect(Set(Endpoint.allCases.filter { $0.kind != .socket }).subtracting(known) == [])
    }

    @Test("Every operation of the program's own document has an answer, and no answer keeps a client polling")
    func everything() throws {
        let document = OpenAPIDocument.builtIn
        for operation in document.operations {
            let description = document.description(of: operation)
            guard let schema = description.answer else { continue }
            let value = try #require(document.example(of: schema), "\(operation.name)")
            let status = value["status"]?.string ?? ""
            let isWaiting = ["queued", "in_progress", "pending", "running", "validating", "created"].contains(status)
            #expect(!isWaiting, "\(operation.name) is \(status)")
        }
    }

    @Test("The table of models contains every model that the package lists for calls, with its last day")
    func models() throws {
        let document = OpenAPIDocument.builtIn
        let days = Dictionary(uniqueKeysWithValues: document.shutdowns.map { ($0.model, $0.day) })
        #expect(days.count > 90)
        for list in document.models where !["ImageModel", "VideoModel"].contains(list.list) {
            for name in list.names {
                let row = try #require(ModelTable.builtIn[name], "\(name) of \(list.list)")
                guard let day = days[name] else { continue }
                #expect(row.shutdown?.text == day, "\(name)")
            }
        }
    }

    @Test("Images have data, and their stream ends with a completed event")
    func images() throws {
        let document = OpenAPIDocument.builtIn
        let operation = try #require(document.operation(named: "images.generate"))
        var ids = IDMint(seed: 1)
        func answer(isStream: Bool) throws -> Answer {
            try ExampleAnswer(operation, parameters: [:], isStream: isStream)
                .answer(from: document, context: AnswerInput(created: 0), ids: &ids)
        }
        #expect(Self.body(try answer(isStream: false)).contains(#""data":[{"#))
        guard case .events(let events) = try answer(isStream: true).body else {
            Issue.record("no stream")
            return
        }
        #expect(events.map(\.name) == ["image_generation.partial_image", "image_generation.completed", nil])
    }

    @Test(
        "An OpenAPI document without paths, or of another version, is rejected",
        arguments: [#"{}"#, #"{"openapi":"2.0"}"#, #"{"openapi":"3.1.0","paths":{}}"#])
    func refused(text: String) throws {
        let value = try JSONValue.parse(Array(text.utf8))
        #expect(throws: OpenAPIDocument.Problem.self) { try OpenAPIDocument(value) }
    }
}
