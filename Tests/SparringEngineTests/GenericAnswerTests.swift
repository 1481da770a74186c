import SparringAPI
import SparringExchange
import SparringJSON
import SparringScenario
import SparringWire
import Testing

@testable import SparringEngine

@Suite("Generic operations of an OpenAPI document")
struct GenericAnswerTests {
    private static func ask(
        _ method: String, _ path: String, headers: HeaderFields = ["authorization": "Bearer x"],
        hasDocument: Bool = true
    ) throws -> (exchange: Exchange, text: String) {
        let text =
            #"{"openapi":"3.1.0","paths":{"/things":{"get":{"operationId":"listThings","responses":{"200":{}}}},"#
            + #""/models":{"post":{"operationId":"makeModel","responses":{"200":{}}}}}}"#
        let document = try OpenAPIDocument(try JSONValue.parse(text))
        let engine = Engine(scenario: .auto, document: hasDocument ? document : nil, wallClock: { 0 })
        let performance = engine.respond(
            to: Request(method: method, target: "/v1" + path, headers: headers), connection: 1,
            now: Moment(nanoseconds: 0))
        return (performance.exchange, String(decoding: performance.script.bytes, as: UTF8.self))
    }

    @Test("A generic operation answers with its own id and a marker header")
    func answers() throws {
        let (exchange, text) = try Self.ask("GET", "/things")
        #expect(exchange.decision.status == 200)
        #expect(exchange.decision.endpoint == "listThings")
        #expect(!exchange.decision.isAuxiliary)
        #expect(text.contains("x-sparring-generic: listThings\r\n"))
    }

    @Test("A generic operation answers a method that is not emulated on an emulated path")
    func methods() throws { #expect(try Self.ask("POST", "/models").exchange.decision.endpoint == "makeModel") }

    @Test(
        "Emulated, unknown and unauthorized requests are not answered by the document",
        arguments: [("GET", "/nothing", 404), ("PATCH", "/things", 405), ("GET", "/models", 200)])
    func others(method: String, path: String, status: Int) throws {
        let (exchange, text) = try Self.ask(method, path)
        #expect(exchange.decision.status == status)
        #expect(!text.contains("x-sparring-generic"))
        #expect(try Self.ask("GET", "/things", headers: [:]).exchange.decision.status == 401)
        #expect(try Self.ask("GET", "/things", hasDocument: false).exchange.decision.status == 404)
    }
}
