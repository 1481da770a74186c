#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Parses a multipart body while it arrives, in pieces of any size (RFC 2046 §5.1, RFC 7578).
///
/// The parser does no I/O. It returns heads and runs of data in the order of the body, and stores at most one head.
package struct MultipartParser: Sendable {
    package enum Token: Sendable, Hashable {
        case part(MultipartHead)
        /// Some bytes of the current part.
        case data([UInt8])
        case partEnd
    }

    /// The reason why a body is not valid multipart, in words for a person.
    package struct Problem: Error, Sendable, Hashable, CustomStringConvertible {
        package var description: String

        package init(_ description: String) { self.description = description }
    }

    private enum State {
        /// The bytes before the first boundary, which may be the body's first line.
        case preamble
        /// The bytes after a boundary: a line end starts a part, and two hyphens end the body.
        case boundary
        case head
        case data
        /// The bytes after the last boundary. These bytes are ignored.
        case end
    }

    /// The maximum number of bytes in the head of one part.
    package static let longestHead = 16 * 1024

    private var state = State.preamble
    /// The delimiter of parts: a line end, two hyphens and the boundary.
    private let delimiter: [UInt8]
    /// The number of bytes of the delimiter that the last received bytes match; these bytes are data if the match fails.
    private var matched: Int
    /// The part that has been received of the line after a boundary, or of the head of a part.
    private var line: [UInt8] = []

    /// - Parameter boundary: the boundary in the content type.
    package init(boundary: String) {
        delimiter = Array("\r\n--\(boundary)".utf8)
        // A body may start with the boundary, as if a line end came before it.
        matched = 2
    }

    /// True if the last boundary has arrived.
    package var isComplete: Bool { if case .end = state { true } else { false } }

    package mutating func feed(
        _ bytes: UnsafeRawBufferPointer, _ take: (Token) throws -> Void
    ) throws {
        var index = 0
        while index < bytes.count {
            switch state {
            case .preamble, .data: index = try scan(bytes, from: index, take)
            case .boundary: index = try afterBoundary(bytes, from: index)
            case .head: index = try head(bytes, from: index, take)
            case .end: return
            }
        }
    }

    /// Reads to the next delimiter, or to the end of the piece.
    private mutating func scan(
        _ bytes: UnsafeRawBufferPointer, from start: Int, _ take: (Token) throws -> Void
    ) throws -> Int {
        var index = start
        var run = start
        let isData = if case .data = state { true } else { false }
        func emit(_ range: Range<Int>) throws {
            guard isData, !range.isEmpty else { return }
            try take(.data(Array(bytes[range])))
        }
        while index < bytes.count {
            if matched == 0 {
                // A boundary contains no carriage return, so only a carriage return can start a delimiter.
                guard let base = bytes.baseAddress,
                    let found = memchr(base + index, 0x0D, bytes.count - index)
                else { break }
                index = UnsafeRawPointer(found) - base
                try emit(run..<index)
                run = index
            }
            while matched < delimiter.count, index < bytes.count, bytes[index] == delimiter[matched] {
                matched += 1
                index += 1
            }
            if matched == delimiter.count {
                matched = 0
                if isData { try take(.partEnd) }
                state = .boundary
                return index
            }
            guard index < bytes.count else { return index }
            // The match failed: the bytes kept from an earlier piece are data.
            let here = index - run
            if isData, matched > here { try take(.data(Array(delimiter[..<(matched - here)]))) }
            matched = 0
            try emit(run..<index)
            run = index
        }
        try emit(run..<bytes.count)
        return bytes.count
    }

    // MARK: Between parts

    private mutating func afterBoundary(_ bytes: UnsafeRawBufferPointer, from start: Int) throws -> Int {
        var index = start
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            line.append(byte)
            if line == [0x2D, 0x2D] {
                line = []
                state = .end
                return index
            }
            if byte == 0x0A {
                let padding = line.dropLast().filter { $0 != 0x20 && $0 != 0x09 && $0 != 0x0D }
                guard padding.isEmpty else { throw Problem("a boundary line has text after the boundary") }
                line = []
                state = .head
                return index
            }
            guard line.count < 1024 else { throw Problem("a boundary line is too long") }
        }
        return index
    }

    private mutating func head(
        _ bytes: UnsafeRawBufferPointer, from start: Int, _ take: (Token) throws -> Void
    ) throws -> Int {
        var index = start
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            line.append(byte)
            guard line.count <= Self.longestHead else { throw Problem("the head of a part is too long") }
            guard byte == 0x0A, line == [0x0D, 0x0A] || line.suffix(4) == [0x0D, 0x0A, 0x0D, 0x0A] else { continue }
            let head = try MultipartHead(line)
            line = []
            state = .data
            try take(.part(head))
            return index
        }
        return index
    }
}
