/// Tracks the frames in a server's bytes, to know whether the next byte begins a frame. Reads only the headers.
struct FrameBoundary {
    private var header: [UInt8] = []
    private var remaining = 0

    /// Whether a frame has begun and is not complete.
    var isInside: Bool { remaining > 0 || !header.isEmpty }

    mutating func pass(_ bytes: UnsafeRawBufferPointer) {
        var offset = 0
        while offset < bytes.count {
            let skipped = min(remaining, bytes.count - offset)
            offset += skipped
            remaining -= skipped
            guard remaining == 0, offset < bytes.count else { continue }
            header.append(bytes[offset])
            offset += 1
            guard header.count >= 2, header.count == headerLength else { continue }
            remaining = payloadLength
            header.removeAll(keepingCapacity: true)
        }
    }

    private var lengthBytes: Int { header[1] & 0x7F == 127 ? 8 : header[1] & 0x7F == 126 ? 2 : 0 }
    private var maskBytes: Int { header[1] & 0x80 != 0 ? 4 : 0 }
    private var headerLength: Int { 2 + lengthBytes + maskBytes }

    private var payloadLength: Int {
        guard lengthBytes > 0 else { return Int(header[1] & 0x7F) }
        return header[2..<(2 + lengthBytes)].reduce(0) { $0 << 8 | Int($1) }
    }
}
