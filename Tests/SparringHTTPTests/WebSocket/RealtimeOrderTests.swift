import SparringEngine
import SparringExchange
import SparringScenario
import SparringWire
import TestSupport
import Testing

@testable import SparringHTTP

/// Tests events of a Realtime client that arrive together, on bare connections.
@Suite("The order of Realtime events on the wire", .timeLimit(.minutes(20)))
struct RealtimeOrderTests {
    private static let rules = """
        rules:
          - when: { event: response.create, last.user: { contains: hello } }
            text: heard
            times: forever
          - when: { event: response.create }
            text: one two three four five six seven eight
            stream: { every: 200ms }
            times: forever
        """
    private static let update = #"{"type":"session.update","session":{"type":"realtime","output_modalities":["text"]}}"#
    private static let create = #"{"type":"response.create"}"#

    private static func item(_ text: String) -> String {
        #"{"type":"conversation.item.create","item":{"type":"message","role":"user","content":"#
            + #"[{"type":"input_text","text":"\#(text)"}]}}"#
    }

    @Test("A response that is asked for in one write with its item answers that item")
    func itemFirst() async throws {
        try await Self.play { client in
            try client.send([Self.update, Self.item("hello"), Self.create])
            let types = client.receive(until: "response.done")
            #expect(types.last?.contains("heard") == true)
            let created = types.firstIndex { $0.contains("\"type\":\"response.created\"") }
            let added = types.firstIndex { $0.contains("\"type\":\"conversation.item.done\"") }
            #expect(try #require(added) < #require(created))
        }
    }

    @Test("A response is cancelled by an event that arrives in one write with events before it")
    func cancelLast() async throws {
        try await Self.play { client in
            try client.send([Self.update, Self.create])
            _ = client.receive(until: "response.output_text.delta")
            try client.send([Self.item("a"), Self.item("b"), #"{"type":"response.cancel"}"#])
            let done = client.receive(until: "response.done").last
            #expect(done?.contains("client_cancelled") == true)
        }
    }

    private static func play(_ body: @escaping @Sendable (RealtimeWire) throws -> Void) async throws {
        let text = "schema: 1\nscenario: order\n\(rules)\n"
        let engine = Engine(
            scenario: try ScenarioLoader.load(text: text, file: "s.yaml", errors: .api).get(),
            wallClock: { 1_795_232_605 })
        try await Fixture.with(responder: engine) { server in
            let port = server.port
            try await blocking { try body(RealtimeWire(port: port)) }
        }
    }
}
