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

/// The lanes of a Realtime socket. Each out-of-band response has its own lane.
enum RealtimeLane {
    /// The lane in which all events of the client arrive, and in which events that call no model are answered.
    static let events = ""
    /// The lane of the conversation's responses.
    static let response = "response"
    /// The lane of events that stop an answer, when turn detection orders the stop.
    static let interruption = "interruption"
    static let transcription = "transcription"
    /// The lane of the end of an idle timeout.
    static let idle = "idle"
}
