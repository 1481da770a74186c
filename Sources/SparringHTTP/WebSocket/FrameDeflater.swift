import NIOCore
import SparringExchange
import SparringWire

/// Compresses the messages of a server's frames on their way to the socket (RFC 7692 §7.2.1). The scripts do not
/// change, so compression has no effect on the journal, breakpoints or stops.
struct FrameDeflater {
    private let windowBits: Int
    /// The compressor; nil for an idle socket, which needs none.
    private var deflater: MessageDeflater?

    init(_ agreed: SocketCompression) { windowBits = agreed.serverWindowBits }

    /// - Parameter frames: bytes that begin with a frame.
    /// - Returns: the same frames, each whole text or binary message compressed; the same bytes from an incomplete frame on.
    mutating func compressed(_ frames: ByteBuffer, _ allocator: ByteBufferAllocator) -> ByteBuffer {
        let deflater = deflater ?? MessageDeflater(windowBits: windowBits)
        self.deflater = deflater
        var input = frames
        var output = allocator.buffer(capacity: frames.readableBytes / 2 + 16)
        while let (header, count) = Self.header(of: input), header + count <= input.readableBytes,
            let first = input.getInteger(at: input.readerIndex, as: UInt8.self)
        {
            // An unmasked message of one frame without reserved bits is compressed. Other frames pass as they are.
            let isMessage = first == 0x81 || first == 0x82
            guard isMessage, let payload = input.getBytes(at: input.readerIndex + header, length: count),
                let packed = deflater.compressed(payload)
            else {
                input.readSlice(length: header + count).map { _ = output.writeImmutableBuffer($0) }
                continue
            }
            input.moveReaderIndex(forwardBy: header + count)
            var frame = SocketFrame(first == 0x81 ? .text : .binary, packed)
            frame.reserved = 4
            output.writeBytes(frame.bytes)
        }
        output.writeBuffer(&input)
        return output
    }

    /// Frees the memory until the next answer.
    mutating func rest() { deflater = nil }

    /// The bytes of a frame's header and of its payload; nil if the header is incomplete.
    private static func header(of bytes: ByteBuffer) -> (header: Int, payload: Int)? {
        guard let second = bytes.getInteger(at: bytes.readerIndex + 1, as: UInt8.self) else { return nil }
        let mask = second & 0x80 != 0 ? 4 : 0
        switch second & 0x7F {
        case 126:
            guard let count = bytes.getInteger(at: bytes.readerIndex + 2, as: UInt16.self) else { return nil }
            return (4 + mask, Int(count))
        case 127:
            guard let count = bytes.getInteger(at: bytes.readerIndex + 2, as: UInt64.self), count < 1 << 40 else {
                return nil
            }
            return (10 + mask, Int(count))
        case let count: return (2 + mask, Int(count))
        }
    }
}
