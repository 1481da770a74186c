package import SparringWire

/// An answer, and what it asks to be done beside sending it.
package struct Rendered: Sendable {
    package var answer: Answer
    package var effects: [Effect]

    package init(_ answer: Answer, effects: [Effect] = []) {
        self.answer = answer
        self.effects = effects
    }
}

/// What an answer asks to be done beside sending it. Whoever makes an answer does none of it.
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
