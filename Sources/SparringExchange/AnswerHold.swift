/// Holds one answer at a breakpoint. The player calls it on the event loop of the answer's connection.
package protocol AnswerHold: AnyObject, Sendable {
    /// Where the answer is held, in the words of a fault's point: `start`, `event 3`.
    var point: String { get }
    /// How long the answer is held at most, in real time. Then it goes on.
    var limit: Duration { get }

    /// The answer waits from now on.
    ///
    /// - Parameter released: called once, on any thread, when somebody decides how the hold ends.
    func begin(at moment: Moment, _ released: @escaping @Sendable (HoldEnd) -> Void)

    /// The answer waits no longer, for whatever reason. Called at least once for each hold that was planned.
    func end()
}

/// How a held answer continues.
package enum HoldEnd: String, Sendable, Hashable, CaseIterable {
    /// The rest is sent.
    case go
    /// The rest is not sent: the connection is reset, or in HTTP/2 the stream.
    case reset
}
