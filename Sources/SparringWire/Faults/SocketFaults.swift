/// Faults of an answer on a WebSocket (RFC 6455). The faults `fin` and `reset` can also be used: they end the answer without a Close frame,
/// which clients report as 1006.
enum SocketFaults {
    static let all = [
        close, pingFlood, noPong, halfOpen, fragments, masked, reservedBit, wrongLength, wrongOpcode, notUTF8,
    ]

    /// Points inside a head are not allowed, because an answer on a WebSocket has no head.
    private static let points: FaultPoints = [.start, .head, .events, .elapsed, .end]

    static let close = WireFault(
        kind: FaultKind(
            "socket_close", .ending, at: points, usually: .event(2),
            takes: [
                FaultParameter(.code, .count(0...65_535), .integer(1011)), FaultParameter(.text, .text, nil),
            ], needsSocket: true,
            "sends a Close frame with this code and reason, then FIN: 1000 normal, 1001 going away, 1008 policy, 1011 "
                + "internal error, 1012 restart, 1013 try again later, 4000 to 4999 for applications; it also sends "
                + "codes that the standard forbids"
        ),
        edit: .close { SocketClose(UInt16(clamping: $0.integer(.code)), $0.text(.text)) })

    static let pingFlood = WireFault(
        kind: FaultKind(
            "socket_ping_flood", .framing, at: points, usually: .event(2),
            takes: [FaultParameter(.count, .count(1...10_000), .integer(1000))], needsSocket: true,
            "sends that many Ping frames, each of which the client must answer; the answer continues"),
        edit: .controlFrames { arguments in
            (0..<arguments.integer(.count)).flatMap { SocketFrame(.ping, Array("\($0)".utf8)).bytes }
        })

    static let noPong = WireFault(
        kind: FaultKind(
            "socket_no_pong", .framing, at: points, usually: .start, needsSocket: true,
            "does not answer the client's Pings from here on; the socket continues"),
        edit: .steps { _, id in [.frames(.silence(.pongs)), .fault(id)] })

    static let halfOpen = WireFault(
        kind: FaultKind(
            "socket_half_open", .ending, at: points, usually: .event(2), needsSocket: true,
            "sends nothing more on the whole socket, not even a Pong or a Close frame, and keeps the connection open: "
                + "only a client's own time limit can detect this"),
        edit: .steps { _, id in [.frames(.silence(.everything)), .fault(id), .end(.hang(nil))] })

    static let fragments = WireFault(
        kind: FaultKind(
            "socket_fragments", .framing, at: points, usually: .event(1),
            takes: [FaultParameter(.size, .size(1...100_000_000), .size(1))], needsSocket: true,
            "sends the next message in frames of that many bytes, which is valid: frames may end inside a character"),
        edit: .nextMessage { arguments, style in style.fragmentBytes = arguments.integer(.size) })

    static let masked = WireFault(
        kind: FaultKind(
            "socket_masked", .framing, at: points, usually: .event(1), needsSocket: true,
            "masks the next message, which only clients may do: a client must end the connection with 1002"),
        edit: .nextMessage { _, style in style.isMasked = true })

    static let reservedBit = WireFault(
        kind: FaultKind(
            "socket_reserved_bit", .framing, at: points, usually: .event(1), needsSocket: true,
            "sets the first reserved bit of the next message, as if it were compressed; if compression was "
                + "negotiated, sets the second bit"),
        edit: .nextMessage { _, style in style.hasReservedBit = true })

    static let wrongLength = WireFault(
        kind: FaultKind(
            "socket_wrong_length", .framing, at: points, usually: .event(1),
            takes: [FaultParameter(.form, .choice(["more", "less"]), .text("more"))], needsSocket: true,
            "announces 10 bytes more or less than the next message has, so that the next frame begins at the wrong place"
        ),
        edit: .nextMessage { arguments, style in style.surplus = arguments.text(.form) == "less" ? -10 : 10 })

    static let wrongOpcode = WireFault(
        kind: FaultKind(
            "socket_opcode", .framing, at: points, usually: .event(1),
            takes: [FaultParameter(.form, .choice(["binary", "continuation", "reserved"]), .text("binary"))],
            needsSocket: true,
            "sends the next message as binary, as a continuation "
                + "without a message before it, or with a reserved opcode"),
        edit: .nextMessage { arguments, style in
            let opcodes: [String: UInt8] = ["binary": 2, "continuation": 0, "reserved": 3]
            style.opcode = opcodes[arguments.text(.form)] ?? 2
        })

    static let notUTF8 = WireFault(
        kind: FaultKind(
            "socket_not_utf8", .framing, at: points, usually: .event(1), needsSocket: true,
            "the next message ends in a byte that is not UTF-8: a client must end the connection with 1007"),
        edit: .nextMessage { _, style in style.suffix = [0xFF] })
}
