import SparringExchange
import SparringJSON
import SparringWire
import Testing

@testable import SparringEngine

@Suite("A WebSocket with compression")
struct CompressedSocketTests {
    private static let create = #"{"type":"response.create","model":"gpt-4o-mini","input":"Hello"}"#

    private static func client(
        _ offer: String?, _ faults: String = "", target: String = "/v1/responses"
    ) throws -> SocketClient {
        var headers = SocketClient.handshake
        headers["sec-websocket-extensions"] = offer
        let rules = "schema: 1\nscenario: sockets\nrules:\n  - text: One two three.\n    faults: [\(faults)]\n"
        return try SocketClient(try SocketClient.engine(rules), target: target, headers: headers)
    }

    @Test(
        "The handshake agrees only where the client offers compression",
        arguments: ["responses", "realtime?model=gpt-realtime"])
    func handshake(path: String) throws {
        let target = "/v1/" + path
        let with = try Self.client("permessage-deflate; client_max_window_bits", target: target).opening
        let without = try Self.client(nil, target: target).opening
        let field = "\r\nsec-websocket-extensions: permessage-deflate; server_no_context_takeover\r\n"
        #expect(String(decoding: with.script.bytes, as: UTF8.self).contains(field))
        #expect(with.socket?.compression != nil && without.socket?.compression == nil)
        #expect(!String(decoding: without.script.bytes, as: UTF8.self).contains("extensions"))
    }

    @Test(
        "The script of an answer has the same bytes with and without compression",
        arguments: [
            "fin at event 2 + 5 bytes", "socket_wrong_length", "socket_fragments 7 at event 2", "drop_event", "",
        ])
    func faults(fault: String) throws {
        let compressed = try Self.client("permessage-deflate", fault).send(Self.create).script
        #expect(compressed == (try Self.client(nil, fault).send(Self.create).script))
    }

    @Test("The fault of a reserved bit sets one that the agreement does not define")
    func reservedBit() throws {
        let plain = try Self.client(nil, "socket_reserved_bit at head").send(Self.create).script.bytes
        let compressed = try Self.client("permessage-deflate", "socket_reserved_bit at head").send(Self.create)
        #expect(plain.first == 0xC1 && compressed.script.bytes.first == 0xA1)
        #expect(compressed.script.bytes.dropFirst() == plain.dropFirst())
    }
}
