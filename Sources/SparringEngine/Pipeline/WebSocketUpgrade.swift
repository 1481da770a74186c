import SparringAPI
package import SparringExchange
import SparringWire

/// WebSocket upgrades for the Realtime API and the Responses API, which are not emulated. Rejected at the handshake,
/// where a client can report the error.
package enum WebSocketUpgrade {
    package static func isAsked(by request: Request) -> Bool {
        request.headers["upgrade"].map { $0.lowercased().contains("websocket") } ?? false
    }

    static func refusal(_ method: String, _ path: Substring) -> APIError {
        APIError(
            status: 400,
            message: "Sparring: \(reason) (\(method) \(path)). Use HTTP requests or server-sent events.",
            code: "sparring_unsupported", headers: ["x-should-retry": "false"])
    }

    static let reason = "WebSocket connections are not emulated"
}
