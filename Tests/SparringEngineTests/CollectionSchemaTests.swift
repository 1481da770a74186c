import SparringExchange
import SparringJSON
import SparringScenario
import SparringWire
import Testing

@testable import SparringAPI
@testable import SparringEngine

@Suite("Schemas of stored objects")
struct CollectionSchemaTests {
    private static let document = OpenAPIDocument.builtIn
    private static let completion = SchemaCompletion(document)

    /// Whether the value has every member that the schema requires, in an allowed form.
    private static func conforms(_ value: JSONValue, to schema: JSONValue) -> Bool {
        completion.completed(value, as: schema) == value
    }

    private static func path(_ operation: APIOperation, id: String) -> String {
        operation.path.dropFirst(3).split(separator: "/").map { part in
            if part.hasPrefix("{") {
                part.dropFirst().dropLast() == operation.lastParameter ?? "" ? id : "x_1"
            } else {
                String(part)
            }
        }.reduce("") { "\($0)/\($1)" }
    }

    @Test("The object of every collection conforms to the schema of each answer that shows it")
    func everyCollection() throws {
        let index = CollectionIndex(Self.document.operations.lazy.map { ($0.method, $0.path) })
        let server = ObjectServer(validation: .examples, servesRetired: true)
        var count = 0
        for operation in Self.document.operations where operation.endpoint == nil {
            guard let place = index.place(method: operation.method, path: operation.path), place.role == .create,
                let answer = Self.document.description(of: operation).answer
            else { continue }
            count += 1
            let body = Self.document.description(of: operation).body
            let request = body.flatMap { Self.document.example(of: $0.schema) } ?? [:]
            let created = server.send("POST", Self.path(operation, id: ""), request.text())
            #expect(Self.conforms(created.json, to: answer), "\(operation.name): \(created.text)")
            guard let id = created.json["id"]?.string else { continue }
            server.pass(.seconds(2))
            for other in Self.document.operations where other.method == "GET" {
                guard let seen = index.place(method: "GET", path: other.path), seen.collection == place.collection,
                    seen.role == .retrieve || seen.role == .list,
                    let schema = Self.document.description(of: other).answer
                else { continue }
                let shown = server.send("GET", Self.path(other, id: id))
                #expect(Self.conforms(shown.json, to: schema), "\(other.name): \(shown.text)")
            }
        }
        #expect(count > 30)
    }

    @Test("A union answers in the variant that the request names")
    func union() {
        let target = #""target":{"type":"existing_session","session_id":"s","input":[]}"#
        let server = ObjectServer()
        let once = server.send(
            "POST", "/agents/automations", #"{"type":"once","name":"n","run_at":9,\#(target)}"#,
            headers: ["x-sparring-validation": "lenient"]
        ).json
        #expect((once["type"], once["run_at"]) == ("once", 9))
        #expect(once["expression"] == nil)
        let periodic = server.send(
            "POST", "/agents/automations", #"{"type":"periodic","name":"n","expression":"* * * * *",\#(target)}"#,
            headers: ["x-sparring-validation": "lenient"]
        ).json
        #expect((periodic["type"], periodic["expression"]) == ("periodic", "* * * * *"))
        #expect(periodic["timezone"]?.string != nil)
    }

    @Test("A member in a form that the answer does not allow is completed, replaced or left out")
    func forms() throws {
        let schema = try JSONValue.parse(
            #"""
            {"type":"object","required":["kind","size","parts"],"properties":{"kind":{"enum":["a","b"]},
             "size":{"type":"integer"},"note":{"type":"string"},
             "parts":{"type":"array","items":{"anyOf":[{"type":"object","required":["type","file"],
              "properties":{"type":{"const":"file"},"file":{"type":"string"}}},{"type":"object","required":["type","text"],
              "properties":{"type":{"const":"text"},"text":{"type":"object","required":["value","marks"],
               "properties":{"value":{"type":"string"},"marks":{"type":"array","items":{}}}}}}]}}}}
            """#)
        let given = try JSONValue.parse(#"{"kind":"c","size":"7","note":[],"parts":"Hi","more":1}"#)
        #expect(
            Self.completion.completed(given, as: schema)
                == [
                    "size": 7, "parts": [["type": "text", "text": ["value": "Hi", "marks": []]]], "more": 1,
                    "kind": "a",
                ])
        #expect(Self.completion.completed("text", as: schema) == nil)
    }

    @Test("A union that contains itself ends without taking long")
    func depth() throws {
        let node = ##"{"anyOf":[{"$ref":"#/components/schemas/A"},{"$ref":"#/components/schemas/B"}]}"##
        let type = ##"{"type":"object","properties":{"next":\##(node)}}"##
        let document = try OpenAPIDocument(
            try JSONValue.parse(
                ##"{"openapi":"3.1.0","paths":{"/a":{}},"components":{"schemas":{"A":\##(type),"B":\##(type)}}}"##))
        var value: JSONValue = [:]
        for _ in 0..<100 { value = ["next": value] }
        let completed = SchemaCompletion(document).completed(value, as: try JSONValue.parse(node))
        #expect(completed?["next"] != nil)
    }
}
