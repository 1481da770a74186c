/// How the body is cut into chunks (RFC 9112 §7.1), and how it is not.
struct Framing: Sendable, Hashable {
    /// Written instead of the next chunk's size; `nil` the true one.
    var size: String?
    /// Behind the next chunk's size.
    var chunkExtension = ""
    var hasLineEnd = true
    /// Half of the next chunk is sent, then the connection ends.
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

    /// What held for one chunk holds no more.
    mutating func chunkIsWritten() {
        size = nil
        chunkExtension = ""
        hasLineEnd = true
        isTorn = false
    }
}
