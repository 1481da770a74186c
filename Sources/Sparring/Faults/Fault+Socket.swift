/// Faults of an answer on a WebSocket. ``fin(at:)`` and ``reset(at:)`` end a socket without a Close frame (1006).
extension MockScenario.Fault {
    /// Sends a Close frame with this code and reason, then FIN. The default point is `event 2`.
    public static func socketClose(_ code: Int = 1011, reason: String? = nil, at point: Point? = nil) -> Self {
        named("socket_close", [.integer(code), reason.map { .text($0) }], at: point)
    }

    /// Sends `count` Ping frames, 1 to 10000. The client has to answer each of the Pings. The default point is `event 2`.
    public static func socketPingFlood(_ count: Int = 1000, at point: Point? = nil) -> Self {
        named("socket_ping_flood", [.integer(count)], at: point)
    }

    /// The server does not answer the client's Pings from here on. The default point is `start`.
    public static func socketNoPong(at point: Point? = nil) -> Self { named("socket_no_pong", at: point) }

    /// The server sends no more bytes on the whole socket, but the connection stays open. The default point is `event 2`.
    public static func socketHalfOpen(at point: Point? = nil) -> Self { named("socket_half_open", at: point) }

    /// The next message is split into frames of this many bytes, which is valid. The default point is `event 1`.
    public static func socketFragments(bytes: Int = 1, at point: Point? = nil) -> Self {
        named("socket_fragments", [.size(bytes)], at: point)
    }

    /// The next message is masked, which only clients may do. The default point is `event 1`.
    public static func socketMasked(at point: Point? = nil) -> Self { named("socket_masked", at: point) }

    /// The first reserved bit of the next message is set. The default point is `event 1`.
    public static func socketReservedBit(at point: Point? = nil) -> Self { named("socket_reserved_bit", at: point) }

    /// The announced length of the next message is wrong by 10. The default point is `event 1`.
    public static func socketWrongLength(_ form: SocketLengthForm = .more, at point: Point? = nil) -> Self {
        named("socket_wrong_length", [.text(form.rawValue)], at: point)
    }

    /// The next message does not have the opcode of text. The default point is `event 1`.
    public static func socketOpcode(_ form: SocketOpcodeForm = .binary, at point: Point? = nil) -> Self {
        named("socket_opcode", [.text(form.rawValue)], at: point)
    }

    /// The next message ends in a byte that is not UTF-8. The default point is `event 1`.
    public static func socketNotUTF8(at point: Point? = nil) -> Self { named("socket_not_utf8", at: point) }

    /// The error in the length of a frame.
    public enum SocketLengthForm: String, Sendable, CaseIterable {
        /// The length announces 10 bytes more than are sent.
        case more
        /// The length announces 10 bytes fewer than are sent.
        case less
    }

    /// The opcode of a message that should be text.
    public enum SocketOpcodeForm: String, Sendable, CaseIterable {
        /// The message is binary.
        case binary
        /// The message continues another message, which does not exist.
        case continuation
        /// The opcode is reserved (3).
        case reserved
    }
}
