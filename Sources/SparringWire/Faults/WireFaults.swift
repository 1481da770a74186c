/// The faults of bytes, framing, pace and ending, in the order in which they are listed.
package enum WireFaults {
    package static let all: [WireFault] =
        SSEFaults.all + CodingFaults.all + FramingFaults.all + PaceFaults.all
        + EndingFaults.all + HTTP2Faults.all + SocketFaults.all

    static let named = Dictionary(all.map { ($0.kind.name, $0) }, uniquingKeysWith: { first, _ in first })
}

extension Fault {
    /// True for edits of bytes, framing, pace or ending; `SparringAPI` applies the other faults of answers.
    package var isOfTheWire: Bool { layer >= .sse }

    /// True if the fault needs a TLS connection.
    package var needsTLS: Bool {
        switch effect {
        case .action(let action): ConnectionFaults.named[action.name]?.kind.needsTLS ?? false
        case .ending(let ending): ending == .cut
        }
    }

    /// The major HTTP version that the fault needs; nil if any version will do. Points inside the head need HTTP/1, because an HTTP/2 head
    /// is one block of fields.
    package var major: Int? {
        if case .headByte = point { return 1 }
        guard case .action(let action) = effect else { return nil }
        return (WireFaults.named[action.name]?.kind ?? ConnectionFaults.named[action.name]?.kind)?.major
    }

    /// The reason why a server cannot apply the fault; nil if it can.
    /// - Parameter http2: true if the server supports HTTP/2 in addition to HTTP/1.
    package func obstacle(http2: Bool) -> String? {
        switch (major, http2) {
        case (2, false): "the fault '\(self)' needs HTTP/2: add --http2"
        case (1, true): "the fault '\(self)' needs HTTP/1, but clients may use HTTP/2: remove --http2"
        default: nil
        }
    }

    package var layer: FaultLayer {
        switch effect {
        case .action(let action): action.layer
        case .ending: .ending
        }
    }

    /// The pause that the fault adds, if the pause does not depend on the answer.
    package var wait: Duration {
        switch effect {
        case .ending(.hang(let duration?)): duration
        case .ending: .zero
        case .action(let action):
            if case .pause(let pause) = WireFaults.named[action.name]?.edit { pause(action.arguments) } else { .zero }
        }
    }
}
