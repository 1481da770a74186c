import SparringAPI

/// The result of the handshake of a Realtime session.
struct RealtimeSettings: Sendable {
    var state: RealtimeState
    var model: ModelInfo
    /// The name of the Sparring session.
    var session: String
    /// The key that the socket's calls are charged to. For a client secret, this is the key that made it.
    var authorization: String?
    /// The warning about the model, for the log.
    var warning: String?
}

/// The lanes of a Realtime socket. Events that call no model share the lane without a name. Each out-of-band response
/// has its own lane.
enum RealtimeLane {
    /// The lane of the conversation's responses.
    static let response = "response"
    /// The lane of a stop that turn detection orders.
    static let interruption = "interruption"
    static let transcription = "transcription"
}
