/// A fault of the connection itself: its row, and what it makes of a connection that has been accepted. No request is known then,
/// and so no session: it belongs to the listener.
package struct ConnectionFault: Sendable {
    package let kind: FaultKind
    let strike: @Sendable (FaultArguments) -> ConnectionFaultAction
}

/// What happens to a connection before its first request.
package enum ConnectionFaultAction: Sendable, Hashable {
    /// The handshake shows a certificate that no client may accept.
    case certificate(CertificateFlaw)
    /// TLS 1.0 and 1.1 are all that is spoken.
    case oldProtocol
    /// Nothing is answered, and nothing goes on: for so long, or for good.
    case hold(ConnectionStage, Duration?)
    case leave(ConnectionStage, Hangup)
    /// A fatal alert of this number is the answer to the client's hello.
    case alert(UInt8)
    /// HTTP/2: so many bytes of a request's body may come, and no more: for so long, or for good.
    case window(Int, Duration?)
    /// So many connections at once; those beyond are treated so.
    case limit(Int, Overflow)

    package enum Hangup: String, Sendable, Hashable, CaseIterable {
        case fin, reset
    }

    package enum Overflow: String, Sendable, Hashable, CaseIterable {
        case fin, reset
        /// Nothing is answered until another connection is gone.
        case wait
    }

    /// The TLS record of an alert (RFC 8446 §5.1, §6): type 21, the version that every record says, two bytes, fatal, the number.
    package var record: [UInt8]? {
        if case .alert(let number) = self { [21, 3, 3, 0, 2, 2, number] } else { nil }
    }

    /// What is sent in the clear, as hexadecimal numbers.
    package var bytes: String? {
        record.map { $0.map { String(String(Int($0) + 0x100, radix: 16).dropFirst()) }.joined(separator: " ") }
    }

    /// As `WireScript.marbles`: `A` accepted, `C` the client's hello, `s` half of our flight, `S` all of it, `a` an alert, `=` secured.
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

/// How far a connection has come.
package enum ConnectionStage: String, Sendable, Hashable, CaseIterable {
    case accepted
    /// The client's first bytes have come.
    case hello
    /// Half of our side of the handshake has gone out.
    case middle
    /// TLS is up.
    case done
    /// It is settled which HTTP is spoken.
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
    /// What it does to a connection; nil for a fault of answers.
    package var strike: ConnectionFaultAction? {
        guard case .action(let action) = effect else { return nil }
        return ConnectionFaults.named[action.name]?.strike(action.arguments)
    }
}
