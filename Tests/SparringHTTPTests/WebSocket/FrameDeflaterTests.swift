import NIOCore
import SparringExchange
import SparringWire
import Testing

@testable import SparringHTTP

@Suite("Compressing the frames of a server")
struct FrameDeflaterTests {
    private static func compressed(_ frames: [SocketFrame], then rest: [UInt8] = []) -> [UInt8] {
        var deflater = FrameDeflater(SocketCompression())
        let bytes = ByteBuffer(bytes: frames.flatMap(\.bytes) + rest)
        return Array(buffer: deflater.compressed(bytes, ByteBufferAllocator()))
    }

    @Test("Messages of every length are compressed, and inflate to the same messages", arguments: [0, 5, 126, 70_000])
    func messages(count: Int) throws {
        let frames = [
            SocketFrame.text([UInt8](repeating: 0x61, count: count)),
            SocketFrame(.binary, [UInt8](repeating: 0xFF, count: count)),
        ]
        var reader = SocketReader(from: .server, limit: 1 << 20, allowsCompression: true)
        let clear = try reader.read(Self.compressed(frames)).map { input in
            guard case .compressed(let payload, let isText) = input else { return input }
            return .inflated(try MessageInflater(limit: 1 << 20).inflated(payload), isText: isText)
        }
        #expect(clear == [.text(frames[0].payload), .binary(frames[1].payload)])
        #expect(Self.compressed(frames).first == 0xC1)
    }

    @Test("Control frames, fragments and an incomplete frame stay as they are")
    func others() {
        let frames = [
            SocketFrame(.ping, [1]), SocketFrame(.text, [0x61], isFinal: false), SocketFrame(.continuation, [0x62]),
            .close(SocketClose(1000)),
        ]
        let rest: [UInt8] = [0x81, 0x05, 0x61]
        #expect(Self.compressed(frames, then: rest) == frames.flatMap(\.bytes) + rest)
    }

    @Test("One message of RFC 7692 has these bytes")
    func example() {
        let bytes: [UInt8] = [0xC1, 0x07, 0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00]
        #expect(Self.compressed([.text(Array("Hello".utf8))]) == bytes)
    }
}
