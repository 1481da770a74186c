/// The clock of a script's pauses. A session's clock may run faster or slower than real time, and may be changed while
/// a script waits.
package protocol ScriptClock: AnyObject, Sendable {
    /// The real time that one second of this clock took when the script was written.
    var scale: Double { get }

    /// Calls `change`, on any thread, each time the clock is changed. If the clock has changed since the script was written, also calls
    /// `change` at once.
    func watch(_ change: @escaping @Sendable (ClockChange) -> Void) -> Int

    /// Ends the calls to this watcher.
    func unwatch(_ watcher: Int)
}

/// A change of a clock: the clock jumps forward, and then runs at a new scale.
package struct ClockChange: Sendable, Hashable {
    package var jump: Duration
    package var scale: Double

    package init(jump: Duration, scale: Double) {
        self.jump = jump
        self.scale = scale
    }
}
