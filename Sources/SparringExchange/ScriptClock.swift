/// The clock of a script's pauses: a session's, which may run faster or slower than real time and may be changed while
/// a script waits.
package protocol ScriptClock: AnyObject, Sendable {
    /// How long one of its seconds took in real time when the script was written.
    var scale: Double { get }

    /// Calls back, on any thread, each time the clock is changed; at once if it has changed since the script was written.
    func watch(_ change: @escaping @Sendable (ClockChange) -> Void) -> Int

    /// Ends the calls to that watcher.
    func unwatch(_ watcher: Int)
}

/// A clock jumps forward, and runs at a scale from then on.
package struct ClockChange: Sendable, Hashable {
    package var jump: Duration
    package var scale: Double

    package init(jump: Duration, scale: Double) {
        self.jump = jump
        self.scale = scale
    }
}
