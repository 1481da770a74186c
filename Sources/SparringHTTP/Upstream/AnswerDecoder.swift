package import SparringExchange
import SparringWire

/// Parses answers, one after the other (RFC 9112 §6.3). The decoder is a value without a channel, so that it can be tested alone.
///
/// The decoder repairs nothing: bytes that are not HTTP/1 are an error, and a truncated body is distinguished from a complete one.
package struct AnswerDecoder {
    package enum Part: Hashable {
        case head(UpstreamHead)
        case body([UInt8])
        case end
    }

    package struct Malformed: Error, Hashable {
        package var reason: String
    }

    private enum State {
        case head
        case length(Int)
        case chunkSize
        case chunkData(Int)
        case chunkEnd
        case trailer
        case untilClose
        case ended
    }

    private let isHead: Bool
    private var state = State.head
    /// The bytes of the current line of the head or of the framing.
    private var line: [UInt8] = []
    private(set) var hasBegun = false
    /// Whether the connection can be used for another request after this answer.
    private(set) var keepsAlive = false

    private static let headLimit = 256 * 1024
    private static let lineLimit = 8 * 1024

    /// - Parameter isHead: whether the request was a HEAD, whose answer has no body.
    package init(isHead: Bool) { self.isHead = isHead }

    /// - Returns: the parts that these bytes complete. Bytes after the end of the answer are dropped, and then `keepsAlive` is false.
    package mutating func take(_ bytes: UnsafeRawBufferPointer) throws(Malformed) -> [Part] {
        var parts: [Part] = []
        var index = 0
        while index < bytes.count {
            hasBegun = true
            switch state {
            case .head: try head(bytes, &index, &parts)
            case .length(let left):
                let count = body(left, of: bytes, from: &index, to: &parts)
                if left == count { end(&parts) } else { state = .length(left - count) }
            case .chunkData(let left):
                let count = body(left, of: bytes, from: &index, to: &parts)
                state = left == count ? .chunkEnd : .chunkData(left - count)
            case .chunkSize:
                guard let line = try line(bytes, &index) else { break }
                let size = try Self.chunkSize(line)
                state = size == 0 ? .trailer : .chunkData(size)
            case .chunkEnd:
                guard let line = try line(bytes, &index) else { break }
                guard line.isEmpty else { throw Malformed(reason: "a chunk is longer than its size says") }
                state = .chunkSize
            case .trailer:
                guard let line = try line(bytes, &index) else { break }
                if line.isEmpty { end(&parts) }
            case .untilClose: _ = body(bytes.count - index, of: bytes, from: &index, to: &parts)
            case .ended:
                keepsAlive = false
                return parts
            }
        }
        return parts
    }

    /// Called when the upstream has closed its side of the connection.
    /// - Returns: whether the answer is complete.
    package mutating func close() -> Bool {
        guard case .untilClose = state else { return false }
        state = .ended
        return true
    }

    private mutating func end(_ parts: inout [Part]) {
        state = .ended
        parts.append(.end)
    }

    /// The bytes of one read stay together, so that the pieces are the same as on the network.
    private func body(
        _ wanted: Int, of bytes: UnsafeRawBufferPointer, from index: inout Int, to parts: inout [Part]
    ) -> Int {
        let count = min(wanted, bytes.count - index)
        let piece = bytes[index..<(index + count)]
        index += count
        if case .body(var last) = parts.last {
            parts.removeLast()
            last.append(contentsOf: piece)
            parts.append(.body(last))
        } else if count > 0 {
            parts.append(.body(Array(piece)))
        }
        return count
    }

    // MARK: Lines

    /// Returns a line without its end; nil if the line is incomplete.
    private mutating func line(_ bytes: UnsafeRawBufferPointer, _ index: inout Int) throws(Malformed) -> [UInt8]? {
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            guard byte == 0x0A else {
                line.append(byte)
                guard line.count <= Self.lineLimit else { throw Malformed(reason: "a line of its chunks has no end") }
                continue
            }
            defer { line.removeAll(keepingCapacity: true) }
            return line.last == 0x0D ? line.dropLast() : line
        }
        return nil
    }

    private static func chunkSize(_ line: [UInt8]) throws(Malformed) -> Int {
        let digits = line.prefix { $0 != UInt8(ascii: ";") && $0 != 0x20 && $0 != 0x09 }
        guard (1...15).contains(digits.count), let size = Int(String(decoding: digits, as: UTF8.self), radix: 16),
            size >= 0, digits.first != UInt8(ascii: "+")
        else { throw Malformed(reason: "a chunk has no size") }
        return size
    }

    // MARK: The head

    private mutating func head(
        _ bytes: UnsafeRawBufferPointer, _ index: inout Int, _ parts: inout [Part]
    ) throws(Malformed) {
        while index < bytes.count {
            line.append(bytes[index])
            index += 1
            guard line.count <= Self.headLimit else { throw Malformed(reason: "its head has no end") }
            guard line.last == 0x0A, line.count >= 2 else { continue }
            let isEnd = line[line.count - 2] == 0x0A || line.suffix(4) == [0x0D, 0x0A, 0x0D, 0x0A]
            guard isEnd else { continue }
            let head = try Self.head(line)
            line.removeAll()
            // This is an interim answer; the final answer follows.
            guard head.status >= 200 || head.status == 101 else { return }
            try begin(head, &parts)
            return
        }
    }

    private mutating func begin(_ head: UpstreamHead, _ parts: inout [Part]) throws(Malformed) {
        parts.append(.head(head))
        let options = head.headers.list("connection")
        keepsAlive = head.minorVersion >= 1 ? !options.contains("close") : options.contains("keep-alive")
        let codings = head.headers.list("transfer-encoding")
        if isHead || head.status == 204 || head.status == 304 {
            end(&parts)
        } else if codings.last == "chunked" {
            state = .chunkSize
        } else if codings.isEmpty, let text = head.headers["content-length"] {
            guard let length = Int(text), length >= 0, text.utf8.allSatisfy({ $0 &- 0x30 < 10 }) else {
                throw Malformed(reason: "its Content-Length is '\(text)'")
            }
            if length == 0 { end(&parts) } else { state = .length(length) }
        } else {
            state = .untilClose
            keepsAlive = false
        }
    }

    private static func head(_ bytes: [UInt8]) throws(Malformed) -> UpstreamHead {
        var lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false).map { line in
            line.last == 0x0D ? line.dropLast() : line
        }
        let first = lines.removeFirst()
        let words = first.split(separator: 0x20, maxSplits: 2, omittingEmptySubsequences: false)
        guard first.starts(with: "HTTP/1.".utf8), words.count >= 2, words[0].count == 8, words[1].count == 3,
            let minor = Int(String(decoding: words[0].suffix(1), as: UTF8.self)),
            let status = Int(String(decoding: words[1], as: UTF8.self)), (100...999).contains(status)
        else {
            throw Malformed(reason: "it does not begin with an HTTP/1 status line")
        }
        var head = UpstreamHead(
            status: status, minorVersion: minor,
            reason: words.count > 2 ? String(decoding: words[2], as: UTF8.self) : "")
        for line in lines where !line.isEmpty {
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > line.startIndex else {
                throw Malformed(reason: "a line of its head has no name")
            }
            let value = line[(colon + 1)...].trimmed
            head.headers.append(
                String(decoding: line[..<colon], as: UTF8.self), String(decoding: value, as: UTF8.self))
        }
        return head
    }
}

extension ArraySlice<UInt8> {
    fileprivate var trimmed: ArraySlice<UInt8> {
        func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
        let start = drop(while: isBlank)
        return start.prefix((start.lastIndex { !isBlank($0) } ?? start.startIndex - 1) - start.startIndex + 1)
    }
}
