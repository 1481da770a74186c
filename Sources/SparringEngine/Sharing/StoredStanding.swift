import SparringScenario
import SparringWire

/// The state of a session in a store, as far as a server knows it.
struct StoredStanding: Sendable {
    /// The number of the last commit that the server has read or made; 0 if it has to read everything.
    var version = 0
    /// Identifies the time since the last restart by any server; 0 if the server has read no commit.
    var life = 0
    /// The value of `Session.State.lives` that belongs to `life`.
    var lives: Int
    /// Identifies the scenario.
    var digest: UInt64
    /// Moments are stored with the same offset as long as only this server changes the session.
    var offset: StoreOffset
    /// For each table, the number of the commit that emptied it last.
    var emptied: [Int] = SessionTable.allCases.map { _ in 0 }
    /// Entries that are part of the state, because a row for each entry costs the store more than all the rest of a commit. These entries
    /// are newer than the rows.
    var recent = RecentEntries()
    /// The values that `life` and `digest` get with the next commit; nil if the server has not restarted the session.
    var next: (life: Int, digest: UInt64)?

    init(_ world: ScenarioContext, lives: Int, offset: StoreOffset) {
        digest = world.digest
        self.lives = lives
        self.offset = offset
    }
}

extension ScenarioContext {
    /// A digest that is equal for equal scenarios at all servers.
    var digest: UInt64 {
        let text = scenario.source ?? scenario.name + labels.joined().joined(separator: "\n")
        return FNV1a.hash(text, seed: FNV1a().value)
    }
}
