/// Reads WebSocket frames from bytes that arrive in any pieces, and returns whole messages (RFC 6455 §5). The reader uses no socket; it
/// stops at the first violation of the protocol and at a Close frame.
package struct SocketReader: Sendable {
    /// What a peer has sent.
    package enum Input: Sendable, Hashable {
        case text([UInt8])
        case binary([UInt8])
        /// A message with the first reserved bit, compressed by permessage-deflate.
        case compressed([UInt8], isText: Bool)
        case ping([UInt8])
        case pong([UInt8])
        /// A Close frame; nil if it has no code.
        case close(SocketClose?)
        /// The peer broke the protocol or a limit. The server answers with a Close frame that has this content.
        case violation(SocketClose)
    }

    /// The sender of the frames: a client's frames are masked, a server's are not.
    package enum Peer: Sendable, Hashable {
        case client
        case server
    }

    private let peer: Peer
    private let limit: Int
    private let allowsCompression: Bool
    private var header: [UInt8] = []
    private var frame: Frame?
    /// The message whose fragments are arriving.
    private var message: Message?
    package private(set) var hasEnded = false

    private struct Frame {
        var opcode: SocketOpcode
        var isFinal: Bool
        var mask: [UInt8]
        var remaining: Int
        var position = 0
        /// The payload of a control frame. The payload of a data frame goes into the message.
        var payload: [UInt8] = []
    }

    private struct Message {
        var isText: Bool
        var isCompressed: Bool
        var bytes: [UInt8] = []
        var checker = UTF8Checker()
    }

    /// - Parameters:
    ///   - limit: the maximum number of bytes of a message; a longer message is a violation with the code 1009.
    ///   - allowsCompression: whether the handshake has agreed on permessage-deflate.
    package init(from peer: Peer = .client, limit: Int, allowsCompression: Bool = false) {
        self.peer = peer
        self.limit = limit
        self.allowsCompression = allowsCompression
        header.reserveCapacity(14)
    }

    /// Whether a message or frame has begun and is not complete.
    package var isInMessage: Bool { message != nil || frame != nil || !header.isEmpty }

    package mutating func read(_ bytes: [UInt8]) -> [Input] { bytes.withUnsafeBytes { read($0) } }

    package mutating func read(_ bytes: UnsafeRawBufferPointer) -> [Input] {
        var inputs: [Input] = []
        var offset = 0
        do throws(SocketClose) {
            while !hasEnded {
                if let remaining = frame?.remaining {
                    let count = min(remaining, bytes.count - offset)
                    guard count > 0 || remaining == 0 else { break }
                    try take(UnsafeRawBufferPointer(rebasing: bytes[offset..<(offset + count)]))
                    offset += count
                    if count == remaining, let input = try finish() { inputs.append(input) }
                } else {
                    guard offset < bytes.count else { break }
                    header.append(bytes[offset])
                    offset += 1
                    try parseHeader()
                }
            }
        } catch {
            hasEnded = true
            inputs.append(.violation(error))
        }
        return inputs
    }

    // MARK: Headers

    /// The length of the header, which is known after two bytes.
    private var headerLength: Int {
        guard header.count >= 2 else { return 2 }
        let length = header[1] & 0x7F
        return 2 + (length == 127 ? 8 : length == 126 ? 2 : 0) + (header[1] & 0x80 != 0 ? 4 : 0)
    }

    private mutating func parseHeader() throws(SocketClose) {
        guard header.count >= 2 else { return }
        let opcode = try opcode()
        guard header.count == headerLength else { return }
        let isMasked = header[1] & 0x80 != 0
        let lengthBytes = header[2..<(header.count - (isMasked ? 4 : 0))]
        var length = UInt64(header[1] & 0x7F)
        if !lengthBytes.isEmpty { length = lengthBytes.reduce(0) { $0 << 8 | UInt64($1) } }
        guard length >> 63 == 0 else { throw .violation("the length has its first bit set") }
        let before = opcode.isControl ? 0 : message?.bytes.count ?? 0
        guard length <= UInt64(max(0, limit - before)) || opcode.isControl else {
            throw SocketClose(1009, "Sparring: the message exceeds the limit of \(limit) bytes")
        }
        frame = Frame(
            opcode: opcode, isFinal: header[0] & 0x80 != 0, mask: isMasked ? Array(header.suffix(4)) : [],
            remaining: Int(length))
        if !opcode.isControl, message == nil {
            message = Message(isText: opcode == .text, isCompressed: header[0] & 0x40 != 0)
        }
        header.removeAll(keepingCapacity: true)
    }

    /// The opcode, if the first two bytes are valid at this point of the message.
    private func opcode() throws(SocketClose) -> SocketOpcode {
        guard header[0] & (allowsCompression ? 0x30 : 0x70) == 0 else { throw .violation("a reserved bit is set") }
        guard let opcode = SocketOpcode(rawValue: header[0] & 0x0F) else {
            throw .violation("the opcode \(header[0] & 0x0F) is reserved")
        }
        if header[0] & 0x40 != 0, opcode != .text, opcode != .binary {
            throw .violation("the compression bit is set after the first frame of a message")
        }
        guard (header[1] & 0x80 != 0) == (peer == .client) else {
            throw .violation(peer == .client ? "a client's frame is not masked" : "a server's frame is masked")
        }
        if opcode.isControl {
            guard header[0] & 0x80 != 0 else { throw .violation("a control frame is fragmented") }
            guard header[1] & 0x7F <= 125 else { throw .violation("a control frame has more than 125 bytes") }
        } else if opcode == .continuation {
            guard message != nil else { throw .violation("a continuation has no message to continue") }
        } else {
            guard message == nil else { throw .violation("a message begins inside another") }
        }
        return opcode
    }

    // MARK: Payloads

    private mutating func take(_ bytes: UnsafeRawBufferPointer) throws(SocketClose) {
        guard var frame else { return }
        let (mask, start) = (frame.mask, frame.position)
        let clear = mask.isEmpty ? Array(bytes) : bytes.enumerated().map { $1 ^ mask[(start + $0) & 3] }
        frame.position += bytes.count
        frame.remaining -= bytes.count
        guard !frame.opcode.isControl else {
            frame.payload += clear
            self.frame = frame
            return
        }
        self.frame = frame
        guard message?.isText ?? false, message?.isCompressed == false else {
            message?.bytes += clear
            return
        }
        for byte in clear {
            guard message?.checker.accepts(byte) ?? true else { throw SocketClose.notUTF8 }
        }
        message?.bytes += clear
    }

    /// The frame is complete.
    private mutating func finish() throws(SocketClose) -> Input? {
        guard let frame else { return nil }
        self.frame = nil
        switch frame.opcode {
        case .ping: return .ping(frame.payload)
        case .pong: return .pong(frame.payload)
        case .close:
            hasEnded = true
            return .close(try Self.close(frame.payload))
        case .continuation, .text, .binary:
            guard frame.isFinal, let message else { return nil }
            self.message = nil
            guard !message.isCompressed else { return .compressed(message.bytes, isText: message.isText) }
            guard message.isText else { return .binary(message.bytes) }
            guard message.checker.isComplete else { throw SocketClose.notUTF8 }
            return .text(message.bytes)
        }
    }

    private static func close(_ payload: [UInt8]) throws(SocketClose) -> SocketClose? {
        guard !payload.isEmpty else { return nil }
        guard payload.count >= 2 else { throw .violation("a Close frame has only half of its code") }
        let code = UInt16(payload[0]) << 8 | UInt16(payload[1])
        guard SocketClose.isSendable(code) else { throw .violation("the Close code \(code) must not be sent") }
        guard let reason = String(validating: payload.dropFirst(2), as: UTF8.self) else { throw .notUTF8 }
        return SocketClose(code, reason)
    }
}

extension SocketReader.Input {
    /// A message that was compressed.
    package static func inflated(_ bytes: [UInt8], isText: Bool) -> SocketReader.Input {
        guard isText else { return .binary(bytes) }
        var checker = UTF8Checker()
        return bytes.allSatisfy { checker.accepts($0) } && checker.isComplete ? .text(bytes) : .violation(.notUTF8)
    }
}
