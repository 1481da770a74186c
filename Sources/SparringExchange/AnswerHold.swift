/// Holds one answer at a breakpoint. The player calls the hold on the event loop of the answer's connection.
package protocol AnswerHold: AnyObject, Sendable {
    /// The point where the answer is held, in the notation of a fault's point: `start`, `event 3`.
    var point: String { get }
    /// The maximum time, in real time, for which the answer is held. Then it continues.
    var limit: Duration { get }

    /// The hold begins.
    ///
    /// - Parameter released: called once, on any thread, with the way in which the hold ends.
    func begin(at moment: Moment, _ released: @escaping @Sendable (HoldEnd) -> Void)

    /// The hold is over, for any reason. Called at least once for each hold that was planned.
    func end()
}

/// What happens to an answer after its hold.
package enum HoldEnd: String, Sendable, Hashable, CaseIterable {
    /// The rest of the answer is sent.
    case go
    /// The rest is not sent: the connection (in HTTP/2, only the stream) is reset.
    case reset
}
