import Testing

@testable import SparringWire

@Suite("Reading WebSocket frames")
struct SocketReaderTests {
    private static let limit = 1 << 20

    /// The text of a reason is for people. Therefore two violations with the same code count as equal here.
    private static func plain(_ inputs: [SocketReader.Input]) -> [SocketReader.Input] {
        inputs.map { if case .violation(let close) = $0 { SocketCase.violation(close.code) } else { $0 } }
    }

    private static func read(_ pieces: [ArraySlice<UInt8>]) -> [SocketReader.Input] {
        var reader = SocketReader(limit: limit)
        return plain(pieces.flatMap { reader.read(Array($0)) })
    }

    @Test("A client's frames cause the messages and violations in the table", arguments: SocketCase.all)
    func whole(_ row: SocketCase) {
        #expect(Self.read([row.bytes[...]]) == row.inputs)
    }

    @Test(
        "Frames that arrive byte by byte give the same messages",
        arguments: SocketCase.all.filter { $0.bytes.count < 200_000 })
    func byteByByte(_ row: SocketCase) {
        #expect(Self.read(row.bytes.indices.map { row.bytes[$0...$0] }) == row.inputs)
    }

    @Test(
        "Frames that are cut in two at any place give the same messages",
        arguments: SocketCase.all.filter { $0.bytes.count < 400 })
    func splits(_ row: SocketCase) {
        for place in row.bytes.indices {
            #expect(Self.read([row.bytes[..<place], row.bytes[place...]]) == row.inputs, "cut at \(place)")
        }
    }

    @Test("Frames that arrive in pieces of 997 bytes give the same messages", arguments: SocketCase.all)
    func pieces(_ row: SocketCase) {
        let starts = stride(from: 0, to: row.bytes.count, by: 997)
        #expect(Self.read(starts.map { row.bytes[$0..<min($0 + 997, row.bytes.count)] }) == row.inputs)
    }

    @Test(
        "An unmasked frame of a client and a masked frame of a server are violations",
        arguments: [(SocketReader.Peer.client, [UInt8]?.none), (.server, [1, 2, 3, 4])])
    func masks(peer: SocketReader.Peer, mask: [UInt8]?) {
        var reader = SocketReader(from: peer, limit: 100)
        #expect(Self.plain(reader.read(SocketFrame(.text, [0x61], mask: mask).bytes)) == [SocketCase.violation(1002)])
        #expect(reader.hasEnded)
    }

    @Test("A message beyond the limit is refused by its header, before its bytes arrive")
    func limit() {
        var reader = SocketReader(limit: 1000)
        let first = SocketFrame(.text, [UInt8](repeating: 0x61, count: 600), isFinal: false, mask: [0, 0, 0, 0])
        let second = SocketFrame(.continuation, [UInt8](repeating: 0x61, count: 401), mask: [0, 0, 0, 0])
        #expect(reader.read(first.bytes).isEmpty)
        #expect(Self.plain(reader.read(Array(second.bytes.prefix(8)))) == [SocketCase.violation(1009)])
    }

    @Test("The first wrong byte of a text ends the connection before its frame is complete")
    func failsFast() {
        var reader = SocketReader(limit: 1000)
        let frame = SocketFrame(.text, [0x61, 0xFF] + [UInt8](repeating: 0x61, count: 90), mask: [9, 8, 7, 6])
        #expect(Self.plain(reader.read(Array(frame.bytes.prefix(8)))) == [SocketCase.violation(1007)])
    }

    @Test("A length of 64 bits whose first bit is set is a violation")
    func negativeLength() {
        var reader = SocketReader(limit: 1000)
        let bytes: [UInt8] = [0x81, 0xFF, 0x80, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0]
        #expect(Self.plain(reader.read(bytes)) == [SocketCase.violation(1002)])
    }

    @Test(
        "The UTF-8 check accepts exactly what the standard library accepts, for every pair of bytes and a sample of four"
    )
    func checker() {
        func accepts(_ bytes: [UInt8]) -> Bool {
            var checker = UTF8Checker()
            return bytes.allSatisfy { checker.accepts($0) } && checker.isComplete
        }
        var state: UInt64 = 1
        for first in UInt8.min...UInt8.max {
            for second in UInt8.min...UInt8.max {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                let bytes = [first, second, UInt8(state >> 56), UInt8(state >> 48 & 0xFF)]
                for count in [2, 4] {
                    let text = Array(bytes.prefix(count))
                    #expect(accepts(text) == (String(validating: text, as: UTF8.self) != nil), "\(text)")
                }
            }
        }
    }
}
