/// The time that the pauses of a script are measured in: a session's, which may run faster or slower than the real one, and may be
/// changed by hand while a script waits.
package protocol ScriptClock: AnyObject, Sendable {
    /// How long one of its seconds took in real time when the script was written.
    var scale: Double { get }

    /// Calls back, on whatever thread, each time that the clock is changed; at once where it has been since the script was written.
    func watch(_ change: @escaping @Sendable (ClockChange) -> Void) -> Int

    /// No more calls for that watcher.
    func unwatch(_ watcher: Int)
}

/// A clock is ahead by a jump, and runs at a scale from then on.
package struct ClockChange: Sendable, Hashable {
    package var jump: Duration
    package var scale: Double

    package init(jump: Duration, scale: Double) {
        self.jump = jump
        self.scale = scale
    }
}
