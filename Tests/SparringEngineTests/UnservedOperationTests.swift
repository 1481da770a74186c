import SparringAPI
import SparringExchange
import SparringJSON
import SparringScenario
import SparringWire
import Testing

@testable import SparringEngine

@Suite("Operations that Sparring does not emulate")
struct UnservedOperationTests {
    private static func ask(
        _ method: String, _ path: String, headers: HeaderFields = ["authorization": "Bearer x"],
        document: OpenAPIDocument? = nil, servesRetired: Bool = false
    ) -> (decision: Exchange.Decision, text: String, report: RunReport) {
        let engine = Engine(
            scenario: .auto, document: document, servesRetired: servesRetired, wallClock: { 1_795_232_605 })
        let request = Request(method: method, target: path, headers: headers)
        let performance = engine.respond(to: request, connection: 1, now: Moment(nanoseconds: 0))
        engine.ended(performance, timeline: Timeline())
        return (
            performance.exchange.decision, String(decoding: performance.script.bytes, as: UTF8.self), RunReport(engine)
        )
    }

    @Test(
        "An operation that is not emulated is answered from the program's own document",
        arguments: [
            ("POST", "/v1/realtime/client_secrets"), ("GET", "/v1/containers"), ("GET", "/v1/skills"),
            ("GET", "/v1/webhook_event_types"), ("GET", "/openai/v1/containers"),
        ])
    func generic(method: String, path: String) {
        let (decision, text, report) = Self.ask(method, path)
        #expect(decision.status == 200)
        #expect(text.contains("x-sparring-generic: \(decision.endpoint ?? "")\r\n"))
        #expect(report.unmatched == [])
    }

    @Test(
        "An operation that the API has and the user's document lacks gets Sparring's own error and counts as unmatched")
    func unserved() throws {
        let document = try OpenAPIDocument(["openapi": "3.1.0", "paths": ["/things": ["get": ["responses": [:]]]]])
        let (decision, text, report) = Self.ask("POST", "/v1/decisions", document: document)
        #expect(decision.status == 404)
        #expect(text.contains("Sparring: POST /v1/decisions (decisions.create) is not in the document"))
        #expect(decision.unmatched?.contains("--openapi") == true)
        #expect(report.unmatched.count == 1 && !report.held)
    }

    @Test(
        "A path that the API does not have gets the API's 404 and does not count as unmatched",
        arguments: [
            ("/v1/nope", nil), ("/v1/chat/completion", nil), ("/v1/traces/ingest", nil), ("/", nil),
            ("/v1/assistants", "2026-08-26"), ("/v1/threads/t/runs", "2026-08-26"), ("/v1/videos", "2026-09-24"),
            ("/chat/completions", "no /v1"), ("/images/generations", "no /v1"), ("/v1/v1/chat/completions", "twice"),
            ("//responses", "no /v1"),
        ] as [(String, String?)])
    func unknown(path: String, hint: String?) {
        let (decision, text, report) = Self.ask("POST", path)
        #expect(decision.status == 404)
        #expect(text.contains("Invalid URL (POST "))
        #expect(report.unmatched == [])
        #expect((decision.warning == nil) == (hint == nil))
        if let hint { #expect(decision.warning?.contains(hint) == true) }
    }

    @Test("Operations that the API has shut down are answered if the server serves them")
    func retired() {
        let (decision, _, _) = Self.ask("GET", "/v1/assistants", servesRetired: true)
        #expect(decision.status == 200)
        #expect(decision.endpoint == "beta.assistants.list")
    }

    @Test(
        "A WebSocket handshake at a path without a WebSocket gets Sparring's own error and counts as unmatched",
        arguments: ["/v1/models", "/v1/live/sessions"])
    func webSockets(path: String) {
        let headers: HeaderFields = [
            "authorization": "Bearer x", "upgrade": "websocket", "connection": "Upgrade",
            "sec-websocket-version": "13",
        ]
        let (decision, text, report) = Self.ask("GET", path, headers: headers)
        #expect(decision.status == 400)
        #expect(text.contains("Sparring: this path has no WebSocket"))
        #expect(report.unmatched.count == 1)
    }
}
