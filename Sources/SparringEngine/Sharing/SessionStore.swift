/// Sessions that several servers commit, one at a time each. Its functions block, so they must not be called on an event loop.
package protocol SessionStore: Sendable {
    /// Waits until no other server has the session, and takes it. The session ends up with this server until `commit` or `release`, or
    /// until the process ends.
    /// - Parameter known: the number of the last commit that this server has read; 0 if it has read none.
    func take(_ session: String, known: Int) throws(StoreProblem) -> any SessionGrip

    /// The names of all sessions that were ever committed, sorted.
    func names() throws(StoreProblem) -> [String]

    func contains(_ session: String) throws(StoreProblem) -> Bool
}

/// A session that this server alone has.
package protocol SessionGrip: AnyObject, Sendable {
    var reading: SessionReading { get }

    /// Commits, and lets other servers have the session.
    /// - Throws: if nothing was committed, or if that is unknown.
    func commit(_ writing: SessionWriting) throws(StoreProblem)

    /// Lets other servers have the session as it was.
    func release()

    /// The text of the session's scenario; nil if it has none.
    func scenario() throws(StoreProblem) -> String?
}

/// A table of a session whose entries are committed apart from the rest, because most of them do not change.
package enum SessionTable: Int, Sendable, CaseIterable {
    /// The attempts of each request.
    case attempts
    /// The time until which each prefix of the prompt cache is kept, in seconds.
    case prefixes
}

package struct SessionEntry: Sendable, Hashable {
    package var table: SessionTable
    package var key: UInt64
    package var value: Int64

    package init(_ table: SessionTable, _ key: UInt64, _ value: Int64) {
        self.table = table
        self.key = key
        self.value = value
    }
}

/// What a store has of a session.
package struct SessionReading: Sendable {
    /// The number of commits; 0 for a new session.
    package var version: Int
    /// Empty for a new session.
    package var state: [UInt8]
    /// The entries that have changed since the known commit. Newer ones may be in the state.
    package var entries: [SessionEntry]
    /// The store's time, in nanoseconds since 1970.
    package var time: Int64

    package init(version: Int, state: [UInt8], entries: [SessionEntry], time: Int64) {
        self.version = version
        self.state = state
        self.entries = entries
        self.time = time
    }
}

/// What a commit changes.
package struct SessionWriting: Sendable {
    package var state: [UInt8]
    package var entries: [SessionEntry]
    /// The tables that are emptied first.
    package var cleared: [SessionTable]
    /// The text of the scenario if the session was restarted; the inner value is nil for a scenario without a text.
    package var scenario: String??
    /// Identifies the time since the last restart.
    package var life = 0
    /// The exchanges whose answers were decided.
    package var exchanges: [StoredExchange] = []
    /// The store may delete the exchanges up to this number; nil to delete none.
    package var forgotten: Int?

    package init(state: [UInt8], entries: [SessionEntry], cleared: [SessionTable], scenario: String??) {
        self.state = state
        self.entries = entries
        self.cleared = cleared
        self.scenario = scenario
    }
}
