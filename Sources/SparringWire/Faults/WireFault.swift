/// A fault below the payload: its row in the table, and the edit that it makes while the script is written.
package struct WireFault: Sendable {
    package let kind: FaultKind
    let edit: Edit

    /// What an edit changes. Each edit receives the fault's arguments.
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
        /// The frames of the next message of a WebSocket.
        case nextMessage(@Sendable (FaultArguments, inout SocketFrameStyle) -> Void)
        /// Frames between two messages of a WebSocket.
        case controlFrames(@Sendable (FaultArguments) -> [UInt8])
        /// A Close frame, then FIN.
        case close(@Sendable (FaultArguments) -> SocketClose)
        /// The next chunk.
        case nextChunk(@Sendable (FaultArguments, inout Framing) -> Void)
        /// The end of the body.
        case lastChunk(@Sendable (FaultArguments, inout Framing) -> Void)
        /// The speed of all later bytes.
        case rhythm(@Sendable (FaultArguments, inout Rhythm) -> Void)
        case pause(@Sendable (FaultArguments) -> Duration)
        /// A pause inside the next place of this kind.
        case split(SplitPlace, @Sendable (FaultArguments) -> Duration)
        /// Steps that are inserted into the script, including the fault's own step; if the last step is an end, the answer ends there.
        case steps(@Sendable (FaultArguments, FaultID) -> [WireScript.Step])
        case ending
    }
}

/// A place where two bytes belong together.
enum SplitPlace: Sendable, Hashable {
    /// The place inside the next character of several bytes, after its lead byte.
    case codePoint
    /// The place between a CR and its LF.
    case lineEnd
    /// The place inside the next escape of a JSON string, or between the escapes of two halves of a character.
    case escape
    case surrogates

    /// The number of `bytes` before the cut; nil if the bytes do not contain the place.
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
