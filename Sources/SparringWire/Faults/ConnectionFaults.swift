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
            "accepts the connection, but reads nothing for that time"),
        strike: { .hold(.accepted, $0.duration(.duration) ?? .zero) })

    static let acceptClose = ConnectionFault(
        kind: FaultKind(
            "accept_close", .connection, at: .connection, usually: .connection,
            takes: [FaultParameter(.form, .choice(hangups), .text("fin"))],
            "accepts the connection, then closes or resets it at once"),
        strike: { .leave(.accepted, hangup($0.text(.form))) })

    static let connectionLimit = ConnectionFault(
        kind: FaultKind(
            "connection_limit", .connection, at: .connection, usually: .connection,
            takes: [
                FaultParameter(.form, .choice(ConnectionFaultAction.Overflow.allCases.map(\.rawValue)), .text("fin")),
                FaultParameter(.count, .count(0...100_000), .integer(1)),
            ],
            "limits the number of open connections: further connections are closed or reset, or wait until another "
                + "connection ends"),
        strike: { .limit($0.integer(.count), .init(rawValue: $0.text(.form)) ?? .fin) })

    static let stalledWindow = ConnectionFault(
        kind: FaultKind(
            "h2_stall", .connection, at: .connection, usually: .connection,
            takes: [
                FaultParameter(.size, .size(0...65_535), .size(0)), FaultParameter(.duration, .duration, nil),
            ], major: 2,
            "stops a request's body after that many bytes by sending no WINDOW_UPDATE, forever or for that "
                + "time. Before the client has read our SETTINGS, the limit is 65535"),
        strike: { .window($0.integer(.size), $0.duration(.duration)) })

    static let badCertificate = ConnectionFault(
        kind: FaultKind(
            "bad_certificate", .connection, at: .connection, usually: .connection,
            takes: [
                FaultParameter(.flaw, .choice(CertificateFlaw.allCases.map(\.rawValue)), .text("expired"))
            ], needsTLS: true,
            "the server's certificate is expired, self-signed, or for another host"),
        strike: { .certificate(CertificateFlaw(rawValue: $0.text(.flaw)) ?? .expired) })

    static let handshakeStall = ConnectionFault(
        kind: FaultKind(
            "handshake_stall", .connection, at: .connection, usually: .connection,
            takes: [FaultParameter(.duration, .duration, nil)], needsTLS: true,
            "does not answer the ClientHello, forever or for that time"),
        strike: { .hold(.hello, $0.duration(.duration)) })

    static let handshakeClose = ConnectionFault(
        kind: FaultKind(
            "handshake_close", .connection, at: .connection, usually: .connection,
            takes: [
                FaultParameter(.when, .choice(["hello", "middle", "done"]), .text("hello")),
                FaultParameter(.form, .choice(hangups), .text("reset")),
            ], needsTLS: true,
            "resets or closes the connection after the ClientHello, in the middle of the server's handshake "
                + "messages, or right after the handshake"),
        strike: { .leave(ConnectionStage(rawValue: $0.text(.when)) ?? .hello, hangup($0.text(.form))) })

    static let oldProtocol = ConnectionFault(
        kind: FaultKind(
            "old_protocol", .connection, at: .connection, usually: .connection, needsTLS: true,
            "the server supports only TLS 1.0 and 1.1"),
        strike: { _ in .oldProtocol })

    /// RFC 7301 §3.2: the alert no_application_protocol, 120.
    static let noSharedProtocol = ConnectionFault(
        kind: FaultKind(
            "no_shared_protocol", .connection, at: .connection, usually: .connection, needsTLS: true,
            "answers the ClientHello with the alert no_application_protocol"),
        strike: { _ in .alert(120) })
}
