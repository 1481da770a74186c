import SparringAPI
package import SparringExchange
import SparringWire

/// Handshakes of WebSockets at paths that do not support WebSockets. Such a handshake gets Sparring's own error, which a client can report.
package enum WebSocketUpgrade {
    package static func isAsked(by request: Request) -> Bool { SocketHandshake.isAsked(request.headers) }

    static func refusal(_ method: String, _ path: Substring) -> APIError {
        APIError(
            status: 400,
            message: "Sparring: \(reason) (\(method) \(path)); /v1/responses and /v1/realtime have one. "
                + "Use HTTP requests or server-sent events here.",
            code: "sparring_unsupported", headers: ["x-should-retry": "false"])
    }

    static let reason = "this path has no WebSocket"
}
