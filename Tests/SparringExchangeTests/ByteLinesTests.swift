import Testing

@testable import SparringExchange

@Suite("Bytes of messages as lines")
struct ByteLinesTests {
    @Test(
        "A message becomes lines whose carriage returns show only in the body",
        arguments: [
            ([], []),
            (Array("POST / HTTP/1.1\r\nA: b\r\n\r\nab".utf8), ["POST / HTTP/1.1", "A: b", "", "ab"]),
            (
                Array("HTTP/1.1 200 OK\r\n\r\ndata: 1\r\n\r\ndata: 2\n".utf8),
                ["HTTP/1.1 200 OK", "", #"data: 1\r"#, #"\r"#, "data: 2"]
            ),
            (Array("X\r\n\r\nä→".utf8), ["X", "", "ä→"]),
            // The text contains half a character, a control character and an escape sequence.
            (Array("X\r\n\r\n".utf8) + [0xE2, 0x86, 0x41, 0x00, 0x1B], ["X", "", #"\xe2\x86A\x00\x1b"#]),
        ] as [([UInt8], [String])])
    func lines(message: [UInt8], lines: [String]) {
        #expect(ByteLines.lines(message) == lines)
    }

    @Test("Long lines and long messages are cut, and the number of missing bytes is shown")
    func long() {
        let line = ByteLines.lines(Array(repeating: 0x61, count: ByteLines.mostCharacters + 5))
        #expect(line.first?.hasSuffix("a… 5 more bytes") == true)
        let lines = ByteLines.lines(Array(repeating: 0x0A, count: ByteLines.mostLines + 7))
        #expect(lines.count == ByteLines.mostLines + 1 && lines.last == "… 7 more bytes")
    }
}
