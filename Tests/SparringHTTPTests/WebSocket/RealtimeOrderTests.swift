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
            try Self.send([Self.update, Self.item("hello"), Self.create], on: client)
            let types = Self.receive(client, until: "response.done")
            #expect(types.last?.contains("heard") == true)
            let created = types.firstIndex { $0.contains("\"type\":\"response.created\"") }
            let added = types.firstIndex { $0.contains("\"type\":\"conversation.item.done\"") }
            #expect(try #require(added) < #require(created))
        }
    }

    @Test("A response is cancelled by an event that arrives in one write with events before it")
    func cancelLast() async throws {
        try await Self.play { client in
            try Self.send([Self.update, Self.create], on: client)
            _ = Self.receive(client, until: "response.output_text.delta")
            try Self.send([Self.item("a"), Self.item("b"), #"{"type":"response.cancel"}"#], on: client)
            let done = Self.receive(client, until: "response.done").last
            #expect(done?.contains("client_cancelled") == true)
        }
    }

    private static func play(_ body: @escaping @Sendable (RawSocket) throws -> Void) async throws {
        let text = "schema: 1\nscenario: order\n\(rules)\n"
        let engine = Engine(
            scenario: try ScenarioLoader.load(text: text, file: "s.yaml", errors: .api).get(),
            wallClock: { 1_795_232_605 })
        try await Fixture.with(responder: engine) { server in
            let port = server.port
            try await blocking {
                let client = try RawSocket(port: port)
                try client.send(handshake)
                let head = client.receiveBytes(endingWith: "\r\n\r\n").bytes
                #expect(head.starts(with: Array("HTTP/1.1 101 ".utf8)))
                try body(client)
            }
        }
    }

    private static let handshake = Fixture.get(
        "/v1/realtime?model=gpt-realtime",
        [
            "Host: x", "Authorization: Bearer x", "Connection: Upgrade", "Upgrade: websocket",
            "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        ])

    /// Sends the events in one write.
    private static func send(_ events: [String], on client: RawSocket) throws {
        let frames = events.map { event in
            var frame = SocketFrame.text(Array(event.utf8))
            frame.mask = [1, 2, 3, 4]
            return frame.bytes
        }
        try client.send(Array(frames.joined()))
    }

    /// The messages up to the first of this type, or until the server disconnects.
    private static func receive(_ client: RawSocket, until type: String) -> [String] {
        var reader = SocketReader(from: .server, limit: 1 << 24)
        var messages: [String] = []
        while messages.last?.contains("\"type\":\"\(type)\"") != true {
            let bytes = client.receiveSome()
            if bytes.isEmpty { return messages }
            for case .text(let message) in reader.read(bytes) {
                messages.append(String(decoding: message, as: UTF8.self))
                if messages.last?.contains("\"type\":\"\(type)\"") == true { break }
            }
        }
        return messages
    }
}
