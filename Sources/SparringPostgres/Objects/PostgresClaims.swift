import SparringEngine
import SparringWire
import Synchronization

/// Claims on records, which only one server can have at a time. A claim is a session lock of one connection that lives as long as the
/// process.
///
/// PostgreSQL frees the locks as soon as the connection ends, also after SIGKILL. This uses no clock, so the servers' clocks may differ. A
/// server that has not noticed the loss of its connection still cannot do harm, because its commits are based on revisions.
///
/// Source: https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS
final class PostgresClaims: Sendable {
    private let pool: PostgresPool
    private let state = Mutex(State())

    private struct State {
        var connection: PostgresConnection?
        var held: Set<ObjectKey> = []
    }

    init(_ pool: PostgresPool) { self.pool = pool }

    /// - Returns: false if another server has the claim. A claim that this server already has is confirmed.
    func claim(_ key: ObjectKey) throws(PostgresProblem) -> Bool {
        let deadline = ContinuousClock.now + pool.settings.patience
        return try state.withLock { state throws(PostgresProblem) in
            do throws(PostgresProblem) {
                return try claim(key, in: &state, until: deadline)
            } catch  where error.endsConnection {
                // The locks ended with the connection. This makes one more attempt, because the server may have been restarted.
                state = State()
                return try claim(key, in: &state, until: deadline)
            }
        }
    }

    private func claim(_ key: ObjectKey, in state: inout State, until deadline: ContinuousClock.Instant)
        throws(PostgresProblem) -> Bool
    {
        let connection: PostgresConnection
        if let open = state.connection {
            connection = open
        } else {
            connection = try pool.connect(until: deadline)
            state = State(connection: connection)
        }
        if state.held.contains(key) {
            // The lock exists as long as the connection lives.
            _ = try connection.query("SELECT 1", [], until: deadline)
            return true
        }
        let taken = try connection.query("SELECT pg_try_advisory_lock($1)", [Self.lock(key)], until: deadline)
        guard try taken.first?.integer(0) == 1 else { return false }
        state.held.insert(key)
        return true
    }

    func release(_ key: ObjectKey) {
        let deadline = ContinuousClock.now + pool.settings.patience
        state.withLock { state in
            guard let connection = state.connection, state.held.remove(key) != nil else { return }
            do throws(PostgresProblem) {
                _ = try connection.query("SELECT pg_advisory_unlock($1)", [Self.lock(key)], until: deadline)
            } catch {
                // Without the connection, the locks no longer exist.
                state = State()
            }
        }
    }

    /// The number of a record's lock. If two records have the same number, they only wait for each other.
    private static func lock(_ key: ObjectKey) -> PostgresValue {
        let text = "sparring claim \(key.text)"
        return .integer(Int64(bitPattern: FNV1a.hash(text, seed: FNV1a().value)))
    }
}
