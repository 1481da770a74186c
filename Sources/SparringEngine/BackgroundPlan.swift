/// How long a response in the background waits, and how long it is made, in the session's time.
package struct BackgroundPlan: Sendable, Hashable {
    package var queued: Duration
    package var running: Duration

    package init(queued: Duration, running: Duration) {
        self.queued = queued
        self.running = running
    }

    /// Long enough for a client to see every status, short enough not to be waited for.
    package static let standard = BackgroundPlan(queued: .milliseconds(500), running: .milliseconds(1500))
}
