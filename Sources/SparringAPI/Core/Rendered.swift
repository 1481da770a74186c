package import SparringWire

/// An answer, and what it asks to be done beside sending it.
package struct Rendered: Sendable {
    package var answer: Answer
    package var effects: [Effect]
    /// What is odd about the request's model, for the log.
    package var warning: String?

    package init(_ answer: Answer, effects: [Effect] = []) {
        self.answer = answer
        self.effects = effects
    }
}

/// Work that an answer leaves to the engine, beside sending it. The code that makes an answer changes nothing itself.
package enum Effect: Sendable {
    /// Keep a response for later requests.
    /// - Parameter plan: how long it takes, where it is in the background.
    case keep(ResponsesRecord, plan: BackgroundPlan)
    /// Keep a chat completion for later requests.
    case store(StoredCompletion)
    /// Let the body follow from the store, from these places and lengths.
    case download([(place: Int64, count: Int)])
    /// End the events of a response in the background where it is cancelled.
    case stream(id: String)
}
