/// Writes WebSocket frames (RFC 6455 §5.2). Every field can have a wrong value: faults and tests send frames that a library refuses to
/// write.
package struct SocketFrame: Sendable, Hashable {
    /// The four bits of the opcode; 3–7 and 11–15 are reserved.
    package var opcode: UInt8
    package var isFinal = true
    /// RSV1, RSV2 and RSV3 as the bits 4, 2 and 1; 0 without extensions.
    package var reserved: UInt8 = 0
    /// The masking key: clients must mask, servers must not.
    package var mask: [UInt8]?
    package var payload: [UInt8]
    /// The announced length minus the length of the payload: 0 in a correct frame.
    package var surplus = 0

    package init(_ opcode: SocketOpcode, _ payload: [UInt8], isFinal: Bool = true, mask: [UInt8]? = nil) {
        self.opcode = opcode.rawValue
        self.payload = payload
        self.isFinal = isFinal
        self.mask = mask
    }

    package static func text(_ payload: [UInt8]) -> SocketFrame { SocketFrame(.text, payload) }

    package static func close(_ close: SocketClose?) -> SocketFrame { SocketFrame(.close, close?.payload ?? []) }

    package var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(payload.count + 14)
        append(to: &bytes)
        return bytes
    }

    package func append(to bytes: inout [UInt8]) {
        bytes.append((isFinal ? 0x80 : 0) | (reserved & 7) << 4 | opcode & 0x0F)
        Self.append(length: max(0, payload.count + surplus), isMasked: mask != nil, to: &bytes)
        guard let mask, mask.count == 4 else {
            bytes += payload
            return
        }
        bytes += mask
        for (index, byte) in payload.enumerated() { bytes.append(byte ^ mask[index & 3]) }
    }

    /// Appends the length in the shortest of the three forms of a length.
    private static func append(length: Int, isMasked: Bool, to bytes: inout [UInt8]) {
        let masked: UInt8 = isMasked ? 0x80 : 0
        switch length {
        case 0...125: bytes.append(masked | UInt8(length))
        case 126...0xFFFF:
            bytes += [masked | 126, UInt8(length >> 8), UInt8(length & 0xFF)]
        default:
            bytes.append(masked | 127)
            for shift in stride(from: 56, through: 0, by: -8) { bytes.append(UInt8(length >> shift & 0xFF)) }
        }
    }
}

extension SocketFrame {
    /// Where each message of a server's intact frames ends: the number of bytes up to that end. Control frames end no message.
    package static func ends(ofMessagesIn bytes: [UInt8]) -> [Int] {
        var (ends, place): ([Int], Int) = ([], 0)
        while place + 2 <= bytes.count {
            let (first, second) = (bytes[place], bytes[place + 1])
            let extended = second & 0x7F == 127 ? 8 : second & 0x7F == 126 ? 2 : 0
            let masked = second & 0x80 != 0 ? 4 : 0
            guard place + 2 + extended + masked <= bytes.count else { break }
            let length =
                extended == 0
                ? Int(second & 0x7F)
                : bytes[(place + 2)..<(place + 2 + extended)].reduce(0) { ($0 & 0xFF_FFFF_FFFF) << 8 | Int($1) }
            place += 2 + extended + masked + length
            guard place <= bytes.count else { break }
            if first & 0x80 != 0, first & 0x08 == 0 { ends.append(place) }
        }
        return ends
    }
}
