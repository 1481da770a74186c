/// Faults of when bytes are sent, and in how many pieces.
enum PaceFaults {
    static let all = [stall, delay, dribble, slowHead, burst, byteByByte, split, splitCodePoint, splitLineEnd]

    /// Long enough to make two reads of the halves, short enough not to delay a client.
    private static let between = FaultParameter(.pause, .duration, .duration(.milliseconds(20)))

    static let stall = WireFault(
        kind: FaultKind(
            "stall", .pace, at: .anywhere, usually: .event(2),
            takes: [FaultParameter(.duration, .duration, .duration(.seconds(1)))],
            "nothing is sent for that long, then the answer continues"),
        edit: .pause { $0.duration(.duration) ?? .zero })

    static let delay = WireFault(
        kind: FaultKind(
            "delay", .pace, at: .betweenEvents, usually: .head,
            takes: [FaultParameter(.duration, .duration, .duration(.milliseconds(100)))],
            "every later event is sent that long after the one before it"),
        edit: .rhythm { arguments, rhythm in rhythm.delay = arguments.duration(.duration) ?? .zero })

    static let dribble = WireFault(
        kind: FaultKind(
            "dribble", .pace, at: .anywhere, usually: .head, takes: [FaultParameter(.rate, .rate, .rate(2000))],
            "at most that many bytes a second from this point on"),
        edit: .rhythm { arguments, rhythm in rhythm.dribble(bytesPerSecond: max(1, arguments.integer(.rate))) })

    static let slowHead = WireFault(
        kind: FaultKind(
            "slow_head", .pace, at: .start, usually: .start, takes: [FaultParameter(.rate, .rate, .rate(4000))],
            major: 1,
            "the head is sent at that many bytes a second, the body at its normal speed"),
        edit: .rhythm { arguments, rhythm in
            rhythm.dribble(bytesPerSecond: max(1, arguments.integer(.rate)))
            rhythm.endsWithHead = true
        })

    static let burst = WireFault(
        kind: FaultKind(
            "burst", .pace, at: .betweenEvents, usually: .head,
            takes: [FaultParameter(.count, .count(2...100_000), .integer(5))],
            "that many content events are sent together, at the time of the last one; needs a stream with a pace"),
        edit: .rhythm { arguments, rhythm in rhythm.burst = arguments.integer(.count) })

    static let byteByByte = WireFault(
        kind: FaultKind(
            "byte_by_byte", .pace, at: .anywhere, usually: .head, "each later byte is written separately"),
        edit: .rhythm { _, rhythm in rhythm.pieceBytes = 1 })

    static let split = WireFault(
        kind: FaultKind(
            "split", .pace, at: .anywhere, usually: .event(2, plus: 20), takes: [between],
            "the client receives the bytes before and after this point in two reads"),
        edit: .pause { $0.duration(.pause) ?? .zero })

    static let splitCodePoint = WireFault(
        kind: FaultKind(
            "split_code_point", .pace, at: .betweenEvents, usually: .start, takes: [between],
            "two reads, split inside the next character of several bytes"),
        edit: .split(.codePoint) { $0.duration(.pause) ?? .zero })

    static let splitLineEnd = WireFault(
        kind: FaultKind(
            "split_line_end", .pace, at: .betweenEvents, usually: .start, takes: [between],
            "two reads, split between the next CR and its LF in the body; `line_end crlf` creates one"),
        edit: .split(.lineEnd) { $0.duration(.pause) ?? .zero })
}
