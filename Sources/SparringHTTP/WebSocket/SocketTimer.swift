import NIOCore
import SparringExchange

/// Waits for the pauses of one `SocketWait`, on the session's clock. Must be used on the event loop.
final class SocketTimer {
    let wait: SocketWait
    private let clock: MonotonicClock
    private let eventLoop: any EventLoop
    /// Called after each pause with the number of pauses that are over.
    private let then: (Int) -> Void
    private var time: ScriptTime
    /// When the current pause ends, on the session's clock: the sum of the pauses since the start, so that a late timer does not
    /// delay the next pause.
    private var due: Moment
    private var passed = 0
    private var watcher: Int?
    private var task: Scheduled<Void>?
    private var isOver = false

    init(_ wait: SocketWait, on eventLoop: any EventLoop, clock: MonotonicClock, then: @escaping (Int) -> Void) {
        self.wait = wait
        self.eventLoop = eventLoop
        self.clock = clock
        self.then = then
        due = clock.now
        time = ScriptTime(startedAt: due, scale: wait.clock?.scale ?? 1)
    }

    func start() {
        begin()
        let (eventLoop, timer) = (eventLoop, NIOLoopBound(self, eventLoop: eventLoop))
        watcher = wait.clock?.watch { change in eventLoop.execute { timer.value.clockChanged(change) } }
    }

    func stop() {
        isOver = true
        task?.cancel()
        if let watcher { wait.clock?.unwatch(watcher) }
        watcher = nil
    }

    private func begin() {
        guard passed < wait.pauses.count else { return stop() }
        due = due.advanced(by: wait.pauses[passed])
        arm()
    }

    private func arm() {
        task = eventLoop.assumeIsolated().scheduleTask(deadline: clock.deadline(of: time.real(of: due))) {
            guard !self.isOver else { return }
            self.passed += 1
            self.then(self.passed)
            if !self.isOver { self.begin() }
        }
    }

    private func clockChanged(_ change: ClockChange) {
        guard !isOver else { return }
        time.change(change, at: clock.now)
        task?.cancel()
        arm()
    }
}
