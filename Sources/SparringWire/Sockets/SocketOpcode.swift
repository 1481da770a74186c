/// The kind of a WebSocket frame (RFC 6455 §5.2).
package enum SocketOpcode: UInt8, Sendable, Hashable {
    case continuation = 0
    case text = 1
    case binary = 2
    case close = 8
    case ping = 9
    case pong = 10

    /// Control frames may come between the fragments of a message.
    package var isControl: Bool { rawValue >= 8 }
}
