import SparringExchange
import SparringWire
import Testing

/// The messages of RFC 7692 §7.2.3, as a client sends them.
struct CompressedCase: Sendable, CustomTestStringConvertible {
    var name: String
    /// The payloads of the frames of each message.
    var messages: [[[UInt8]]]
    var clear: [String]

    var testDescription: String { name }

    static let hello: [UInt8] = [0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00]

    static let all = [
        CompressedCase(name: "one block", messages: [[hello]], clear: ["Hello"]),
        CompressedCase(
            name: "two frames", messages: [[Array(hello.prefix(3)), Array(hello.suffix(4))]], clear: ["Hello"]),
        CompressedCase(
            name: "the window of the message before", messages: [[hello], [[0xF2, 0x00, 0x11, 0x00, 0x00]]],
            clear: ["Hello", "Hello"]),
        CompressedCase(name: "the same bytes again", messages: [[hello], [hello]], clear: ["Hello", "Hello"]),
        CompressedCase(
            name: "a block without compression",
            messages: [[[0x00, 0x05, 0x00, 0xFA, 0xFF, 0x48, 0x65, 0x6C, 0x6C, 0x6F, 0x00]]], clear: ["Hello"]),
        CompressedCase(
            name: "a last block", messages: [[[0xF3, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00, 0x00]]], clear: ["Hello"]),
        CompressedCase(
            name: "a message after a last block",
            messages: [[[0xF3, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00, 0x00]], [hello]], clear: ["Hello", "Hello"]),
        CompressedCase(
            name: "two blocks",
            messages: [[[0xF2, 0x48, 0x05, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xCA, 0xC9, 0xC9, 0x07, 0x00]]],
            clear: ["Hello"]),
        CompressedCase(
            name: "a block that refers back over a last block",
            messages: [
                [
                    [0xF3, 0x48, 0xCD, 0xC9, 0xC9, 0x57, 0x28, 0xCF, 0x2F, 0xCA, 0x49, 0xD1, 0x51, 0x00, 0x00],
                    [0xF2, 0x40, 0xE6, 0x24, 0xA6, 0x27, 0x66, 0xE6, 0x01, 0x00],
                ]
            ],
            clear: ["Hello world, Hello world, again"]),
        CompressedCase(name: "an empty message", messages: [[[0x00]]], clear: [""]),
    ]

    /// The frames, with the first reserved bit in the first frame of each message.
    var bytes: [UInt8] {
        messages.flatMap { frames in
            frames.enumerated().flatMap { index, payload in
                var frame = SocketFrame(
                    index == 0 ? .text : .continuation, payload, isFinal: index == frames.count - 1, mask: [7, 8, 9, 1])
                frame.reserved = index == 0 ? 4 : 0
                return frame.bytes
            }
        }
    }
}

@Suite("Messages of a WebSocket that are compressed")
struct MessageCompressionTests {
    /// Reads frames that arrive in these pieces.
    private static func read(_ pieces: [[UInt8]], windowBits: Int = 15, limit: Int = 1000) -> [SocketReader.Input] {
        var reader = SocketReader(limit: limit, allowsCompression: true)
        let inflater = MessageInflater(windowBits: windowBits, limit: limit)
        return pieces.flatMap { reader.read($0) }.map { input in
            guard case .compressed(let payload, let isText) = input else { return input }
            do throws(SocketClose) {
                return .inflated(try inflater.inflated(payload), isText: isText)
            } catch {
                return .violation(error)
            }
        }
    }

    @Test("The examples of RFC 7692 are read whole, byte by byte and cut at every place", arguments: CompressedCase.all)
    func examples(example: CompressedCase) {
        let expected = example.clear.map { SocketReader.Input.text(Array($0.utf8)) }
        let bytes = example.bytes
        #expect(Self.read([bytes]) == expected)
        #expect(Self.read(bytes.map { [$0] }) == expected)
        for place in 0...bytes.count {
            #expect(Self.read([Array(bytes.prefix(place)), Array(bytes.dropFirst(place))]) == expected, "\(place)")
        }
    }

    @Test("The deflater writes the bytes of RFC 7692, and each message alone")
    func deflates() {
        let deflater = MessageDeflater()
        #expect(deflater.compressed(Array("Hello".utf8)) == CompressedCase.hello)
        #expect(deflater.compressed([]) == [0])
        #expect(deflater.compressed(Array("Hello".utf8)) == CompressedCase.hello)
    }

    @Test("What the deflater writes for a window can be inflated with that window", arguments: 8...15)
    func windows(bits: Int) throws {
        let deflater = MessageDeflater(windowBits: bits)
        let inflater = MessageInflater(windowBits: bits, limit: 1 << 20)
        for count in [0, 1, 300, 70_000, 200_000] {
            var state: UInt32 = 1
            // Bytes with repetitions at distances up to 40,000, so that a larger window would be used.
            let noise = (0..<20_000).map { _ in
                state = state &* 1_664_525 &+ 1_013_904_223
                return UInt8(state >> 24)
            }
            let message = Array(repeatElement(noise, count: 10).joined().prefix(count))
            let payload = try #require(deflater.compressed(message))
            #expect(try inflater.inflated(payload) == message)
        }
    }

    @Test("A message that inflates above the limit ends the socket with 1009, and one at the limit does not")
    func bomb() throws {
        let deflater = MessageDeflater()
        let inflater = MessageInflater(limit: 100_000)
        let whole = try #require(deflater.compressed([UInt8](repeating: 0x20, count: 100_000)))
        #expect(try inflater.inflated(whole).count == 100_000)
        let bomb = try #require(deflater.compressed([UInt8](repeating: 0x20, count: 50_000_000)))
        let close = #expect(throws: SocketClose.self) { try inflater.inflated(bomb) }
        #expect(close?.code == 1009)
    }

    @Test("Every message that is cut before its end is damaged, or is read as a shorter text, and never hangs")
    func cut() throws {
        let text = Array(#"{"type":"response.create","model":"gpt-4o-mini","input":"Hello, hello"}"#.utf8)
        let payload = try #require(MessageDeflater().compressed(text))
        for count in 0..<payload.count {
            let inflater = MessageInflater(limit: 1000)
            let inflated = try? inflater.inflated(Array(payload.prefix(count)))
            #expect(inflated != text, "\(count)")
        }
    }

    @Test("Random bytes as a compressed message are damaged, or give a message within the limit")
    func noise() {
        var state: UInt64 = 1
        for _ in 0..<5000 {
            let bytes = (0..<40).map { _ in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return UInt8(state >> 56)
            }
            do throws(SocketClose) {
                #expect(try MessageInflater(limit: 500).inflated(bytes).count <= 500)
            } catch {
                #expect(error.code == 1007 || error.code == 1009)
            }
        }
    }

    @Test("Text that is not UTF-8 once it is inflated ends the socket with 1007; binary data may be anything")
    func notUTF8() throws {
        let payload = try #require(MessageDeflater().compressed([0x61, 0xFF]))
        for (opcode, expected) in [
            (SocketOpcode.text, SocketReader.Input.violation(SocketClose(1007, "text is not UTF-8"))),
            (.binary, .binary([0x61, 0xFF])),
        ] {
            var frame = SocketFrame(opcode, payload, mask: [1, 2, 3, 4])
            frame.reserved = 4
            #expect(Self.read([frame.bytes]) == [expected])
        }
    }

    @Test("Messages without compression may come between compressed ones, as may control frames inside them")
    func mixed() {
        var bytes: [UInt8] = []
        for (opcode, payload, isFinal, reserved) in [
            (SocketOpcode.text, Array(CompressedCase.hello.prefix(2)), false, 4), (.ping, [1], true, 0),
            (.continuation, Array(CompressedCase.hello.dropFirst(2)), true, 0), (.text, Array("plain".utf8), true, 0),
            (.text, CompressedCase.hello, true, 4),
        ] as [(SocketOpcode, [UInt8], Bool, UInt8)] {
            var frame = SocketFrame(opcode, payload, isFinal: isFinal, mask: [1, 2, 3, 4])
            frame.reserved = reserved
            frame.append(to: &bytes)
        }
        let hello = SocketReader.Input.text(Array("Hello".utf8))
        #expect(Self.read([bytes]) == [.ping([1]), hello, .text(Array("plain".utf8)), hello])
    }

    @Test(
        "The bit of compression is a violation without an agreement, in control frames and in continuations",
        arguments: [SocketOpcode.text, .ping, .close, .continuation])
    func bit(opcode: SocketOpcode) {
        var bytes = opcode == .continuation ? SocketFrame(.text, [0x61], isFinal: false, mask: [1, 2, 3, 4]).bytes : []
        var frame = SocketFrame(opcode, [], mask: [1, 2, 3, 4])
        frame.reserved = 4
        frame.append(to: &bytes)
        var reader = SocketReader(limit: 1000, allowsCompression: opcode != .text)
        guard case .violation(let close)? = reader.read(bytes).last else {
            return #expect(Bool(false), "no violation")
        }
        #expect(close.code == 1002)
    }
}
