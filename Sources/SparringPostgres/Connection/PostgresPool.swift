import Dispatch
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Lends connections, at most a fixed number at once. The functions of a pool block, so they must not be called on an event loop.
///
/// Work that meets a temporary problem (an unreachable server, a broken connection, a deadlock) is done again until the patience of the
/// pool ends. A commit is never sent twice: if the connection breaks during a commit, the caller gets `unknownOutcome`.
final class PostgresPool: Sendable {
    let location: PostgresLocation
    let settings: PostgresSettings
    private let permits: DispatchSemaphore
    private let idle = Mutex<[PostgresConnection]>([])
    /// True once the server has accepted a connection. A later refusal may be temporary, such as that of a server with too many
    /// connections.
    private let wasAccepted = Atomic(false)

    init(_ location: PostgresLocation, _ settings: PostgresSettings = PostgresSettings()) {
        self.location = location
        self.settings = settings
        permits = DispatchSemaphore(value: settings.connections)
    }

    /// A connection in use, with the end of the caller's patience.
    struct Loan {
        let connection: PostgresConnection
        let deadline: ContinuousClock.Instant

        func query(_ sql: String, _ values: [PostgresValue] = []) throws(PostgresProblem) -> [PostgresRow] {
            try connection.query(sql, values, until: deadline)
        }

        /// Runs statements that are sent together.
        func query(_ statements: [PostgresStatement]) throws(PostgresProblem) -> [[PostgresRow]] {
            try connection.query(statements, until: deadline)
        }

        func run(_ sql: String) throws(PostgresProblem) { try connection.run(sql, until: deadline) }
    }

    /// Reads. The work may be done more than once.
    func read<Value>(_ work: (Loan) throws(PostgresProblem) -> Value) throws(PostgresProblem) -> Value {
        try attempts { (loan) throws(PostgresProblem) in try work(loan) }
    }

    /// Makes all changes of the work, or none. The work may be done more than once, but is committed at most once.
    /// - Parameter work: returns nil to roll back.
    func transaction<Value>(_ work: (Loan) throws(PostgresProblem) -> Value?) throws(PostgresProblem) -> Value? {
        try attempts { (loan) throws(PostgresProblem) in
            try loan.run("BEGIN")
            let value: Value?
            do throws(PostgresProblem) {
                value = try work(loan)
            } catch {
                // If a connection cannot roll back, it is not used again.
                if !error.endsConnection { try loan.run("ROLLBACK") }
                throw error
            }
            guard let value else {
                try loan.run("ROLLBACK")
                return nil
            }
            do throws(PostgresProblem) {
                try loan.run("COMMIT")
            } catch  where error.endsConnection {
                throw PostgresProblem(
                    .unknownOutcome, "it is unknown whether a change was made, because \(error.description)")
            }
            return value
        }
    }

    /// A transaction that detects whether it was committed before. The transaction is therefore repeated even if the connection breaks
    /// during its commit.
    func repeatedTransaction(_ work: (Loan) throws(PostgresProblem) -> Void) throws(PostgresProblem) {
        try attempts { (loan) throws(PostgresProblem) in
            try loan.run("BEGIN")
            do throws(PostgresProblem) {
                try work(loan)
            } catch {
                if !error.endsConnection { try loan.run("ROLLBACK") }
                throw error
            }
            try loan.run("COMMIT")
        }
    }

    /// Closes the idle connections.
    func close() { idle.withLock { $0 = [] } }

    // MARK: Attempts

    private func attempts<Value>(_ work: (Loan) throws(PostgresProblem) -> Value) throws(PostgresProblem) -> Value {
        let deadline = ContinuousClock.now + settings.patience
        return try repeating(until: deadline) { () throws(PostgresProblem) in try attempt(until: deadline, work) }
    }

    private func repeating<Value>(
        until deadline: ContinuousClock.Instant, _ work: () throws(PostgresProblem) -> Value
    ) throws(PostgresProblem) -> Value {
        var pause: Int32 = 5
        while true {
            do throws(PostgresProblem) {
                return try work()
            } catch {
                let isPassing = error.isPassing || error.kind == .refused && wasAccepted.load(ordering: .relaxed)
                guard isPassing, .now + .milliseconds(Int(pause)) < deadline else { throw error }
            }
            // This thread may block. Each pause is different, so that two transactions do not collide again.
            _ = poll(nil, 0, pause + Int32.random(in: 0...pause))
            pause = min(pause * 2, 250)
        }
    }

    private func attempt<Value>(
        until deadline: ContinuousClock.Instant, _ work: (Loan) throws(PostgresProblem) -> Value
    ) throws(PostgresProblem) -> Value {
        let nanoseconds = max(0, Int((deadline - .now) / .nanoseconds(1)))
        guard permits.wait(timeout: .now() + .nanoseconds(nanoseconds)) == .success else {
            throw full
        }
        defer { permits.signal() }
        let connection = try open(until: deadline)
        do throws(PostgresProblem) {
            let value = try work(Loan(connection: connection, deadline: deadline))
            takeBack(connection, after: nil)
            return value
        } catch {
            takeBack(connection, after: error)
            throw error
        }
    }

    private func takeBack(_ connection: PostgresConnection, after problem: PostgresProblem?) {
        if problem?.endsConnection ?? false {
            // The other connections lead to the same server, so a restart has ended them too.
            close()
        } else {
            idle.withLock { $0.append(connection) }
        }
    }

    /// Waits; must be called on a thread that may block.
    func pause(_ duration: Duration) { _ = poll(nil, 0, Int32(clamping: Int(duration / .milliseconds(1)))) }

    // MARK: Leases

    /// A connection that its user keeps for more than one piece of work. The user must end the lease.
    struct Lease: Sendable {
        let pool: PostgresPool
        let connection: PostgresConnection

        var loan: Loan { Loan(connection: connection, deadline: .now + pool.settings.patience) }

        /// Does the last piece of work, and gives the connection back, also after an error.
        func end(_ work: (Loan) throws(PostgresProblem) -> Void) throws(PostgresProblem) {
            defer { pool.permits.signal() }
            do throws(PostgresProblem) {
                try work(loan)
                pool.takeBack(connection, after: nil)
            } catch {
                pool.takeBack(connection, after: error)
                throw error
            }
        }
    }

    /// Begins a transaction that is ended later.
    /// - Parameter work: begins the transaction, and does its first statements; may be called more than once.
    func lease<Value>(_ work: (Loan) throws(PostgresProblem) -> Value) throws(PostgresProblem) -> (Lease, Value) {
        let deadline = ContinuousClock.now + settings.patience
        guard permits.wait(timeout: .now() + .nanoseconds(Int(settings.patience / .nanoseconds(1)))) == .success else {
            throw full
        }
        do throws(PostgresProblem) {
            return try repeating(until: deadline) { () throws(PostgresProblem) in
                let connection = try open(until: deadline)
                let loan = Loan(connection: connection, deadline: deadline)
                do throws(PostgresProblem) {
                    return (Lease(pool: self, connection: connection), try work(loan))
                } catch {
                    takeBack(connection, after: error.endsConnection ? error : rollback(loan))
                    throw error
                }
            }
        } catch {
            permits.signal()
            throw error
        }
    }

    /// - Returns: the reason why the connection cannot be used again; nil if it can be used again.
    private func rollback(_ loan: Loan) -> PostgresProblem? {
        do throws(PostgresProblem) {
            try loan.run("ROLLBACK")
            return nil
        } catch {
            return error
        }
    }

    private var full: PostgresProblem {
        PostgresProblem(
            .timeout, "all \(settings.connections) connections to \(location) were in use for \(settings.patience)")
    }

    /// Opens a connection that no other caller uses.
    private func open(until deadline: ContinuousClock.Instant) throws(PostgresProblem) -> PostgresConnection {
        if let connection = idle.withLock({ $0.popLast() }) { return connection }
        return try connect(until: deadline)
    }

    func connect(until deadline: ContinuousClock.Instant) throws(PostgresProblem) -> PostgresConnection {
        let connection = try PostgresConnection(
            location, name: settings.name, limit: settings.patience, until: deadline)
        wasAccepted.store(true, ordering: .relaxed)
        return connection
    }
}
