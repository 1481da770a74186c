/// Faults of the end of an answer.
extension MockScenario.Fault {
    /// Closes the connection (FIN) after all earlier bytes have been sent. The default point is `event 2`.
    public static func fin(at point: Point? = nil) -> Self { named("fin", at: point) }

    /// Resets the connection (RST) after the client's kernel has received all earlier bytes. The default point is `event 2`.
    public static func reset(at point: Point? = nil) -> Self { named("reset", at: point) }

    /// TLS: closes the connection (FIN) without close_notify. The client cannot distinguish this end of a TLS connection from a truncation
    /// (RFC 8446 §6.1). The default point is `event 2`.
    public static func cut(at point: Point? = nil) -> Self { named("cut", at: point) }

    /// Sends FIN and keeps the connection until the client closes it. The default point is `event 2`.
    public static func halfClose(at point: Point? = nil) -> Self { named("half_close", at: point) }

    /// Sends nothing more until the client disconnects; with a duration, sends FIN after that time. To continue the
    /// answer afterwards, use ``stall(_:at:)``. The default point is `event 2`.
    public static func hang(for duration: Duration? = nil, at point: Point? = nil) -> Self {
        named("hang", [duration.map { .duration($0) }], at: point)
    }

    /// Completes the answer, and ends the connection just as the next request arrives on it.
    public static func closeIdle(with end: ConnectionEnd = .fin) -> Self { named("close_idle", [.text(end.rawValue)]) }

    /// HTTP/2: RST_STREAM ends the answer. The connection and its other streams continue. The default point is `event 2`.
    public static func http2Reset(_ code: HTTP2ErrorCode = .internalError, at point: Point? = nil) -> Self {
        named("h2_rst", [.text(code.rawValue)], at: point)
    }

    /// HTTP/2: GOAWAY, then FIN. The default point is `event 2`.
    public static func http2GoAway(
        last: LastStream = .this, _ code: HTTP2ErrorCode = .noError, at point: Point? = nil
    ) -> Self {
        named("h2_goaway", [.text(last.rawValue), .text(code.rawValue)], at: point)
    }

    /// An error code of HTTP/2 (RFC 9113 §7).
    public enum HTTP2ErrorCode: String, Sendable, CaseIterable {
        /// NO_ERROR
        case noError = "no_error"
        /// PROTOCOL_ERROR
        case protocolError = "protocol_error"
        /// INTERNAL_ERROR
        case internalError = "internal_error"
        /// FLOW_CONTROL_ERROR
        case flowControlError = "flow_control_error"
        /// SETTINGS_TIMEOUT
        case settingsTimeout = "settings_timeout"
        /// STREAM_CLOSED
        case streamClosed = "stream_closed"
        /// FRAME_SIZE_ERROR
        case frameSizeError = "frame_size_error"
        /// REFUSED_STREAM: the request may be sent again.
        case refusedStream = "refused_stream"
        /// CANCEL
        case cancel
        /// COMPRESSION_ERROR
        case compressionError = "compression_error"
        /// CONNECT_ERROR
        case connectError = "connect_error"
        /// ENHANCE_YOUR_CALM
        case enhanceYourCalm = "enhance_your_calm"
        /// INADEQUATE_SECURITY
        case inadequateSecurity = "inadequate_security"
        /// HTTP_1_1_REQUIRED
        case http11Required = "http_1_1_required"
    }

    /// The last stream in a GOAWAY frame.
    public enum LastStream: String, Sendable, CaseIterable {
        /// This stream. The client cannot know whether its request was processed.
        case this
        /// The stream before. The request may be sent again.
        case earlier
        /// This stream. The answer continues to its end before FIN.
        case drain
    }
}
