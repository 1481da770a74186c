import NIOCore
import NIOHPACK

/// Splits the head from the bytes of an answer's script, and converts it to the fields of HTTP/2.
///
/// The bytes may be cut anywhere. The splitter is a value without a channel, so that it can be tested alone.
struct AnswerHead {
    private var collected: [UInt8] = []
    private(set) var isComplete = false

    /// The largest head: one HEADERS frame of a size that every client accepts (RFC 9113 §4.2).
    static let largest = 16_384

    enum Failure: Error, Hashable, CustomStringConvertible {
        /// The head is too large for one frame and would need CONTINUATION frames.
        case tooLarge
        /// The head has a status or a field that HTTP/2 cannot carry.
        case malformed(String)

        var description: String {
            switch self {
            case .tooLarge: "the head is larger than a frame of HTTP/2 (\(AnswerHead.largest) bytes)"
            case .malformed(let reason): "the head cannot be sent in HTTP/2: \(reason)"
            }
        }
    }

    /// - Parameter bytes: the next bytes of the answer. The call removes the bytes of the head; the remaining bytes belong to the body.
    /// - Returns: the head if it is complete; otherwise nil.
    mutating func take(from bytes: inout ByteBuffer) throws(Failure) -> HPACKHeaders? {
        guard !isComplete, bytes.readableBytes > 0 else { return nil }
        let known = collected.count
        collected += bytes.readableBytesView
        guard let end = Self.end(of: collected, from: max(0, known - 3)) else {
            bytes.clear()
            return nil
        }
        bytes.moveReaderIndex(forwardBy: end - known)
        collected.removeSubrange(end...)
        isComplete = true
        return try Self.fields(of: collected)
    }

    /// The position after the first empty line.
    private static func end(of bytes: [UInt8], from start: Int) -> Int? {
        guard bytes.count >= 4 else { return nil }
        return (start...(bytes.count - 4)).first { bytes[$0...].starts(with: [0x0D, 0x0A, 0x0D, 0x0A]) }.map { $0 + 4 }
    }

    private static func fields(of head: [UInt8]) throws(Failure) -> HPACKHeaders {
        let lines = head.split(separator: 0x0A).map { $0.dropLast() }
        // `HTTP/2 200`
        guard let words = lines.first?.split(separator: 0x20), words.count >= 2 else {
            throw .malformed("the status is missing")
        }
        var headers = HPACKHeaders([(":status", String(decoding: words[1], as: UTF8.self))])
        // The status and the prefixes of two lengths.
        var size = 16
        for line in lines.dropFirst() where !line.isEmpty {
            guard let colon = line.firstIndex(of: 0x3A) else { throw .malformed("a line has no colon") }
            let value = line[(colon + 1)...].drop { $0 == 0x20 }
            // RFC 9113 §8.2.1
            let name = String(decoding: line[..<colon], as: UTF8.self).lowercased()
            headers.add(name: name, value: String(decoding: value, as: UTF8.self))
            size += name.utf8.count + value.count + 8
        }
        guard size <= largest else { throw .tooLarge }
        return headers
    }
}
