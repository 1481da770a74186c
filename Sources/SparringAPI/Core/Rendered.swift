package import SparringWire

/// An answer and its effects.
package struct Rendered: Sendable {
    package var answer: Answer
    package var effects: [Effect]
    /// The warning about the request's model, for the log.
    package var warning: String?

    package init(_ answer: Answer, effects: [Effect] = []) {
        self.answer = answer
        self.effects = effects
    }
}

/// Work for the engine in addition to sending an answer. Rendering itself changes no state.
package enum Effect: Sendable {
    /// Store a response for later requests.
    /// - Parameter plan: the timing of a background response.
    case keep(ResponsesRecord, plan: BackgroundPlan)
    /// Store a chat completion for later requests.
    case store(StoredCompletion)
    /// Send the body from the store: the parts with these places and lengths.
    case download([(place: Int64, count: Int)])
    /// When a background response is cancelled, stop streaming it.
    case stream(id: String)
    /// Carry out the event of a Realtime session: its state changes, or a response begins.
    /// - Parameter output: the response that begins; nil for an event that begins no response.
    case converse(RealtimeOutput?)
    /// Put the transcript of a user's audio into its item of a Realtime session.
    case hear(item: String, text: String)
}
