import SparringAPI

/// What the handshake of a Realtime session has settled.
struct RealtimeSettings: Sendable {
    var state: RealtimeState
    var model: ModelInfo
    /// The name of the Sparring session.
    var session: String
    /// The key that the socket's calls are charged to: for a client secret, the key that made it.
    var authorization: String?
    /// The warning about the model, for the log.
    var warning: String?
}

/// The lanes of a Realtime socket. Events that call no model have the lane without a name, and each out-of-band response has
/// its own.
enum RealtimeLane {
    /// The conversation's responses.
    static let response = "response"
    /// A stop that turn detection orders.
    static let interruption = "interruption"
    static let transcription = "transcription"
}
