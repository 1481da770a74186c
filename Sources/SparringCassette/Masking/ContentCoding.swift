import CZlib
import SparringExchange
package import SparringWire

/// Decodes content codings (RFC 9110 §8.4.1).
package enum ContentCoding {
    /// The maximum decoded size, in bytes. The limit exists because a few kilobytes of compressed data can decode to any size.
    private static let limit = 512 << 20

    /// Returns the codings of a body in the order in which they were applied, in lower case, without `identity`.
    package static func list(_ headers: HeaderFields) -> [String] {
        headers.fields.filter { $0.name.lowercased() == "content-encoding" }
            .flatMap { $0.value.lowercased().split(separator: ",") }
            .map { String($0.filter { $0 != " " && $0 != "\t" }) }
            .filter { !$0.isEmpty && $0 != "identity" }
    }

    /// Returns nil for unknown codings and damaged data. Cut-off data is decoded as far as possible.
    package static func decoded(_ bytes: [UInt8], _ codings: [String]) -> [UInt8]? {
        codings.reversed().reduce(bytes) { bytes, coding in bytes.flatMap { decoded($0, coding) } }
    }

    private static func decoded(_ bytes: [UInt8], _ coding: String) -> [UInt8]? {
        switch coding {
        // "deflate" means the zlib format, but some senders leave out the zlib header (RFC 9110 §8.4.1.2).
        case "gzip", "x-gzip": inflated(bytes, windowBits: gzip)
        case "deflate": inflated(bytes, windowBits: zlib) ?? inflated(bytes, windowBits: -MAX_WBITS)
        case "br": Brotli.decoded(bytes, limit: limit)
        case "zstd": Zstandard.decoded(bytes, limit: limit)
        default: nil
        }
    }

    private static let gzip = MAX_WBITS + 16
    private static let zlib = MAX_WBITS

    /// Unpacks a body that is compressed without a content coding; nil if the body is not compressed, or if it is damaged.
    package static func unpacked(_ bytes: [UInt8]) -> [UInt8]? {
        if Packing.isGzip(bytes) { return inflated(bytes, windowBits: gzip) }
        if Packing.isZstandard(bytes) { return Zstandard.decoded(bytes, limit: limit) }
        return Packing.isZlib(bytes) ? inflated(bytes, windowBits: zlib) : nil
    }

    /// Compresses a body in the format of `original`, which `unpacked` could read; nil if zlib runs out of memory.
    package static func packed(_ bytes: [UInt8], like original: [UInt8]) -> [UInt8]? {
        if Packing.isZstandard(original) { return Zstandard.stored(bytes) }
        return deflated(bytes, windowBits: Packing.isGzip(original) ? gzip : zlib)
    }

    private static func inflated(_ packed: [UInt8], windowBits: Int32) -> [UInt8]? {
        var result: [UInt8] = []
        let status = run(packed, &result) { stream in
            inflateInit2_(&stream, windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        } step: { stream in
            let status = inflate(&stream, Z_NO_FLUSH)
            // A gzip file may have several members (RFC 1952 §2.2).
            guard status == Z_STREAM_END, stream.avail_in > 0, windowBits == gzip else { return status }
            return inflateReset(&stream)
        } end: {
            inflateEnd(&$0)
        }
        // A buffer error means that the input ended early: the data was cut off.
        return (status == Z_STREAM_END || status == Z_BUF_ERROR) && result.count < limit ? result : nil
    }

    private static func deflated(_ plain: [UInt8], windowBits: Int32) -> [UInt8]? {
        var result: [UInt8] = []
        let status = run(plain, &result) { stream in
            deflateInit2_(
                &stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, windowBits, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
                Int32(MemoryLayout<z_stream>.size))
        } step: {
            deflate(&$0, Z_FINISH)
        } end: {
            deflateEnd(&$0)
        }
        return status == Z_STREAM_END ? result : nil
    }

    /// - Returns: zlib's last status; `Z_DATA_ERROR` if bytes remain after the data, because a secret could hide in them.
    private static func run(
        _ bytes: [UInt8], _ result: inout [UInt8], start: (inout z_stream) -> Int32,
        step: (inout z_stream) -> Int32, end: (inout z_stream) -> Int32
    ) -> Int32 {
        var bytes = bytes
        var chunk = [UInt8](repeating: 0, count: 64 * 1024)
        return bytes.withUnsafeMutableBufferPointer { input in
            var stream = z_stream()
            stream.next_in = input.baseAddress
            stream.avail_in = UInt32(clamping: input.count)
            var status = start(&stream)
            guard status == Z_OK else { return status }
            while status == Z_OK, result.count < limit {
                let room = chunk.count
                let made = chunk.withUnsafeMutableBufferPointer { output in
                    stream.next_out = output.baseAddress
                    stream.avail_out = UInt32(room)
                    status = step(&stream)
                    return room - Int(stream.avail_out)
                }
                result += chunk[..<made]
            }
            if status == Z_STREAM_END, stream.avail_in > 0 { status = Z_DATA_ERROR }
            _ = end(&stream)
            return status
        }
    }
}
