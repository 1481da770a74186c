import NIOCore

extension EventLoop {
    /// Runs a task after a pause. Must be called on the event loop.
    @discardableResult
    func schedule(after pause: Duration, _ task: @escaping () -> Void) -> Scheduled<Void> {
        assumeIsolated().scheduleTask(in: .nanoseconds(pause.wholeNanoseconds), task)
    }
}
