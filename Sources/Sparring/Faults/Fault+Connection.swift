/// Faults of a connection, before its first request. Use them in ``MockServer/Configuration/connectionFaults``.
extension MockScenario.Fault {
    /// Accepts the connection, and does not read from it for a while.
    public static func acceptDelay(_ duration: Duration = .seconds(1)) -> Self {
        named("accept_delay", [.duration(duration)])
    }

    /// Accepts the connection and ends it at once.
    public static func acceptClose(_ end: ConnectionEnd = .fin) -> Self { named("accept_close", [.text(end.rawValue)]) }

    /// Allows at most `count` connections at once, 0 to 100000.
    public static func connectionLimit(beyond overflow: Overflow = .fin, count: Int = 1) -> Self {
        named("connection_limit", [.text(overflow.rawValue), .integer(count)])
    }

    /// TLS: presents a certificate that a client must reject. ``MockServer/TLS/flawed`` must contain it.
    public static func badCertificate(_ flaw: CertificateFlaw = .expired) -> Self {
        named("bad_certificate", [.text(flaw.rawValue)])
    }

    /// TLS: does not answer the client's hello for a while; nil for forever.
    public static func handshakeStall(_ duration: Duration? = nil) -> Self {
        named("handshake_stall", [duration.map { .duration($0) }])
    }

    /// TLS: ends the connection during the handshake.
    public static func handshakeClose(after stage: HandshakeStage = .hello, with end: ConnectionEnd = .reset) -> Self {
        named("handshake_close", [.text(stage.rawValue), .text(end.rawValue)])
    }

    /// TLS: offers only TLS 1.0 and 1.1.
    public static let oldProtocol = named("old_protocol")

    /// TLS: answers the client's hello with the alert no_application_protocol (RFC 7301 §3.2).
    public static let noSharedProtocol = named("no_shared_protocol")

    /// HTTP/2: reads this many bytes of a request's body, 0 to 65535, then stops reading for `duration`; nil for
    /// forever.
    public static func http2Stall(afterBytes bytes: Int = 0, _ duration: Duration? = nil) -> Self {
        named("h2_stall", [.size(bytes), duration.map { .duration($0) }])
    }

    /// How a connection ends.
    public enum ConnectionEnd: String, Sendable, CaseIterable {
        /// The connection is closed (FIN).
        case fin
        /// The connection is reset (RST).
        case reset
    }

    /// What happens to connections beyond a limit.
    public enum Overflow: String, Sendable, CaseIterable {
        /// The connections are closed (FIN).
        case fin
        /// The connections are reset (RST).
        case reset
        /// The connections wait until another connection ends.
        case wait
    }

    /// The reason why a client must reject a certificate.
    public enum CertificateFlaw: String, Sendable, CaseIterable {
        /// The certificate's validity has ended.
        case expired
        /// No authority signed it.
        case selfSigned = "self_signed"
        /// The certificate is for another host.
        case wrongHost = "wrong_host"
    }

    /// The stage of a TLS handshake.
    public enum HandshakeStage: String, Sendable, CaseIterable {
        /// The client's hello has arrived.
        case hello
        /// Half of the server's part has been sent.
        case middle
        /// TLS is established.
        case done
    }
}
