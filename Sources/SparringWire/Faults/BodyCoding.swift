/// A content coding (RFC 9110 §8.4), applied to a body piece by piece.
///
/// Blocks are stored, not compressed (RFC 1951 §3.2.4, RFC 7932 §9.2, RFC 8878 §3.1.1.2.2): every decoder accepts them,
/// and the bytes are predictable.
struct BodyCoding: Sendable {
    /// The name of the coding in the head.
    let name: String
    private let format: Format
    private let flaw: Flaw?
    private var hasBegun = false
    private var crc = CRC32()
    private var adler = Adler32()
    private var count: UInt32 = 0

    enum Format: Sendable {
        /// RFC 1952.
        case gzip
        /// RFC 1950, the correct format of `deflate`.
        case zlib
        /// RFC 1951 without the zlib wrapper, which some servers send as `deflate`.
        case raw
        /// RFC 7932, with a window of 64 KB.
        case brotli
        /// RFC 8878: one frame without a checksum, with a window of 128 KB.
        case zstd
    }

    enum Flaw: String, Sendable, CaseIterable {
        /// The head names the coding, but the body is not coded.
        case plain
        /// The bytes are not valid in any coding.
        case garbage
        case badChecksum = "bad_checksum"
        /// The end of the coded body is missing.
        case truncated
    }

    init(_ name: String, _ format: Format, flaw: Flaw? = nil) {
        self.name = name
        self.format = format
        self.flaw = flaw
    }

    /// The coded bytes, which the client can decode at once.
    mutating func push(_ bytes: [UInt8]) -> [UInt8] {
        switch flaw {
        case .plain: return bytes
        case .garbage: return bytes.map { $0 ^ 0xA5 }
        case .badChecksum, .truncated, nil: break
        }
        if bytes.isEmpty { return [] }
        let isFirst = !hasBegun
        var output = isFirst ? header : []
        hasBegun = true
        crc.add(bytes)
        adler.add(bytes)
        count &+= UInt32(truncatingIfNeeded: bytes.count)
        var rest = bytes[...]
        while !rest.isEmpty {
            let block = rest.prefix(65_535)
            append(headOf: block.count, isFirst: isFirst && output.count == header.count, to: &output)
            output.append(contentsOf: block)
            rest = rest.dropFirst(block.count)
        }
        return output
    }

    mutating func finish() -> [UInt8] {
        switch flaw {
        case .plain, .garbage, .truncated: return []
        case .badChecksum, nil: break
        }
        var output = hasBegun ? [] : header
        switch format {
        case .gzip, .zlib, .raw: output += [1, 0, 0, 0xFF, 0xFF]
        // The last meta-block is empty. The window size precedes the last meta-block if no earlier block has stated the size.
        case .brotli: output.append(hasBegun ? 0b11 : 0b110)
        // The last block has no bytes.
        case .zstd: output += [1, 0, 0]
        }
        let wrong: UInt32 = flaw == .badChecksum ? 0xFFFF_FFFF : 0
        switch format {
        case .gzip:
            output.append(little: crc.value ^ wrong)
            output.append(little: count)
        case .zlib: output.append(little: (adler.value ^ wrong).byteSwapped)
        case .raw, .brotli, .zstd: break
        }
        return output
    }

    /// Appends the head of a stored block.
    private func append(headOf size: Int, isFirst: Bool, to output: inout [UInt8]) {
        switch format {
        case .gzip, .zlib, .raw:
            output.append(0)
            output.append(little: UInt16(size))
            output.append(little: ~UInt16(size))
        case .brotli:
            // The fields state: not the last block, a size of four nibbles, stored. In the first block, the window bit precedes these
            // fields.
            let bits = UInt32(size - 1) << 3 | 1 << 19
            output.append(contentsOf: Self.little(isFirst ? bits << 1 : bits))
        case .zstd: output.append(contentsOf: Self.little(UInt32(size) << 3))
        }
    }

    private static func little(_ number: UInt32) -> [UInt8] {
        (0..<3).map { UInt8(truncatingIfNeeded: number >> (8 * UInt32($0))) }
    }

    private var header: [UInt8] {
        switch format {
        case .gzip: [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF]
        case .zlib: [0x78, 0x01]
        case .raw, .brotli: []
        case .zstd: [0x28, 0xB5, 0x2F, 0xFD, 0x00, 0x38]
        }
    }
}

/// The checksum of RFC 1952 §8, which PNG uses too.
package struct CRC32: Sendable {
    private var register: UInt32 = 0xFFFF_FFFF

    package init() {}

    package var value: UInt32 { ~register }

    package mutating func add(_ bytes: [UInt8]) {
        for byte in bytes { register = Self.table[Int(UInt8(truncatingIfNeeded: register) ^ byte)] ^ (register >> 8) }
    }

    private static let table: [UInt32] = (0..<256).map { start in
        (0..<8).reduce(UInt32(start)) { value, _ in value & 1 == 1 ? 0xEDB8_8320 ^ (value >> 1) : value >> 1 }
    }
}

/// RFC 1950 §8.2.
package struct Adler32: Sendable {
    private var low: UInt32 = 1
    private var high: UInt32 = 0

    package init() {}

    package var value: UInt32 { high << 16 | low }

    package mutating func add(_ bytes: [UInt8]) {
        for byte in bytes {
            low = (low + UInt32(byte)) % 65_521
            high = (high + low) % 65_521
        }
    }
}

extension [UInt8] {
    fileprivate mutating func append(little number: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: number.littleEndian) { append(contentsOf: $0) }
    }
}
