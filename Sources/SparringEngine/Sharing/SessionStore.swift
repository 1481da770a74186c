/// Sessions that several servers change: one server at a time commits its changes to a session. The functions of a session store block, so
/// they must not be called on an event loop.
package protocol SessionStore: Sendable {
    /// Waits until no other server has the session, and takes the session. The session belongs to this server alone until `commit` or
    /// `release`, or until the process ends.
    /// - Parameter known: the number of the last commit that this server has read; 0 if it has read none.
    func take(_ session: String, known: Int) throws(StoreProblem) -> any SessionGrip

    /// The names of all sessions that were ever committed, sorted.
    func names() throws(StoreProblem) -> [String]

    func contains(_ session: String) throws(StoreProblem) -> Bool
}

/// A session that no other server can use at the moment.
package protocol SessionGrip: AnyObject, Sendable {
    var reading: SessionReading { get }

    /// Commits the changes, and lets other servers use the session.
    /// - Throws: if the changes were not committed, or if the result is unknown.
    func commit(_ writing: SessionWriting) throws(StoreProblem)

    /// Lets other servers use the session without any change.
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

/// The part of a session that a store returns to a server.
package struct SessionReading: Sendable {
    /// The number of commits; 0 for a new session.
    package var version: Int
    /// Empty for a new session.
    package var state: [UInt8]
    /// The entries that have changed since the commit that the server knows. Newer entries may be in the state.
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

/// The parts of a session that a commit changes.
package struct SessionWriting: Sendable {
    package var state: [UInt8]
    package var entries: [SessionEntry]
    /// The tables that are emptied before the entries are written.
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
