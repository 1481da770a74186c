import CZlib

/// Compresses messages of a WebSocket as permessage-deflate does (RFC 7692 §7.2.1), each message alone.
package final class MessageDeflater {
    /// The stream is on the heap, because zlib compares its address. The stream is nil if zlib had no memory.
    private let stream: UnsafeMutablePointer<z_stream>?

    /// - Parameter windowBits: 8 to 15.
    package init(windowBits: Int = 15) {
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        stream.initialize(to: z_stream())
        // zlib makes no raw stream for a window of 256 bytes; a stream that refers to no earlier bytes suits every window.
        let status = deflateInit2_(
            stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -Int32(max(9, windowBits)), 8,
            windowBits < 9 ? Z_HUFFMAN_ONLY : Z_DEFAULT_STRATEGY, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        if status != Z_OK { stream.deallocate() }
        self.stream = status == Z_OK ? stream : nil
    }

    deinit {
        guard let stream else { return }
        deflateEnd(stream)
        stream.deallocate()
    }

    /// - Returns: the payload of a frame whose first reserved bit is set. Nil if zlib failed: the message must then be sent uncompressed,
    ///   which the extension allows for every message.
    package func compressed(_ message: [UInt8]) -> [UInt8]? {
        guard let stream, deflateReset(stream) == Z_OK else { return nil }
        // zlib makes an empty block only at the first flush, so the code writes the empty block itself (§7.2.3.6).
        guard !message.isEmpty else { return [0] }
        var (input, output) = (message, [UInt8]())
        var chunk = [UInt8](repeating: 0, count: Int(deflateBound(stream, UInt(message.count))) + 16)
        let isWhole = input.withUnsafeMutableBufferPointer { input in
            stream.pointee.next_in = input.baseAddress
            stream.pointee.avail_in = UInt32(input.count)
            repeat {
                let room = chunk.count
                let (status, made) = chunk.withUnsafeMutableBufferPointer { chunk in
                    stream.pointee.next_out = chunk.baseAddress
                    stream.pointee.avail_out = UInt32(room)
                    return (deflate(stream, Z_SYNC_FLUSH), room - Int(stream.pointee.avail_out))
                }
                guard status == Z_OK || status == Z_BUF_ERROR else { return false }
                output += chunk[..<made]
            } while stream.pointee.avail_out == 0
            return true
        }
        // Every compressed message ends in an empty block, whose last four bytes, its length, are left out.
        guard isWhole, output.suffix(4) == [0, 0, 0xFF, 0xFF] else { return nil }
        output.removeLast(4)
        return output
    }
}
