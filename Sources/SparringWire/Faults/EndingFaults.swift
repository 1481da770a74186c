/// Faults that end the connection early, or after the answer without notice.
enum EndingFaults {
    static let all = [fin, reset, cut, halfClose, hang, closeIdle]

    static let fin = WireFault(
        kind: FaultKind(
            "fin", .ending, at: .anywhere, usually: .event(2), ending: .fin,
            "closes the connection (FIN) after everything before this point is sent"),
        edit: .ending)

    static let reset = WireFault(
        kind: FaultKind(
            "reset", .ending, at: .anywhere, usually: .event(2), ending: .reset,
            "resets the connection (RST) after the client's kernel has received everything before this "
                + "point; the timeline records any loss"),
        edit: .ending)

    /// An attacker can cause this ending without forging data. A client that accepts such an ending takes a truncated answer for a complete
    /// answer (RFC 8446 §6.1).
    static let cut = WireFault(
        kind: FaultKind(
            "cut", .ending, at: .anywhere, usually: .event(2), ending: .cut, needsTLS: true,
            "TLS: closes the connection (FIN) without close_notify, so that the client cannot know whether the answer is complete"
        ),
        edit: .ending)

    static let halfClose = WireFault(
        kind: FaultKind(
            "half_close", .ending, at: .anywhere, usually: .event(2), ending: .halfClose,
            "sends FIN, then keeps the connection until the client closes it"),
        edit: .ending)

    static let hang = WireFault(
        kind: FaultKind(
            "hang", .ending, at: .anywhere, usually: .event(2), takes: [FaultParameter(.duration, .duration, nil)],
            ending: .hang(nil),
            "sends nothing more and keeps the connection open until the client closes it, or sends FIN after that "
                + "time; `stall` continues the answer"),
        edit: .ending)

    /// A client that reuses a connection sometimes finds that a real server has just closed it; with this fault, that always happens.
    static let closeIdle = WireFault(
        kind: FaultKind(
            "close_idle", .ending, at: .end, usually: .end,
            takes: [FaultParameter(.form, .choice(["fin", "reset"]), .text("fin"))],
            "completes the answer and keeps the connection, then closes it when the next request arrives on it"),
        edit: .steps { arguments, id in
            [
                .fault(id), .await(.nextRequestByte, timeout: nil),
                .end(arguments.text(.form) == "reset" ? .reset : .fin),
            ]
        })
}

extension Fault.Action {
    package static func stall(_ duration: Duration) -> Fault.Action {
        Fault.Action(PaceFaults.stall.kind, [.duration(duration)])
    }

    package static let splitCodePoint = Fault.Action(PaceFaults.splitCodePoint.kind)
}
