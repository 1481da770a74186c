import SparringExchange

/// A session's clock for one script: its state when the script was written, and all later changes.
final class SessionScriptClock: ScriptClock {
    private let session: Session
    private let written: SessionClock

    init(_ session: Session) {
        self.session = session
        written = session.adjust(\.clock)
    }

    var scale: Double { written.scale }

    func watch(_ change: @escaping @Sendable (ClockChange) -> Void) -> Int {
        session.watchClock(since: written, change)
    }

    func unwatch(_ watcher: Int) { session.unwatchClock(watcher) }
}
