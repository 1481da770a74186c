import CZlib

/// Reads the files of a ZIP archive, with the features that Python wheels use: stored or deflated, not encrypted, not split.
///
/// Source: APPNOTE.TXT 6.3.10 of PKWARE, §4.3; every number is little-endian.
struct Archive {
    struct Entry: Hashable {
        var name: String
        var method: UInt16
        var packedSize: Int
        var size: Int
        var checksum: UInt32
        /// The position of the entry's header.
        var offset: Int
    }

    struct Mistake: Error, Hashable {
        var what: String
    }

    private let bytes: [UInt8]
    let entries: [Entry]

    init(_ bytes: [UInt8]) throws(Mistake) {
        self.bytes = bytes
        let reader = Reader(bytes)
        // The end record of the directory is at the end of the archive, before a comment of at most 65,535 bytes.
        let last = bytes.count - 22
        guard
            let end = stride(from: last, through: max(0, last - 65_535), by: -1).first(where: {
                reader.word($0) == 0x0605_4B50
            })
        else { throw Mistake(what: "it is not a ZIP archive") }
        var position = reader.int(end + 16)
        var entries: [Entry] = []
        for _ in 0..<Int(reader.half(end + 10)) {
            guard position + 46 <= bytes.count, reader.word(position) == 0x0201_4B50 else {
                throw Mistake(what: "its directory is damaged")
            }
            let nameEnd = position + 46 + Int(reader.half(position + 28))
            guard nameEnd <= bytes.count else { throw Mistake(what: "its directory is damaged") }
            entries.append(
                Entry(
                    name: String(decoding: bytes[(position + 46)..<nameEnd], as: UTF8.self),
                    method: reader.half(position + 10), packedSize: reader.int(position + 20),
                    size: reader.int(position + 24), checksum: reader.word(position + 16),
                    offset: reader.int(position + 42)))
            position = nameEnd + Int(reader.half(position + 30)) + Int(reader.half(position + 32))
        }
        self.entries = entries
    }

    /// - Parameter limit: the largest size, in bytes.
    func contents(of entry: Entry, limit: Int = 64 << 20) throws(Mistake) -> [UInt8] {
        let reader = Reader(bytes)
        guard entry.offset + 30 <= bytes.count, reader.word(entry.offset) == 0x0403_4B50 else {
            throw Mistake(what: "\(entry.name) is not at the position that the directory gives")
        }
        let start = entry.offset + 30 + Int(reader.half(entry.offset + 26)) + Int(reader.half(entry.offset + 28))
        guard start + entry.packedSize <= bytes.count, entry.size <= limit else {
            throw Mistake(what: "\(entry.name) has an invalid size")
        }
        let packed = bytes[start..<(start + entry.packedSize)]
        let contents: [UInt8]
        switch entry.method {
        case 0: contents = Array(packed)
        case 8: contents = try Self.inflated(packed, to: entry.size, entry.name)
        default: throw Mistake(what: "\(entry.name) is packed by method \(entry.method), which is not supported")
        }
        let sum = contents.withUnsafeBufferPointer { crc32(0, $0.baseAddress, UInt32($0.count)) }
        guard contents.count == entry.size, UInt32(truncatingIfNeeded: sum) == entry.checksum else {
            throw Mistake(what: "\(entry.name) is damaged")
        }
        return contents
    }

    /// Inflates raw deflate data (RFC 1951) in one call, because the size is known.
    private static func inflated(_ packed: ArraySlice<UInt8>, to size: Int, _ name: String) throws(Mistake) -> [UInt8] {
        var packed = Array(packed)
        var status = Z_DATA_ERROR
        let contents = [UInt8](unsafeUninitializedCapacity: size) { output, count in
            packed.withUnsafeMutableBufferPointer { input in
                var stream = z_stream()
                stream.next_in = input.baseAddress
                stream.avail_in = UInt32(input.count)
                stream.next_out = output.baseAddress
                stream.avail_out = UInt32(size)
                // Negative, because the data in a ZIP archive has no zlib header.
                guard inflateInit2_(&stream, -MAX_WBITS, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
                else {
                    return
                }
                status = inflate(&stream, Z_FINISH)
                count = size - Int(stream.avail_out)
                inflateEnd(&stream)
            }
        }
        guard status == Z_STREAM_END else { throw Mistake(what: "\(name) cannot be unpacked") }
        return contents
    }
}

/// Reads little-endian numbers at any position; zeros after the end.
private struct Reader {
    private let bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    private func byte(_ index: Int) -> UInt32 { bytes.indices.contains(index) ? UInt32(bytes[index]) : 0 }

    func half(_ index: Int) -> UInt16 { UInt16(byte(index) | byte(index + 1) << 8) }

    func word(_ index: Int) -> UInt32 { UInt32(half(index)) | UInt32(half(index + 2)) << 16 }

    func int(_ index: Int) -> Int { Int(word(index)) }
}
