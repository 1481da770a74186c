import SparringExchange

/// A session's clock as one script knows it: as it stood when the script was written, and what is done to it from then on.
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
