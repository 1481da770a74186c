import CZlib
package import SparringWire

/// Inflates the messages of one peer as permessage-deflate does (RFC 7692 §7.2.2). A message may refer to bytes of earlier messages, so all
/// messages of a socket must pass through the same inflater, in their order.
package final class MessageInflater {
    /// The stream is on the heap, because zlib compares its address. The stream is nil if zlib had no memory.
    private let stream: UnsafeMutablePointer<z_stream>?
    private let limit: Int

    private static let noMemory = SocketClose(1011, "Sparring: no memory to inflate the message")
    private static let damaged = SocketClose(1007, "the compressed message is damaged")

    /// - Parameters:
    ///   - windowBits: the size of the peer's window as a power of two, 8 to 15. It limits how far back a message can refer.
    ///   - limit: the maximum number of bytes of an inflated message. The limit is needed because a few kilobytes can inflate to any size.
    package init(windowBits: Int = 15, limit: Int) {
        self.limit = limit
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        stream.initialize(to: z_stream())
        let status = inflateInit2_(
            stream, -Int32(windowBits), ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        if status != Z_OK { stream.deallocate() }
        self.stream = status == Z_OK ? stream : nil
    }

    deinit {
        guard let stream else { return }
        inflateEnd(stream)
        stream.deallocate()
    }

    /// - Parameter payload: all frames of the message.
    /// - Throws: the Close frame that the peer gets: 1007 for damaged data, 1009 for a message above the limit.
    package func inflated(_ payload: [UInt8]) throws(SocketClose) -> [UInt8] {
        guard let stream else { throw Self.noMemory }
        // These are the four bytes of length of the last empty block, which senders leave out.
        var input = payload + [0, 0, 0xFF, 0xFF]
        var message: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: min(max(4 * payload.count, 1024), 64 * 1024))
        let problem: SocketClose? = input.withUnsafeMutableBufferPointer { input in
            stream.pointee.next_in = input.baseAddress
            stream.pointee.avail_in = UInt32(input.count)
            while true {
                let room = chunk.count
                let (status, made) = chunk.withUnsafeMutableBufferPointer { chunk in
                    stream.pointee.next_out = chunk.baseAddress
                    stream.pointee.avail_out = UInt32(room)
                    // This returns after each block: a message that ends inside a block is damaged.
                    return (inflate(stream, Z_BLOCK), room - Int(stream.pointee.avail_out))
                }
                message += chunk[..<made]
                guard message.count <= limit else {
                    return SocketClose(1009, "Sparring: the message exceeds the limit of \(limit) bytes")
                }
                switch status {
                case Z_STREAM_END:
                    // A block that is marked as the last may be followed by other blocks (§7.2.3.4).
                    guard Self.restart(stream) else { return Self.damaged }
                case Z_OK where stream.pointee.avail_out == 0: continue
                case Z_OK, Z_BUF_ERROR:
                    guard stream.pointee.avail_in == 0 else {
                        if status == Z_OK { continue }
                        return Self.damaged
                    }
                    return stream.pointee.data_type & 128 != 0 ? nil : Self.damaged
                default: return Self.damaged
                }
            }
        }
        if let problem { throw problem }
        return message
    }

    /// Begins another DEFLATE stream, which may refer back to the bytes of the stream before it. `inflateReset` forgets them.
    private static func restart(_ stream: UnsafeMutablePointer<z_stream>) -> Bool {
        var count: UInt32 = 0
        guard inflateGetDictionary(stream, nil, &count) == Z_OK else { return false }
        var earlier = [UInt8](repeating: 0, count: Int(count))
        guard inflateGetDictionary(stream, &earlier, &count) == Z_OK, inflateReset(stream) == Z_OK else { return false }
        return inflateSetDictionary(stream, earlier, count) == Z_OK
    }
}
