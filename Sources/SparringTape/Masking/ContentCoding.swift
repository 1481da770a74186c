import CZlib

/// Takes content codings off (RFC 9110 §8.4.1).
enum ContentCoding {
    /// No answer is larger, and a few kilobytes can be made to unpack to any size.
    private static let limit = 512 << 20

    /// Nil for codings that are not known here and for what is damaged. What was cut off is unpacked as far as it goes.
    static func decoded(_ bytes: [UInt8], _ coding: String) -> [UInt8]? {
        switch coding {
        // "deflate" is the zlib format, and some send it without (RFC 9110 §8.4.1.2).
        case "gzip", "x-gzip": inflated(bytes, windowBits: MAX_WBITS + 16)
        case "deflate": inflated(bytes, windowBits: MAX_WBITS) ?? inflated(bytes, windowBits: -MAX_WBITS)
        default: nil
        }
    }

    private static func inflated(_ packed: [UInt8], windowBits: Int32) -> [UInt8]? {
        var packed = packed
        var result: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 * 1024)
        var status = Z_OK
        packed.withUnsafeMutableBufferPointer { input in
            var stream = z_stream()
            stream.next_in = input.baseAddress
            stream.avail_in = UInt32(clamping: input.count)
            guard inflateInit2_(&stream, windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
                status = Z_MEM_ERROR
                return
            }
            while status == Z_OK, result.count < limit {
                let room = chunk.count
                let made = chunk.withUnsafeMutableBufferPointer { output in
                    stream.next_out = output.baseAddress
                    stream.avail_out = UInt32(room)
                    status = inflate(&stream, Z_NO_FLUSH)
                    return room - Int(stream.avail_out)
                }
                result += chunk[..<made]
            }
            // A second member could hide what the first does not.
            if status == Z_STREAM_END, stream.avail_in > 0 { status = Z_DATA_ERROR }
            inflateEnd(&stream)
        }
        // A buffer error says that there is no more input: it was cut.
        return (status == Z_STREAM_END || status == Z_BUF_ERROR) && result.count < limit ? result : nil
    }
}
