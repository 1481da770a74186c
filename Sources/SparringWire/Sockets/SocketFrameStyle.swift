/// How the next message is written as frames. Faults change this style.
struct SocketFrameStyle: Sendable, Hashable {
    var opcode = SocketOpcode.text.rawValue
    var hasReservedBit = false
    var isMasked = false
    /// The announced length minus the real length.
    var surplus = 0
    /// The maximum number of bytes of a frame; nil if the whole message is one frame.
    var fragmentBytes: Int?
    /// Bytes that are not UTF-8, after the message.
    var suffix: [UInt8] = []

    /// - Parameter allowsCompression: whether the first reserved bit means compression; if it does, the second reserved bit is the first
    ///   that must not be set.
    func bytes(of message: [UInt8], allowsCompression: Bool = false) -> [UInt8] {
        let message = message + suffix
        let size = max(1, fragmentBytes ?? message.count)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(message.count + 14)
        for start in stride(from: 0, to: max(1, message.count), by: size) {
            let end = min(start + size, message.count)
            var frame = SocketFrame(.continuation, Array(message[start..<end]), isFinal: end == message.count)
            if start == 0 {
                frame.opcode = opcode
                frame.reserved = hasReservedBit ? allowsCompression ? 2 : 4 : 0
                frame.surplus = surplus
            }
            if isMasked { frame.mask = [0x53, 0x70, 0x61, 0x72] }
            frame.append(to: &bytes)
        }
        return bytes
    }
}
