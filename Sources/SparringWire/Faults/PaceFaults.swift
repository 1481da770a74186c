/// Faults of when bytes are sent, and in how many pieces.
enum PaceFaults {
    static let all = [stall, delay, dribble, slowHead, burst, byteByByte, split, splitCodePoint, splitLineEnd]

    /// Long enough to make two reads of the halves, short enough not to delay a client.
    private static let between = FaultParameter(.pause, .duration, .duration(.milliseconds(20)))

    static let stall = WireFault(
        kind: FaultKind(
            "stall", .pace, at: .anywhere, usually: .event(2),
            takes: [FaultParameter(.duration, .duration, .duration(.seconds(1)))],
            "nothing is sent for that long, then the answer goes on"),
        edit: .pause { $0.duration(.duration) ?? .zero })

    static let delay = WireFault(
        kind: FaultKind(
            "delay", .pace, at: .betweenEvents, usually: .head,
            takes: [FaultParameter(.duration, .duration, .duration(.milliseconds(100)))],
            "every event from here on comes that much later than the one before it"),
        edit: .rhythm { arguments, rhythm in rhythm.delay = arguments.duration(.duration) ?? .zero })

    static let dribble = WireFault(
        kind: FaultKind(
            "dribble", .pace, at: .anywhere, usually: .head, takes: [FaultParameter(.rate, .rate, .rate(2000))],
            "no more than so many bytes a second from here on"),
        edit: .rhythm { arguments, rhythm in rhythm.dribble(bytesPerSecond: max(1, arguments.integer(.rate))) })

    static let slowHead = WireFault(
        kind: FaultKind(
            "slow_head", .pace, at: .start, usually: .start, takes: [FaultParameter(.rate, .rate, .rate(4000))],
            major: 1,
            "the head comes at so many bytes a second, the body as usual"),
        edit: .rhythm { arguments, rhythm in
            rhythm.dribble(bytesPerSecond: max(1, arguments.integer(.rate)))
            rhythm.endsWithHead = true
        })

    static let burst = WireFault(
        kind: FaultKind(
            "burst", .pace, at: .betweenEvents, usually: .head,
            takes: [FaultParameter(.count, .count(2...100_000), .integer(5))],
            "so many events of content come at once, as late as the last of them; needs a stream with a pace"),
        edit: .rhythm { arguments, rhythm in rhythm.burst = arguments.integer(.count) })

    static let byteByByte = WireFault(
        kind: FaultKind(
            "byte_by_byte", .pace, at: .anywhere, usually: .head, "each byte is a write of its own from here on"),
        edit: .rhythm { _, rhythm in rhythm.pieceBytes = 1 })

    static let split = WireFault(
        kind: FaultKind(
            "split", .pace, at: .anywhere, usually: .event(2, plus: 20), takes: [between],
            "what comes before this point and what comes after it are two reads for the client"),
        edit: .pause { $0.duration(.pause) ?? .zero })

    static let splitCodePoint = WireFault(
        kind: FaultKind(
            "split_code_point", .pace, at: .betweenEvents, usually: .start, takes: [between],
            "two reads, cut inside the next character that is more than one byte"),
        edit: .split(.codePoint) { $0.duration(.pause) ?? .zero })

    static let splitLineEnd = WireFault(
        kind: FaultKind(
            "split_line_end", .pace, at: .betweenEvents, usually: .start, takes: [between],
            "two reads, cut between the next CR and its LF in the body; `line_end crlf` makes one"),
        edit: .split(.lineEnd) { $0.duration(.pause) ?? .zero })
}
