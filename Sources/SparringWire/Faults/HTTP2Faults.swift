/// Faults of an HTTP/2 stream, or of its connection during an answer (RFC 9113).
enum HTTP2Faults {
    static let all = [settingsFlood, pingFlood, resetStream, goAway]

    private static let codes = HTTP2Code.allCases.map(\.rawValue)
    /// Points inside the head are not allowed, because an HTTP/2 head is one frame.
    private static let points: FaultPoints = [.start, .head, .events, .bytes, .elapsed, .end]

    private static func code(_ text: String) -> HTTP2Code { HTTP2Code(rawValue: text) ?? .internalError }

    static let settingsFlood = WireFault(
        kind: FaultKind(
            "h2_settings_flood", .framing, at: points, usually: .event(2),
            takes: [FaultParameter(.count, .count(1...10_000), .integer(1000))], major: 2,
            "sends that many empty SETTINGS frames, each of which the client must acknowledge; the answer continues"),
        edit: .steps { arguments, id in [.frames(.settings(count: arguments.integer(.count))), .fault(id)] })

    static let pingFlood = WireFault(
        kind: FaultKind(
            "h2_ping_flood", .framing, at: points, usually: .event(2),
            takes: [FaultParameter(.count, .count(1...10_000), .integer(1000))], major: 2,
            "sends that many PING frames, each of which the client must answer; the answer continues"),
        edit: .steps { arguments, id in [.frames(.pings(count: arguments.integer(.count))), .fault(id)] })

    static let resetStream = WireFault(
        kind: FaultKind(
            "h2_rst", .ending, at: points, usually: .event(2),
            takes: [FaultParameter(.code, .choice(codes), .text(HTTP2Code.internalError.rawValue))], major: 2,
            "ends the answer with RST_STREAM and this code; the connection and its other streams continue. "
                + "After refused_stream, a client may retry any request"),
        edit: .steps { arguments, id in [.fault(id), .end(.stream(code(arguments.text(.code)).number))] })

    static let goAway = WireFault(
        kind: FaultKind(
            "h2_goaway", .ending, at: points, usually: .event(2),
            takes: [
                FaultParameter(.last, .choice(["this", "earlier", "drain"]), .text("this")),
                FaultParameter(.code, .choice(codes), .text(HTTP2Code.noError.rawValue)),
            ], major: 2,
            "sends GOAWAY, then FIN. With `this`, GOAWAY names this stream as the last one, and the client cannot know "
                + "whether the request was processed; with `earlier`, GOAWAY names the stream before, and the client "
                + "may retry the request; with `drain`, the answer completes before FIN"
        ),
        edit: .steps { arguments, id in
            let last = ConnectionFrames.LastStream(rawValue: arguments.text(.last))
            let frame = WireScript.Step.frames(.goAway(last ?? .this, code(arguments.text(.code))))
            return last == nil ? [frame, .fault(id)] : [frame, .fault(id), .end(.fin)]
        })
}
