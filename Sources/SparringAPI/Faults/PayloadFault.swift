package import SparringWire

/// A fault of the payload: its row in the table, and its edits of a stream and of a whole body.
package struct PayloadFault: Sendable {
    package let kind: FaultKind
    /// Decides what happens to an event at or after the fault's point.
    var stream: (@Sendable (inout PayloadFaultContext, Event) -> Outcome)?
    /// True if the edit continues after the first event that it has changed.
    var isLasting = false
    /// The events to append, if the point is after the last event.
    var epilogue: (@Sendable (PayloadFaultContext) -> [Event])?
    /// Returns nil if the body has nothing that the fault can break.
    var whole: (@Sendable (PayloadFaultContext, [UInt8]) -> [UInt8]?)?
    /// An edit of the whole answer, which replaces the other edits.
    var answer: (@Sendable (PayloadFaultContext, inout Answer) -> Void)?

    enum Outcome {
        /// Keeps the event, because the fault cannot break it, and tries the next event.
        case pass
        /// Sends these events in place of the event; the fault takes effect.
        case instead([Event])
        /// Like `instead`, but also drops the rest of the stream.
        case last([Event])
        /// Sends these events, including held events; the fault has no effect.
        case release([Event])
        /// Holds the event back in `PayloadFaultContext.held`; the fault has not taken effect yet.
        case hold
    }
}

/// The context of an edit.
package struct PayloadFaultContext: Sendable {
    var arguments: FaultArguments
    var endpoint: Endpoint
    /// The data of the first event. Faults read the values that all events of the stream share from this event.
    var first: [UInt8]
    /// Number of events so far.
    var events = 0
    /// The latest content event so far.
    var latest: Event?
    /// True if the event tells the client that the stream is complete.
    var isClosing = false
    /// Held events, for edits that change the order.
    var held: [Event] = []
}
