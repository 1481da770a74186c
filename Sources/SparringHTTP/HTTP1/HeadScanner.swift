#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Scans the raw bytes of a request's head in front of the decoder, for three facts that the decoder does not report:
/// where the head ends, its length on the wire, and bytes that are not UTF-8, which Swift strings repair silently.
package struct HeadScanner {
    package enum Finding: Hashable {
        /// All scanned bytes belong to a head that continues.
        case goesOn
        /// The head ends after this many of the scanned bytes.
        case ends(after: Int)
        /// RFC 9110 §5.5 allows any byte above 0x7F in field values. A test server must show exactly the bytes that it
        /// received, so it rejects these.
        case notUTF8
    }

    /// The length of the head so far. Empty lines before a request line do not count (RFC 9112 §2.2).
    package private(set) var count = 0
    /// The announced length of the body, if the line arrived in one piece; the decoder has the last word. It saves the
    /// usual request, whose body arrives with its head, a second round through the decoder.
    private(set) var announcedLength: Int?
    private var isLineEmpty = true
    /// Whether the current line is one carriage return so far. With a second one, it is not empty.
    private var isCarriageReturn = false
    private var utf8 = UTF8Progress()

    package init() {}

    package mutating func scan(_ bytes: UnsafeRawBufferPointer) -> Finding {
        let end = end(of: bytes)
        guard utf8.accepts(UnsafeRawBufferPointer(rebasing: bytes[..<(end ?? bytes.count)])) else { return .notUTF8 }
        return end.map { .ends(after: $0) } ?? .goesOn
    }

    /// Searches line by line, because that is fast and every request needs it.
    private mutating func end(of bytes: UnsafeRawBufferPointer) -> Int? {
        guard let base = bytes.baseAddress else { return nil }
        var start = 0
        while start < bytes.count {
            let lineFeed = memchr(base + start, 0x0A, bytes.count - start).map { UnsafeRawPointer($0) - base }
            let end = lineFeed.map { $0 + 1 } ?? bytes.count
            let length = end - start - (lineFeed == nil ? 0 : 1)
            let hasText = length > 1 || length == 1 && (bytes[start] != 0x0D || isCarriageReturn)
            if hasText || count > 0 { count += end - start + (isCarriageReturn && count == 0 ? 1 : 0) }
            isLineEmpty = isLineEmpty && !hasText
            isCarriageReturn = lineFeed == nil && (length == 1 && !hasText || length == 0 && isCarriageReturn)
            if lineFeed != nil {
                if isLineEmpty, count > 0 { return end }
                isLineEmpty = true
                // Only a line after the first one certainly begins in these bytes.
                if start > 0, bytes[start] | 0x20 == Self.lengthName[0] {
                    announcedLength = Self.length(in: bytes[start..<end]) ?? announcedLength
                }
            }
            start = end
        }
        return nil
    }

    private static let lengthName = Array("content-length:".utf8)

    /// The value of a `Content-Length` of plain digits; nil for any other line.
    private static func length(in line: Slice<UnsafeRawBufferPointer>) -> Int? {
        guard line.count < 40, line.prefix(lengthName.count).elementsEqual(lengthName, by: { $0 | 0x20 == $1 }) else {
            return nil
        }
        var length: Int?
        for byte in line.dropFirst(lengthName.count).drop(while: { $0 == 0x20 }) {
            guard byte >= 0x30, byte <= 0x39 else { return byte == 0x0D || byte == 0x0A ? length : nil }
            guard length ?? 0 < 1 << 40 else { return nil }
            length = (length ?? 0) * 10 + Int(byte - 0x30)
        }
        return length
    }
}

/// The state of a check for UTF-8 after the last byte, so that text can be checked in pieces of any size.
struct UTF8Progress {
    /// The number of continuation bytes that are still expected, and the bounds of the next one. Overlong forms,
    /// surrogates and code points above U+10FFFF are detected in the second byte (Unicode 15, table 3-7).
    private var missing = 0
    private var bounds: ClosedRange<UInt8> = 0x80...0xBF

    mutating func accepts(_ bytes: UnsafeRawBufferPointer) -> Bool {
        // Nearly every head is ASCII.
        if missing == 0, Self.isASCII(bytes) { return true }
        for byte in bytes { guard accepts(byte) else { return false } }
        return true
    }

    /// Compares eight bytes at a time.
    private static func isASCII(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var bits: UInt64 = 0
        var index = 0
        while index + 8 <= bytes.count {
            bits |= bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            index += 8
        }
        while index < bytes.count {
            bits |= UInt64(bytes[index])
            index += 1
        }
        return bits & 0x8080_8080_8080_8080 == 0
    }

    private mutating func accepts(_ byte: UInt8) -> Bool {
        if missing > 0 {
            guard bounds.contains(byte) else { return false }
            missing -= 1
            bounds = 0x80...0xBF
            return true
        }
        switch byte {
        case 0x00...0x7F: return true
        case 0xC2...0xDF: missing = 1
        case 0xE0: (missing, bounds) = (2, 0xA0...0xBF)
        case 0xED: (missing, bounds) = (2, 0x80...0x9F)
        case 0xE1...0xEF: missing = 2
        case 0xF0: (missing, bounds) = (3, 0x90...0xBF)
        case 0xF1...0xF3: missing = 3
        case 0xF4: (missing, bounds) = (3, 0x80...0x8F)
        default: return false
        }
        return true
    }
}
