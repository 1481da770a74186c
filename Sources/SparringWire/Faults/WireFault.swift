/// A fault below the payload: its row, and the edit that it makes while the script is written.
package struct WireFault: Sendable {
    package let kind: FaultKind
    let edit: Edit

    /// What an edit changes. Each gets the fault's arguments.
    enum Edit: Sendable {
        /// The lines of the head, before they leave; says why where it finds nothing to break.
        case head(@Sendable (FaultArguments, inout HeadLines) -> String?)
        /// The bytes of the body, all of them.
        case coding(@Sendable (FaultArguments) -> BodyCoding)
        /// How events are written from here on.
        case style(@Sendable (FaultArguments, inout EventStyle) -> Void)
        /// How the next event is written.
        case nextEvent(@Sendable (FaultArguments, inout EventStyle) -> Void)
        /// Bytes between two events.
        case insertion(@Sendable (FaultArguments) -> [UInt8])
        /// The next chunk.
        case nextChunk(@Sendable (FaultArguments, inout Framing) -> Void)
        /// What ends the body.
        case lastChunk(@Sendable (FaultArguments, inout Framing) -> Void)
        /// How fast bytes leave from here on.
        case rhythm(@Sendable (FaultArguments, inout Rhythm) -> Void)
        case pause(@Sendable (FaultArguments) -> Duration)
        /// A pause inside the next such place.
        case split(SplitPlace, @Sendable (FaultArguments) -> Duration)
        /// Steps of the script in this place, the fault's own among them; where the last is an end, the answer ends so.
        case steps(@Sendable (FaultArguments, FaultID) -> [WireScript.Step])
        case ending
    }
}

/// Where two bytes belong together.
enum SplitPlace: Sendable, Hashable {
    /// Inside the next character of several bytes, behind its lead byte.
    case codePoint
    /// Between a CR and its LF.
    case lineEnd

    /// How many of these bytes come before the cut.
    func cut(in bytes: ArraySlice<UInt8>) -> Int? {
        switch self {
        case .codePoint: return bytes.firstIndex { $0 >= 0xC0 }.map { $0 - bytes.startIndex + 1 }
        case .lineEnd:
            let place = zip(bytes.indices, bytes.indices.dropFirst()).first { bytes[$0] == 0x0D && bytes[$1] == 0x0A }
            return place.map { $0.1 - bytes.startIndex }
        }
    }
}

/// The faults of bytes, framing, pace and ending, in the order in which they are listed.
package enum WireFaults {
    package static let all: [WireFault] =
        SSEFaults.all + CodingFaults.all + FramingFaults.all + PaceFaults.all
        + EndingFaults.all + HTTP2Faults.all

    static let named = Dictionary(all.map { ($0.kind.name, $0) }, uniquingKeysWith: { first, _ in first })
}

extension Fault {
    /// Faults of meaning and payload are `SparringAPI`'s; the rest is an edit of bytes, framing, pace or ending.
    package var isOfTheWire: Bool { layer >= .sse }

    /// Whether a connection without TLS has nothing that could be broken so.
    package var needsTLS: Bool {
        switch effect {
        case .action(let action): ConnectionFaults.named[action.name]?.kind.needsTLS ?? false
        case .ending(let ending): ending == .cut
        }
    }

    /// The major version of HTTP that has what could be broken so; nil: both have it. A head of HTTP/2 is one block of fields, and has
    /// no inside.
    package var major: Int? {
        if case .headByte = point { return 1 }
        guard case .action(let action) = effect else { return nil }
        return (WireFaults.named[action.name]?.kind ?? ConnectionFaults.named[action.name]?.kind)?.major
    }

    /// Why a server cannot promise it; nil where it can.
    /// - Parameter http2: whether the server speaks it, beside HTTP/1.
    package func obstacle(http2: Bool) -> String? {
        switch (major, http2) {
        case (2, false): "the fault '\(self)' is one of HTTP/2: serve with --http2"
        case (1, true): "the fault '\(self)' is one of HTTP/1, and clients may come in HTTP/2: serve without --http2"
        default: nil
        }
    }

    package var layer: FaultLayer {
        switch effect {
        case .action(let action): action.layer
        case .ending: .ending
        }
    }

    /// What it makes the client sit through, where that does not depend on the answer.
    package var wait: Duration {
        switch effect {
        case .ending(.hang(let duration?)): duration
        case .ending: .zero
        case .action(let action):
            if case .pause(let pause) = WireFaults.named[action.name]?.edit { pause(action.arguments) } else { .zero }
        }
    }
}
