/// A fault below the payload: its row in the table, and the edit that it makes while the script is written.
package struct WireFault: Sendable {
    package let kind: FaultKind
    let edit: Edit

    /// What an edit changes. Each receives the fault's arguments.
    enum Edit: Sendable {
        /// The lines of the head, before they are sent; returns a reason if there is nothing to break.
        case head(@Sendable (FaultArguments, inout HeadLines) -> String?)
        /// All bytes of the body.
        case coding(@Sendable (FaultArguments) -> BodyCoding)
        /// The notation of all later events.
        case style(@Sendable (FaultArguments, inout EventStyle) -> Void)
        /// The notation of the next event.
        case nextEvent(@Sendable (FaultArguments, inout EventStyle) -> Void)
        /// Bytes between two events.
        case insertion(@Sendable (FaultArguments) -> [UInt8])
        /// The next chunk.
        case nextChunk(@Sendable (FaultArguments, inout Framing) -> Void)
        /// The end of the body.
        case lastChunk(@Sendable (FaultArguments, inout Framing) -> Void)
        /// The speed of all later bytes.
        case rhythm(@Sendable (FaultArguments, inout Rhythm) -> Void)
        case pause(@Sendable (FaultArguments) -> Duration)
        /// A pause inside the next such place.
        case split(SplitPlace, @Sendable (FaultArguments) -> Duration)
        /// Steps inserted into the script, including the fault's own; if the last is an end, the answer ends there.
        case steps(@Sendable (FaultArguments, FaultID) -> [WireScript.Step])
        case ending
    }
}

/// A place where two bytes belong together.
enum SplitPlace: Sendable, Hashable {
    /// Inside the next character of several bytes, after its lead byte.
    case codePoint
    /// Between a CR and its LF.
    case lineEnd
    /// Inside the next escape of a JSON string, or between the escapes of two halves of a character.
    case escape
    case surrogates

    /// Number of these bytes before the cut.
    func cut(in bytes: ArraySlice<UInt8>) -> Int? {
        switch self {
        case .codePoint: return bytes.firstIndex { $0 >= 0xC0 }.map { $0 - bytes.startIndex + 1 }
        case .lineEnd:
            let place = zip(bytes.indices, bytes.indices.dropFirst()).first { bytes[$0] == 0x0D && bytes[$1] == 0x0A }
            return place.map { $0.1 - bytes.startIndex }
        case .escape:
            let place = bytes.indices.dropLast().first { bytes[$0] == 0x5C }
            return place.map { $0 - bytes.startIndex + (bytes[$0 + 1] == UInt8(ascii: "u") ? 4 : 1) }
        case .surrogates:
            let place = bytes.indices.dropLast(11).first { at in
                bytes[at...].starts(with: Array("\\ud".utf8)) && bytes[(at + 6)...].starts(with: Array("\\ud".utf8))
            }
            return place.map { $0 - bytes.startIndex + 6 }
        }
    }
}

/// The faults of bytes, framing, pace and ending, in the order of lists.
package enum WireFaults {
    package static let all: [WireFault] =
        SSEFaults.all + CodingFaults.all + FramingFaults.all + PaceFaults.all
        + EndingFaults.all + HTTP2Faults.all

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

    /// The major HTTP version that the fault needs; nil for any. Points inside the head need HTTP/1, because an HTTP/2
    /// head is one block of fields.
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

    /// The pause that the fault adds, if it does not depend on the answer.
    package var wait: Duration {
        switch effect {
        case .ending(.hang(let duration?)): duration
        case .ending: .zero
        case .action(let action):
            if case .pause(let pause) = WireFaults.named[action.name]?.edit { pause(action.arguments) } else { .zero }
        }
    }
}
