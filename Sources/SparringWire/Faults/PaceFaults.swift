/// Faults that change when bytes are sent, and in how many pieces.
enum PaceFaults {
    static let all = [
        stall, delay, dribble, slowHead, burst, byteByByte, split, splitCodePoint, splitLineEnd, splitEscape, splitPair,
    ]

    /// The default is long enough for a client to read the halves separately, and short enough not to delay it.
    private static let between = FaultParameter(.pause, .duration, .duration(.milliseconds(20)))

    static let stall = WireFault(
        kind: FaultKind(
            "stall", .pace, at: .anywhere, usually: .event(2),
            takes: [FaultParameter(.duration, .duration, .duration(.seconds(1)))],
            "sends nothing for that time, then continues"),
        edit: .pause { $0.duration(.duration) ?? .zero })

    static let delay = WireFault(
        kind: FaultKind(
            "delay", .pace, at: .betweenEvents, usually: .head,
            takes: [FaultParameter(.duration, .duration, .duration(.milliseconds(100)))],
            "adds that much time before every event from here on"),
        edit: .rhythm { arguments, rhythm in rhythm.delay = arguments.duration(.duration) ?? .zero })

    static let dribble = WireFault(
        kind: FaultKind(
            "dribble", .pace, at: .anywhere, usually: .head, takes: [FaultParameter(.rate, .rate, .rate(2000))],
            "sends at most that many bytes a second from here on"),
        edit: .rhythm { arguments, rhythm in rhythm.dribble(bytesPerSecond: max(1, arguments.integer(.rate))) })

    static let slowHead = WireFault(
        kind: FaultKind(
            "slow_head", .pace, at: .start, usually: .start, takes: [FaultParameter(.rate, .rate, .rate(4000))],
            major: 1,
            "sends the head at that many bytes a second, and the body at its usual pace"),
        edit: .rhythm { arguments, rhythm in
            rhythm.dribble(bytesPerSecond: max(1, arguments.integer(.rate)))
            rhythm.endsWithHead = true
        })

    static let burst = WireFault(
        kind: FaultKind(
            "burst", .pace, at: .betweenEvents, usually: .head,
            takes: [FaultParameter(.count, .count(2...100_000), .integer(5))],
            "holds back that many events of content and sends them together; needs a stream with a pace"),
        edit: .rhythm { arguments, rhythm in rhythm.burst = arguments.integer(.count) })

    static let byteByByte = WireFault(
        kind: FaultKind(
            "byte_by_byte", .pace, at: .anywhere, usually: .head, "sends each byte in its own write from here on"),
        edit: .rhythm { _, rhythm in rhythm.pieceBytes = 1 })

    static let split = WireFault(
        kind: FaultKind(
            "split", .pace, at: .anywhere, usually: .event(2, plus: 20), takes: [between],
            "the client gets the bytes before and after this point in two reads"),
        edit: .pause { $0.duration(.pause) ?? .zero })

    static let splitCodePoint = WireFault(
        kind: FaultKind(
            "split_code_point", .pace, at: .betweenEvents, usually: .start, takes: [between],
            "splits the next multi-byte character across two reads"),
        edit: .split(.codePoint) { $0.duration(.pause) ?? .zero })

    static let splitEscape = WireFault(
        kind: FaultKind(
            "split_escape", .pace, at: .betweenEvents, usually: .start, takes: [between],
            "splits the next escape of JSON across two reads; add `ascii_escapes` to get escapes"),
        edit: .split(.escape) { $0.duration(.pause) ?? .zero })

    static let splitPair = WireFault(
        kind: FaultKind(
            "split_pair", .pace, at: .betweenEvents, usually: .start, takes: [between],
            "splits the next pair of escapes that make one character across two reads; add `ascii_escapes` to get "
                + "escapes"),
        edit: .split(.surrogates) { $0.duration(.pause) ?? .zero })

    static let splitLineEnd = WireFault(
        kind: FaultKind(
            "split_line_end", .pace, at: .betweenEvents, usually: .start, takes: [between],
            "splits the next CR and LF of the body across two reads; add `line_end crlf` to get a CR"),
        edit: .split(.lineEnd) { $0.duration(.pause) ?? .zero })
}
