/// Why a stream or a connection of HTTP/2 ends (RFC 9113 §7), in the order of the numbers that go over the wire.
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

    /// As RFC 9113 writes it; the number where it knows none.
    package static func words(_ number: UInt32) -> String {
        allCases.first { $0.number == number }?.rawValue.uppercased() ?? "error \(number)"
    }
}

/// Frames of HTTP/2 that belong to the connection, sent in the midst of one stream's answer.
package enum ConnectionFrames: Sendable, Hashable {
    case goAway(LastStream, HTTP2Code)
    /// Empty SETTINGS, each of which the client has to acknowledge.
    case settings(count: Int)
    /// The same with PING.
    case pings(count: Int)

    /// What GOAWAY says of the stream that the answer is on (RFC 9113 §6.8).
    package enum LastStream: String, Sendable, Hashable, CaseIterable {
        /// It is the last one that was, or might have been, acted upon.
        case this
        /// The one before it is: this one was not looked at, and may be sent again.
        case earlier
    }
}
