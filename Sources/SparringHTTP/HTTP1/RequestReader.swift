package import NIOCore
package import SparringExchange

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Reads the requests of a connection from its bytes, part by part (RFC 9112). The caller asks for one part at a time, so it may stop
/// between two parts, for example for a fault between head and body.
package struct RequestReader {
    package enum Part {
        case head(RequestHead)
        /// Bytes of the body; at least one.
        case body(ByteBuffer)
        case end
        /// The request cannot be read. No other part follows.
        case problem(RequestProblem)
    }

    private enum Place: Equatable {
        case firstLine
        case fields
        /// The number of bytes of the body that are still expected.
        case body(Int)
        case chunks
        case end
        case broken
    }

    /// The most bytes of a head, of the line with a chunk's size, and of the trailers.
    private let limit: Int
    /// The heads of other requests, for comparison; nil to read each head.
    private let memo: HeadMemo?
    private var place = Place.firstLine
    private var head = RequestHead()
    private var chunks = ChunkReader()
    /// Whether a byte of the request has arrived. Empty lines before the request do not count (RFC 9112 §2.2).
    package private(set) var hasBegun = false
    /// The bytes of a line whose end has not arrived, without a line feed among them.
    private var rest = ByteBuffer()
    /// The number of bytes at the beginning that were already searched for the end of a line.
    private var searched = 0
    /// The length so far of the head, of the line with a chunk's size, or of the trailers, without `rest`.
    private var framing = 0

    package init(limit: Int, memo: HeadMemo? = nil) {
        self.limit = limit
        self.memo = memo
    }

    /// Whether the request would be cut short if the client sent no more.
    package var isIncomplete: Bool { hasBegun && place != .end && place != .broken }

    /// Takes the next part from the bytes; nil if they are used up before the part is complete.
    package mutating func next(from bytes: inout ByteBuffer) -> Part? {
        do {
            return try part(&bytes)
        } catch {
            place = .broken
            return .problem(error)
        }
    }

    private mutating func part(_ bytes: inout ByteBuffer) throws(RequestProblem) -> Part? {
        if rest.readableBytes > 0 {
            searched = rest.readableBytes
            rest.writeBuffer(&bytes)
            bytes = rest
            rest = ByteBuffer()
        }
        switch place {
        case .firstLine, .fields:
            if !hasBegun { skipEmptyLines(&bytes) }
            return try headPart(&bytes)
        case .body(let left):
            guard let piece = bytes.readSlice(length: min(left, bytes.readableBytes)), piece.readableBytes > 0 else {
                return nil
            }
            place = left == piece.readableBytes ? .end : .body(left - piece.readableBytes)
            return .body(piece)
        case .chunks: return try chunkPart(&bytes)
        case .end:
            self = RequestReader(limit: limit, memo: memo)
            return .end
        case .broken:
            bytes = ByteBuffer()
            return nil
        }
    }

    private mutating func skipEmptyLines(_ bytes: inout ByteBuffer) {
        let count = bytes.readableBytesView.prefix { $0 == 0x0D || $0 == 0x0A }.count
        bytes.moveReaderIndex(forwardBy: count)
        hasBegun = bytes.readableBytes > 0
    }

    // MARK: Heads

    private mutating func headPart(_ bytes: inout ByteBuffer) throws(RequestProblem) -> Part? {
        let result = bytes.withUnsafeReadableBytes { pointer in
            Result { () throws(RequestProblem) in try takeHead(of: pointer) }
        }
        let (taken, isEnd) = try result.get()
        bytes.moveReaderIndex(forwardBy: taken)
        guard isEnd else { return try keep(&bytes) }
        framing = 0
        if head.isChunked {
            place = .chunks
        } else {
            place = head.length.flatMap { $0 > 0 ? .body($0) : nil } ?? .end
        }
        return .head(head)
    }

    /// Takes a whole head that is remembered, or otherwise all whole lines of the head.
    /// - Returns: the number of bytes taken, and whether the head ends after them.
    private mutating func takeHead(of bytes: UnsafeRawBufferPointer) throws(RequestProblem) -> (taken: Int, isEnd: Bool)
    {
        guard let memo, place == .firstLine, searched == 0 else { return try takeLines(of: bytes) }
        if let known = memo.head(at: bytes), known.length <= limit {
            head = known.head
            return (known.length, true)
        }
        let (taken, isEnd) = try takeLines(of: bytes)
        if isEnd { memo.keep(head, from: UnsafeRawBufferPointer(rebasing: bytes[..<taken])) }
        return (taken, isEnd)
    }

    /// Takes all whole lines of the head.
    /// - Returns: the number of bytes taken, and whether the head ends after them.
    private mutating func takeLines(
        of bytes: UnsafeRawBufferPointer
    ) throws(RequestProblem) -> (taken: Int, isEnd: Bool) {
        var start = 0
        while let end = try lineEnd(in: bytes, from: start) {
            let line = UnsafeRawBufferPointer(rebasing: bytes[start..<end - 2])
            start = end
            switch (place, line.isEmpty) {
            case (.firstLine, _):
                try head.start(line)
                place = .fields
            case (_, true):
                try head.end()
                return (start, true)
            case (_, false): try head.add(line)
            }
        }
        // Other protocols are refused at once: in a TLS handshake, for example, no line may ever end.
        if place == .firstLine, start < bytes.count, !HeadBytes.isToken(bytes[start]) {
            throw RequestHead.noRequestLine
        }
        return (start, false)
    }

    // MARK: Chunks

    private mutating func chunkPart(_ bytes: inout ByteBuffer) throws(RequestProblem) -> Part? {
        while true {
            switch chunks.state {
            case .data(let left):
                guard let piece = bytes.readSlice(length: min(left, bytes.readableBytes)), piece.readableBytes > 0
                else { return nil }
                chunks.took(piece.readableBytes)
                return .body(piece)
            case .ended:
                self = RequestReader(limit: limit, memo: memo)
                return .end
            case .size, .dataEnd, .trailer:
                let result = bytes.withUnsafeReadableBytes { pointer in
                    Result { () throws(RequestProblem) in try takeLine(of: pointer) }
                }
                guard let taken = try result.get() else { return try keep(&bytes) }
                bytes.moveReaderIndex(forwardBy: taken)
            }
        }
    }

    /// Takes a line of the chunks' framing.
    /// - Returns: the number of bytes taken; nil if no line ends in the bytes.
    private mutating func takeLine(of bytes: UnsafeRawBufferPointer) throws(RequestProblem) -> Int? {
        guard let end = try lineEnd(in: bytes, from: 0) else { return nil }
        // The trailers are measured together, and any other line alone.
        if chunks.state != .trailer { framing = 0 }
        try chunks.add(UnsafeRawBufferPointer(rebasing: bytes[..<(end - 2)]))
        return end
    }

    // MARK: Lines

    /// The place after the line's end; nil if the end has not arrived. A line that ends with LF alone could end elsewhere for another
    /// server.
    private mutating func lineEnd(in bytes: UnsafeRawBufferPointer, from start: Int) throws(RequestProblem) -> Int? {
        let from = start + searched
        searched = 0
        guard let base = bytes.baseAddress, from < bytes.count,
            let found = memchr(base + from, 0x0A, bytes.count - from)
        else { return nil }
        let end = UnsafeRawPointer(found) - base + 1
        framing += end - start
        guard framing <= limit else { throw .headTooLarge(limit: limit) }
        guard end - start > 1, bytes[end - 2] == 0x0D else { throw .malformed("a line does not end with CRLF") }
        return end
    }

    /// Keeps the bytes of a line whose end has not arrived.
    private mutating func keep(_ bytes: inout ByteBuffer) throws(RequestProblem) -> Part? {
        guard framing + bytes.readableBytes <= limit else { throw .headTooLarge(limit: limit) }
        rest = bytes
        bytes = ByteBuffer()
        return nil
    }
}
