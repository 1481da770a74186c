/// The reason why an HTTP/2 stream or connection ends (RFC 9113 §7), in the order of the numbers on the wire.
package enum HTTP2Code: String, Sendable, Hashable, CaseIterable {
    case noError = "no_error"
    case protocolError = "protocol_error"
    case internalError = "internal_error"
    case flowControlError = "flow_control_error"
    case settingsTimeout = "settings_timeout"
    case streamClosed = "stream_closed"
    case frameSizeError = "frame_size_error"
    case refusedStream = "refused_stream"
    case cancel
    case compressionError = "compression_error"
    case connectError = "connect_error"
    case enhanceYourCalm = "enhance_your_calm"
    case inadequateSecurity = "inadequate_security"
    case http11Required = "http_1_1_required"

    package var number: UInt32 { UInt32(Self.allCases.firstIndex(of: self) ?? 0) }

    /// The code's name in RFC 9113; the code's number if it has no name.
    package static func words(_ number: UInt32) -> String {
        allCases.first { $0.number == number }?.rawValue.uppercased() ?? "error \(number)"
    }
}

/// An action on the connection during an answer: extra frames in HTTP/2, silence on a WebSocket.
package enum ConnectionFrames: Sendable, Hashable {
    case goAway(LastStream, HTTP2Code)
    /// Empty SETTINGS frames, each of which the client must acknowledge.
    case settings(count: Int)
    /// PING frames, each of which the client must answer.
    case pings(count: Int)
    /// WebSocket only.
    case silence(SocketSilence)

    /// The stream that GOAWAY names, relative to the stream of the answer (RFC 9113 §6.8).
    package enum LastStream: String, Sendable, Hashable, CaseIterable {
        /// The stream of this answer, which was, or may have been, processed.
        case this
        /// The stream before this answer's stream: this answer's request was not processed and may be sent again.
        case earlier
    }
}
