package import SparringWire

/// A fault of what the API says: its row, and its edits of a stream and of a whole body.
package struct PayloadFault: Sendable {
    package let kind: FaultKind
    /// What becomes of an event at the point or behind it.
    var stream: (@Sendable (inout PayloadFaultContext, Event) -> Outcome)?
    /// Whether the edit goes on after its first event.
    var isLasting = false
    /// What follows the last event, where the point lies behind it.
    var epilogue: (@Sendable (PayloadFaultContext) -> [Event])?
    /// Nil where there is nothing in the body to break.
    var whole: (@Sendable (PayloadFaultContext, [UInt8]) -> [UInt8]?)?
    /// An edit of the answer as a whole, instead of the others.
    var answer: (@Sendable (PayloadFaultContext, inout Answer) -> Void)?

    enum Outcome {
        /// Nothing in this event to break: it goes on as it is, and the next one is looked at.
        case pass
        /// The fault takes effect with these.
        case instead([Event])
        /// As `instead`, and nothing follows.
        case last([Event])
        /// These go on, what was held among them; the fault has not taken effect.
        case release([Event])
        /// Kept in `PayloadFaultContext.held`; the fault has not taken effect yet.
        case hold
    }
}

/// What an edit knows besides the event.
package struct PayloadFaultContext: Sendable {
    var arguments: FaultArguments
    var endpoint: Endpoint
    /// The data of the first event: what all of a stream's events have in common is known from it.
    var first: [UInt8]
    /// Events that have gone by.
    var events = 0
    /// The latest event of content that has gone by.
    var latest: Event?
    /// Whether the event tells the client that the stream is complete.
    var isClosing = false
    /// For edits that change the order of events.
    var held: [Event] = []
}
