#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Takes a multipart body apart as it comes, in pieces that may be cut anywhere (RFC 2046 §5.1, RFC 7578).
///
/// A value without I/O: it hands out heads and runs of data in the order of the body, and holds no more than one head.
package struct MultipartParser: Sendable {
    package enum Token: Sendable, Hashable {
        case part(MultipartHead)
        /// Some of the bytes of the part that has begun.
        case data([UInt8])
        case partEnd
    }

    /// Why a body is no multipart body, in words for a person.
    package struct Problem: Error, Sendable, Hashable, CustomStringConvertible {
        package var description: String

        package init(_ description: String) { self.description = description }
    }

    private enum State {
        /// Before the first boundary, which may be the body's first line.
        case preamble
        /// Behind a boundary: a line end begins a part, two hyphens end the body.
        case boundary
        case head
        case data
        /// Behind the last boundary. What follows is nobody's.
        case end
    }

    /// Of all fields of one part's head, in bytes.
    package static let longestHead = 16 * 1024

    private var state = State.preamble
    /// What comes between two parts: a line end, two hyphens and the boundary.
    private let delimiter: [UInt8]
    /// How much of the delimiter the last bytes were: they are data only if it does not go on.
    private var matched: Int
    /// The line behind a boundary, or the head of a part, so far.
    private var line: [UInt8] = []

    /// - Parameter boundary: as the content type names it.
    package init(boundary: String) {
        delimiter = Array("\r\n--\(boundary)".utf8)
        // A body may begin with the boundary itself, as if a line had ended before it.
        matched = 2
    }

    /// Whether the last boundary has come.
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

    // MARK: Data

    /// Goes on to the next delimiter, or to the end of the piece.
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
                // A boundary has no carriage return in it, so only one can begin a delimiter.
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
            // It was none: what was held back is data, as far as it came with an earlier piece.
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
                guard padding.isEmpty else { throw Problem("a boundary is followed by something on its line") }
                line = []
                state = .head
                return index
            }
            guard line.count < 1024 else { throw Problem("the line of a boundary does not end") }
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
