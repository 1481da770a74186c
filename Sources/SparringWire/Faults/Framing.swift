/// How the body is split into chunks (RFC 9112 §7.1), correctly or not.
struct Framing: Sendable, Hashable {
    /// Replaces the next chunk's size; nil for the correct size.
    var size: String?
    /// The text that follows the next chunk's size.
    var chunkExtension = ""
    var hasLineEnd = true
    /// True if half of the next chunk is sent and then the connection ends.
    var isTorn = false
    var hasLastChunk = true
    var trailers: [String] = []

    func opening(_ count: Int) -> [UInt8] {
        Array("\(size ?? String(count, radix: 16))\(chunkExtension)\r\n".utf8)
    }

    var closing: [UInt8] { hasLineEnd ? [0x0D, 0x0A] : [] }

    var lastChunk: [UInt8] {
        guard hasLastChunk else { return [] }
        return Array(("0\r\n" + trailers.map { $0 + "\r\n" }.joined() + "\r\n").utf8)
    }

    /// Resets the values that apply to a single chunk.
    mutating func chunkIsWritten() {
        size = nil
        chunkExtension = ""
        hasLineEnd = true
        isTorn = false
    }
}
