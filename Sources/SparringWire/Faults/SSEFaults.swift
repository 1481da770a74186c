/// Faults that write event streams as other servers, gateways and faulty proxies write them.
enum SSEFaults {
    static let all = [
        lineEnd, noSpace, multiLineData, field, comment, keepAlive, byteOrderMark, emptyData, noBlankLine,
    ]

    private static let ends = EventStyle.LineEnd.allCases.map(\.rawValue)

    static let lineEnd = WireFault(
        kind: FaultKind(
            "line_end", .sse, at: .betweenEvents, usually: .start,
            takes: [FaultParameter(.which, .choice(ends), .text("crlf"))],
            "lines end with CR, LF or CRLF from here on, or with each in turn (mixed); all are valid"),
        edit: .style { arguments, style in
            style.lineEnd = EventStyle.LineEnd(rawValue: arguments.text(.which)) ?? .crlf
        })

    static let noSpace = WireFault(
        kind: FaultKind(
            "no_space", .sse, at: .betweenEvents, usually: .start,
            "no space after the colon from here on: `data:{…}` is valid"),
        edit: .style { _, style in style.hasSpace = false })

    static let multiLineData = WireFault(
        kind: FaultKind(
            "multi_line_data", .sse, at: .betweenEvents, usually: .event(1),
            "spreads the next event's JSON over several `data` lines, which clients join with line feeds"),
        edit: .nextEvent { _, style in style.isMultiLine = true })

    static let field = WireFault(
        kind: FaultKind(
            "field", .sse, at: .betweenEvents, usually: .event(1),
            takes: [FaultParameter(.which, .choice(["id", "retry", "unknown"]), .text("id"))],
            "the next event has one more line, which clients skip: an `id`, a `retry` or an unknown field"),
        edit: .nextEvent { arguments, style in
            let lines = ["id": "id: evt_1", "retry": "retry: 3000", "unknown": "x-sparring: 1"]
            style.fields += lines[arguments.text(.which)].map { [$0] } ?? []
        })

    static let comment = WireFault(
        kind: FaultKind(
            "comment", .sse, at: .betweenEvents, usually: .event(1),
            takes: [FaultParameter(.text, .text, .text("a comment"))],
            "a line that starts with a colon, which clients skip"),
        edit: .insertion { arguments in
            // Line ends are removed, because a line end would end the comment.
            Array((": " + arguments.text(.text).filter { !$0.isNewline } + "\n\n").utf8)
        })

    static let keepAlive = WireFault(
        kind: FaultKind(
            "keep_alive", .sse, at: .betweenEvents, usually: .event(1),
            takes: [FaultParameter(.form, .choice(forms.map(\.name)), .text("comment"))],
            "sends what servers send to keep an idle connection open: a comment, a bare colon, blank lines, or a ping "
                + "event"),
        edit: .insertion { arguments in
            Array((forms.first { $0.name == arguments.text(.form) }?.text ?? "").utf8)
        })

    private static let forms = [
        (name: "comment", text: ": keep-alive\n\n"), (name: "colon", text: ":\n\n"),
        (name: "processing", text: ": PROCESSING\n\n"), (name: "blank_lines", text: "\n\n"),
        (name: "ping", text: "event: ping\ndata: {\"type\": \"ping\"}\n\n"),
    ]

    static let byteOrderMark = WireFault(
        kind: FaultKind(
            "byte_order_mark", .sse, at: .betweenEvents, usually: .head,
            "adds a byte order mark (EF BB BF): clients ignore it at the start of a stream; later in the stream, it "
                + "makes the next field unknown"),
        edit: .insertion { _ in [0xEF, 0xBB, 0xBF] })

    static let emptyData = WireFault(
        kind: FaultKind(
            "empty_data", .sse, at: .betweenEvents, usually: .event(1),
            takes: [FaultParameter(.form, .choice(["data:", "data"]), .text("data:"))],
            "an event with empty data: clients dispatch the event, although it contains no JSON"),
        edit: .insertion { arguments in Array((arguments.text(.form) + "\n\n").utf8) })

    static let noBlankLine = WireFault(
        kind: FaultKind(
            "no_blank_line", .sse, at: .betweenEvents, usually: .done,
            "leaves out the blank line that ends the next event; clients drop that event if it is the last one"),
        edit: .nextEvent { _, style in style.hasBlankLine = false })
}
