import Testing

@testable import SparringWire

@Suite("Writing WebSocket frames")
struct SocketFrameTests {
    /// RFC 6455 §5.7.
    @Test(
        "The examples of the RFC are written with the RFC's bytes",
        arguments: [
            (SocketFrame.text(Array("Hello".utf8)), [UInt8](arrayLiteral: 0x81, 0x05, 0x48, 0x65, 0x6C, 0x6C, 0x6F)),
            (
                SocketFrame(.text, Array("Hello".utf8), mask: [0x37, 0xFA, 0x21, 0x3D]),
                [0x81, 0x85, 0x37, 0xFA, 0x21, 0x3D, 0x7F, 0x9F, 0x4D, 0x51, 0x58]
            ),
            (SocketFrame(.text, Array("Hel".utf8), isFinal: false), [0x01, 0x03, 0x48, 0x65, 0x6C]),
            (SocketFrame(.continuation, Array("lo".utf8)), [0x80, 0x02, 0x6C, 0x6F]),
            (SocketFrame(.ping, Array("Hello".utf8)), [0x89, 0x05, 0x48, 0x65, 0x6C, 0x6C, 0x6F]),
        ])
    func examples(frame: SocketFrame, bytes: [UInt8]) {
        #expect(frame.bytes == bytes)
    }

    @Test("Lengths have the shortest of three forms", arguments: [(125, 2), (126, 4), (65535, 4), (65536, 10)])
    func lengths(count: Int, header: Int) {
        #expect(SocketFrame.text([UInt8](repeating: 0, count: count)).bytes.count == header + count)
    }

    @Test(
        "A server's frames can be read again, whatever their length",
        arguments: [0, 1, 125, 126, 65535, 65536, 100_000])
    func roundTrip(count: Int) {
        let payload = [UInt8](repeating: 0x7A, count: count)
        var reader = SocketReader(from: .server, limit: 1 << 20)
        #expect(reader.read(SocketFrame(.binary, payload).bytes) == [.binary(payload)])
    }

    @Test("A reason of a Close frame is cut between two characters at 123 bytes")
    func reason() {
        let close = SocketClose(4000, String(repeating: "é", count: 100))
        #expect(close.payload.count == 2 + 122)
        #expect(close.reason.count == 61)
    }
}

@Suite("The handshake of WebSocket")
struct SocketHandshakeTests {
    private static let fields: HeaderFields = [
        "Connection": "keep-alive, Upgrade", "Upgrade": "WebSocket", "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    ]

    private static func problem(
        _ fields: HeaderFields, method: String = "GET", version: HTTPVersion = .http11
    ) -> SocketHandshake.Problem? {
        do throws(SocketHandshake.Problem) {
            _ = try SocketHandshake.accept(method: method, version: version, fields)
            return nil
        } catch {
            return error
        }
    }

    /// RFC 6455 §1.3.
    @Test("The key in the RFC's example gets the RFC's answer")
    func example() throws {
        let accept = try SocketHandshake.accept(method: "GET", version: .http11, Self.fields)
        #expect(accept == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
        #expect(SocketHandshake.isAsked(Self.fields))
    }

    @Test("A handshake that lacks a required part is refused, and a 426 has the supported version")
    func problems() {
        func without(_ name: String, _ value: String? = nil) -> HeaderFields {
            var fields = Self.fields
            fields[name] = value
            return fields
        }
        #expect(Self.problem(Self.fields) == nil)
        #expect(Self.problem(Self.fields, method: "POST") == .method)
        #expect(Self.problem(Self.fields, version: .http10) == .method)
        #expect(Self.problem(Self.fields, version: .http2) == .http2)
        #expect(Self.problem(without("connection", "keep-alive")) == .connection)
        #expect(Self.problem(without("sec-websocket-key")) == .key)
        #expect(Self.problem(without("sec-websocket-key", "dGhlIHNhbXBsZQ==")) == .key)
        #expect(Self.problem(without("sec-websocket-version", "8")) == .version)
        #expect(SocketHandshake.Problem.version.status == 426)
    }

    @Test("Subprotocols are read in the client's order, without spaces")
    func protocols() {
        #expect(SocketHandshake.protocols(["Sec-WebSocket-Protocol": "realtime,  b ,c"]) == ["realtime", "b", "c"])
        #expect(SocketHandshake.protocols([:]).isEmpty)
    }

    /// RFC 3174 §7.3 and the empty message.
    @Test(
        "The published examples have the published SHA-1 digests",
        arguments: [
            ("", "da39a3ee5e6b4b0d3255bfef95601890afd80709"), ("abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "84983e441c3bd26ebaae4aa1f95129e5e54670f1"
            ),
            (String(repeating: "a", count: 1000), "291e9a6c66994949b57ba5e650361e98fc36b1ba"),
        ])
    func sha1(text: String, digest: String) {
        let bytes = SHA1.digest(Array(text.utf8))
        let hex = bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        #expect(hex == digest)
    }
}
