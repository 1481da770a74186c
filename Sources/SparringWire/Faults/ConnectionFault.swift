/// A fault of a connection: its row in the table, and its effect on an accepted connection. The fault belongs to the listener, because no
/// request and no session is known yet.
package struct ConnectionFault: Sendable {
    package let kind: FaultKind
    let strike: @Sendable (FaultArguments) -> ConnectionFaultAction
}

/// The effect on a connection before its first request.
package enum ConnectionFaultAction: Sendable, Hashable {
    /// The server presents a certificate that clients must reject.
    case certificate(CertificateFlaw)
    /// The server offers only TLS 1.0 and 1.1.
    case oldProtocol
    /// The server neither reads nor answers at this stage, for that long or forever.
    case hold(ConnectionStage, Duration?)
    case leave(ConnectionStage, Hangup)
    /// The server answers the client's hello with this fatal alert.
    case alert(UInt8)
    /// HTTP/2: the server accepts only that many bytes of a request's body, for that long or forever.
    case window(Int, Duration?)
    /// The maximum number of connections at once, and the treatment of further connections.
    case limit(Int, Overflow)

    package enum Hangup: String, Sendable, Hashable, CaseIterable {
        case fin, reset
    }

    package enum Overflow: String, Sendable, Hashable, CaseIterable {
        case fin, reset
        /// The server does not answer until another connection ends.
        case wait
    }

    /// The TLS record of an alert (RFC 8446 §5.1, §6): the record has type 21, the fixed version of records and length 2; the alert has the
    /// level fatal and its number.
    package var record: [UInt8]? {
        if case .alert(let number) = self { [21, 3, 3, 0, 2, 2, number] } else { nil }
    }

    /// The bytes sent without encryption, in hexadecimal.
    package var bytes: String? {
        record.map { $0.map { String(String(Int($0) + 0x100, radix: 16).dropFirst()) }.joined(separator: " ") }
    }

    /// See `WireScript.marbles`: `A` accepted, `C` the client's hello, `s` half of the server's flight, `S` all of it,
    /// `a` an alert, `=` TLS is up.
    package var marbles: String {
        switch self {
        case .certificate, .oldProtocol: "AC!S"
        case .hold(let stage, let duration): stage.marbles + "!" + (duration.map { "(\($0.words))." } ?? "…")
        case .leave(let stage, let hangup): stage.marbles + "!" + hangup.marble
        case .alert: "AC!a|"
        case .window(let size, let duration): "ACw\(size)!" + (duration.map { "(\($0.words))." } ?? "…")
        case .limit(_, .wait): "A!…"
        case .limit(_, .fin): "A!|"
        case .limit(_, .reset): "A!X"
        }
    }
}

/// The progress of a connection.
package enum ConnectionStage: String, Sendable, Hashable, CaseIterable {
    case accepted
    /// The client's first bytes have arrived.
    case hello
    /// Half of the server's part of the handshake has been sent.
    case middle
    /// TLS is up.
    case done
    /// The HTTP version is negotiated.
    case settled

    fileprivate var marbles: String {
        switch self {
        case .accepted: "A"
        case .hello: "AC"
        case .middle: "ACs"
        case .done: "ACS="
        case .settled: "AC"
        }
    }
}

extension ConnectionFaultAction.Hangup {
    fileprivate var marble: String { self == .fin ? "|" : "X" }
}

extension Fault {
    /// The effect on a connection; nil for a fault of answers.
    package var strike: ConnectionFaultAction? {
        guard case .action(let action) = effect else { return nil }
        return ConnectionFaults.named[action.name]?.strike(action.arguments)
    }
}
