import Testing

@testable import SparringWire

/// One row of the table of a server's reactions to a client's frames. The numbers are those of the Autobahn test suite,
/// which tests a running server for the same requirements.
struct SocketCase: Sendable, CustomTestStringConvertible {
    var number: String
    var bytes: [UInt8]
    var inputs: [SocketReader.Input]

    var testDescription: String { number }

    init(_ number: String, _ frames: [SocketFrame], _ inputs: [SocketReader.Input]) {
        self.number = number
        self.inputs = inputs
        bytes = frames.flatMap { frame in
            var frame = frame
            frame.mask = frame.mask ?? [0x37, 0xFA, 0x21, 0x3D]
            return frame.bytes
        }
    }
}

extension SocketCase {
    static let all = messages + pings + reserved + opcodes + fragments + text + closes + sizes

    private static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }
    private static func stars(_ count: Int) -> [UInt8] { [UInt8](repeating: 0x2A, count: count) }

    /// The code of a violation. The reason may be any text.
    static func violation(_ code: UInt16) -> SocketReader.Input { .violation(SocketClose(code)) }

    private static let messages = [0, 125, 126, 127, 128, 65535, 65536].enumerated().flatMap { index, count in
        [
            SocketCase("1.1.\(index + 1)", [.text(stars(count))], [.text(stars(count))]),
            SocketCase("1.2.\(index + 1)", [SocketFrame(.binary, stars(count))], [.binary(stars(count))]),
        ]
    }

    private static let pings = [
        SocketCase("2.1", [SocketFrame(.ping, [])], [.ping([])]),
        SocketCase("2.2", [SocketFrame(.ping, bytes("Hello"))], [.ping(bytes("Hello"))]),
        SocketCase("2.3", [SocketFrame(.ping, [0, 0xFF, 0xFE, 0xFD])], [.ping([0, 0xFF, 0xFE, 0xFD])]),
        SocketCase("2.4", [SocketFrame(.ping, stars(125))], [.ping(stars(125))]),
        SocketCase("2.5", [SocketFrame(.ping, stars(126))], [violation(1002)]),
        SocketCase("2.7", [SocketFrame(.pong, [])], [.pong([])]),
        SocketCase("2.8", [SocketFrame(.pong, bytes("unasked"))], [.pong(bytes("unasked"))]),
        SocketCase(
            "2.10", (0..<10).map { SocketFrame(.ping, [UInt8($0)]) }, (0..<10).map { .ping([UInt8($0)]) }),
    ]

    private static let reserved = (1...7).map { bits in
        var frame = SocketFrame.text(bytes("Hello"))
        frame.reserved = UInt8(bits)
        return SocketCase("3.\(bits)", [.text(bytes("a")), frame], [.text(bytes("a")), violation(1002)])
    }

    private static let opcodes = [UInt8(3), 4, 5, 6, 7, 11, 12, 13, 14, 15].map { opcode in
        var frame = SocketFrame.text(bytes("x"))
        frame.opcode = opcode
        let section = opcode < 8 ? "4.1.\(opcode - 2)" : "4.2.\(opcode - 10)"
        return SocketCase(section, [frame, .text(bytes("never read"))], [violation(1002)])
    }

    private static func start(_ text: String) -> SocketFrame { SocketFrame(.text, bytes(text), isFinal: false) }
    private static func middle(_ text: String) -> SocketFrame {
        SocketFrame(.continuation, bytes(text), isFinal: false)
    }
    private static func end(_ text: String) -> SocketFrame { SocketFrame(.continuation, bytes(text)) }

    private static let fragments = [
        SocketCase("5.1", [SocketFrame(.ping, bytes("a"), isFinal: false)], [violation(1002)]),
        SocketCase("5.2", [SocketFrame(.pong, bytes("a"), isFinal: false)], [violation(1002)]),
        SocketCase("5.3", [start("frag"), end("ment")], [.text(bytes("fragment"))]),
        SocketCase(
            "5.6", [start("frag"), SocketFrame(.ping, bytes("p")), end("ment")],
            [.ping(bytes("p")), .text(bytes("fragment"))]),
        SocketCase("5.9", [end("without a start")], [violation(1002)]),
        SocketCase("5.12", [middle("without a start")], [violation(1002)]),
        SocketCase("5.15", [start("a"), end("b"), middle("c")], [.text(bytes("ab")), violation(1002)]),
        SocketCase("5.18", [start("a"), .text(bytes("b"))], [violation(1002)]),
        SocketCase(
            "5.19",
            [
                start("1"), middle("2"), SocketFrame(.ping, bytes("p")), middle("3"), SocketFrame(.ping, bytes("q")),
                end("4"),
            ],
            [.ping(bytes("p")), .ping(bytes("q")), .text(bytes("1234"))]),
        SocketCase("6.1.2", [start(""), middle(""), end("")], [.text([])]),
        SocketCase("6.1.3", [start(""), middle("middle"), end("")], [.text(bytes("middle"))]),
    ]

    private static let cyrillicAndBoxing = bytes("Привет 🥊 κόσμε")

    private static let validText: [(String, [UInt8])] = [
        ("6.2.1", cyrillicAndBoxing), ("6.5.1", bytes("κόσμε")), ("6.7.1", [0]), ("6.7.2", [0xC2, 0x80]),
        ("6.7.3", [0xE0, 0xA0, 0x80]), ("6.7.4", [0xF0, 0x90, 0x80, 0x80]), ("6.9.1", [0x7F]),
        ("6.9.2", [0xDF, 0xBF]), ("6.9.3", [0xEF, 0xBF, 0xBF]), ("6.9.4", [0xF4, 0x8F, 0xBF, 0xBF]),
        ("6.11.1", [0xED, 0x9F, 0xBF]), ("6.11.2", [0xEE, 0x80, 0x80]), ("6.11.3", [0xEF, 0xBF, 0xBD]),
        ("6.11.4", [0xF4, 0x8F, 0xBF, 0xBF]), ("6.22.1", [0xEF, 0xBF, 0xBE]), ("6.23.1", [0xEF, 0xBF, 0xBD]),
    ]

    private static let invalidText: [(String, [UInt8])] = [
        ("6.3.1", bytes("κόσμε") + [0xED, 0xA0, 0x80] + bytes("edited")), ("6.6.1", [0xCE]),
        ("6.6.3", [0xCE, 0xBA, 0xE1]),
        ("6.8.1", [0xF8, 0x88, 0x80, 0x80, 0x80]), ("6.8.2", [0xFC, 0x84, 0x80, 0x80, 0x80, 0x80]),
        ("6.10.1", [0xF7, 0xBF, 0xBF, 0xBF]), ("6.10.2", [0xFB, 0xBF, 0xBF, 0xBF, 0xBF]),
        ("6.11.5", [0xF4, 0x90, 0x80, 0x80]), ("6.12.1", [0x80]), ("6.12.2", [0xBF]), ("6.12.3", [0x80, 0xBF]),
        ("6.13.1", [0xC0, 0x20]), ("6.13.2", [0xE0, 0x20]), ("6.13.3", [0xF0, 0x20]), ("6.14.1", [0xC0]),
        ("6.14.3", [0xF0, 0x80, 0x80]), ("6.15.1", [0xC0, 0xE0, 0x80]), ("6.16.1", [0xFE]), ("6.16.2", [0xFF]),
        ("6.17.1", [0xC0, 0xAF]), ("6.17.2", [0xE0, 0x80, 0xAF]), ("6.17.3", [0xF0, 0x80, 0x80, 0xAF]),
        ("6.18.1", [0xC1, 0xBF]), ("6.18.2", [0xE0, 0x9F, 0xBF]), ("6.18.3", [0xF0, 0x8F, 0xBF, 0xBF]),
        ("6.19.1", [0xC0, 0x80]), ("6.20.1", [0xED, 0xA0, 0x80]), ("6.20.7", [0xED, 0xBF, 0xBF]),
        ("6.21.1", [0xED, 0xA0, 0x80, 0xED, 0xB0, 0x80]),
    ]

    private static let text =
        validText.map { SocketCase($0, [.text($1)], [.text($1)]) }
        + invalidText.map { SocketCase($0, [.text($1)], [violation(1007)]) }
        + [
            SocketCase(
                "6.2.3",
                [SocketFrame(.text, [], isFinal: false)]
                    + cyrillicAndBoxing.map { SocketFrame(.continuation, [$0], isFinal: false) } + [end("")],
                [.text(cyrillicAndBoxing)]),
            SocketCase(
                "6.4.1", [start("κόσμε"), SocketFrame(.continuation, [0xF4, 0x90], isFinal: false)], [violation(1007)]),
        ]

    private static func close(_ payload: [UInt8]) -> SocketFrame { SocketFrame(.close, payload) }
    private static func code(_ code: UInt16) -> [UInt8] { [UInt8(code >> 8), UInt8(code & 0xFF)] }

    private static let closes =
        [
            SocketCase(
                "7.1.1", [.text(bytes("Hello")), close(code(1000))], [.text(bytes("Hello")), .close(SocketClose(1000))]),
            SocketCase("7.1.2", [close(code(1000)), close(code(1000))], [.close(SocketClose(1000))]),
            SocketCase("7.1.3", [close(code(1000)), SocketFrame(.ping, [])], [.close(SocketClose(1000))]),
            SocketCase("7.1.5", [start("half"), close(code(1000))], [.close(SocketClose(1000))]),
            SocketCase("7.3.1", [close([])], [.close(nil)]),
            SocketCase("7.3.2", [close([0x03])], [violation(1002)]),
            SocketCase("7.3.3", [close(code(1000))], [.close(SocketClose(1000))]),
            SocketCase("7.3.4", [close(code(1000) + bytes("Hello"))], [.close(SocketClose(1000, "Hello"))]),
            SocketCase(
                "7.3.5", [close(code(1000) + stars(123))],
                [.close(SocketClose(1000, String(repeating: "*", count: 123)))]),
            SocketCase("7.3.6", [close(code(1000) + stars(124))], [violation(1002)]),
            SocketCase("7.5.1", [close(code(1000) + [0xCE, 0xBA, 0xED, 0xA0, 0x80])], [violation(1007)]),
        ]
        + [UInt16(1000), 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999].enumerated().map {
            SocketCase("7.7.\($0 + 1)", [close(code($1))], [.close(SocketClose($1))])
        }
        + [UInt16(0), 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999, 5000, 65535].enumerated().map {
            SocketCase("7.9.\($0 + 1)", [close(code($1))], [violation(1002)])
        }

    /// The largest messages of section 9 have 16 MB. Here, a quarter of the tests' limit shows the same.
    private static let sizes = [
        SocketCase("9.1.1", [.text(stars(64 << 10))], [.text(stars(64 << 10))]),
        SocketCase("9.2.2", [SocketFrame(.binary, stars(256 << 10))], [.binary(stars(256 << 10))]),
        SocketCase(
            "9.3.1",
            [SocketFrame(.text, stars(64), isFinal: false)]
                + (0..<1022).map { _ in SocketFrame(.continuation, stars(64), isFinal: false) }
                + [SocketFrame(.continuation, stars(64))],
            [.text(stars(64 << 10))]),
        SocketCase(
            "10.1.1",
            [SocketFrame(.text, stars(1300), isFinal: false)]
                + (0..<49).map { _ in SocketFrame(.continuation, stars(1300), isFinal: false) }
                + [SocketFrame(.continuation, stars(536))],
            [.text(stars(65536))]),
    ]
}
