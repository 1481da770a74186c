/// Faults that strike a connection before the first byte of a request.
package enum ConnectionFaults {
    package static let all = [
        acceptDelay, acceptClose, connectionLimit, badCertificate, handshakeStall, handshakeClose, oldProtocol,
        noSharedProtocol, stalledWindow,
    ]

    static let named = Dictionary(all.map { ($0.kind.name, $0) }, uniquingKeysWith: { first, _ in first })

    private static let hangups = ConnectionFaultAction.Hangup.allCases.map(\.rawValue)

    private static func hangup(_ text: String) -> ConnectionFaultAction.Hangup { .init(rawValue: text) ?? .fin }

    static let acceptDelay = ConnectionFault(
        kind: FaultKind(
            "accept_delay", .connection, at: .connection, usually: .connection,
            takes: [FaultParameter(.duration, .duration, .duration(.seconds(1)))],
            "the client is connected, and nobody reads what it sends for that long"),
        strike: { .hold(.accepted, $0.duration(.duration) ?? .zero) })

    static let acceptClose = ConnectionFault(
        kind: FaultKind(
            "accept_close", .connection, at: .connection, usually: .connection,
            takes: [FaultParameter(.form, .choice(hangups), .text("fin"))],
            "the connection is accepted and closed at once, or reset"),
        strike: { .leave(.accepted, hangup($0.text(.form))) })

    static let connectionLimit = ConnectionFault(
        kind: FaultKind(
            "connection_limit", .connection, at: .connection, usually: .connection,
            takes: [
                FaultParameter(.form, .choice(ConnectionFaultAction.Overflow.allCases.map(\.rawValue)), .text("fin")),
                FaultParameter(.count, .count(0...100_000), .integer(1)),
            ],
            "so many connections at once: those beyond are closed, reset, or wait until another one is gone"),
        strike: { .limit($0.integer(.count), .init(rawValue: $0.text(.form)) ?? .fin) })

    static let stalledWindow = ConnectionFault(
        kind: FaultKind(
            "h2_stall", .connection, at: .connection, usually: .connection,
            takes: [
                FaultParameter(.size, .size(0...65_535), .size(0)), FaultParameter(.duration, .duration, nil),
            ], major: 2,
            "a request's body stops after so many bytes, as no WINDOW_UPDATE follows: for good, or for that long. What a client sends before "
                + "it has read our SETTINGS stops after 65535"),
        strike: { .window($0.integer(.size), $0.duration(.duration)) })

    static let badCertificate = ConnectionFault(
        kind: FaultKind(
            "bad_certificate", .connection, at: .connection, usually: .connection,
            takes: [
                FaultParameter(.flaw, .choice(CertificateFlaw.allCases.map(\.rawValue)), .text("expired"))
            ], needsTLS: true,
            "the server's certificate has expired, is signed by nobody but itself, or is for another host"),
        strike: { .certificate(CertificateFlaw(rawValue: $0.text(.flaw)) ?? .expired) })

    static let handshakeStall = ConnectionFault(
        kind: FaultKind(
            "handshake_stall", .connection, at: .connection, usually: .connection,
            takes: [FaultParameter(.duration, .duration, nil)], needsTLS: true,
            "the client's hello is not answered: for good, or for that long and then as usual"),
        strike: { .hold(.hello, $0.duration(.duration)) })

    static let handshakeClose = ConnectionFault(
        kind: FaultKind(
            "handshake_close", .connection, at: .connection, usually: .connection,
            takes: [
                FaultParameter(.when, .choice(["hello", "middle", "done"]), .text("hello")),
                FaultParameter(.form, .choice(hangups), .text("reset")),
            ], needsTLS: true,
            "the connection is reset or closed after the client's hello, in the middle of the server's side of the handshake, or "
                + "as soon as TLS is up"),
        strike: { .leave(ConnectionStage(rawValue: $0.text(.when)) ?? .hello, hangup($0.text(.form))) })

    static let oldProtocol = ConnectionFault(
        kind: FaultKind(
            "old_protocol", .connection, at: .connection, usually: .connection, needsTLS: true,
            "the server speaks TLS 1.0 and 1.1 and nothing newer"),
        strike: { _ in .oldProtocol })

    /// RFC 7301 §3.2: the alert no_application_protocol, 120.
    static let noSharedProtocol = ConnectionFault(
        kind: FaultKind(
            "no_shared_protocol", .connection, at: .connection, usually: .connection, needsTLS: true,
            "the client's hello is answered by the alert that no protocol of its ALPN list is spoken here"),
        strike: { _ in .alert(120) })
}
