import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A connection to PostgreSQL. The functions of a connection block until a deadline, so they must not be called on an event loop.
///
/// Only one thread uses a connection at a time: `PostgresPool` lends it to one caller.
final class PostgresConnection: Sendable {
    private let library: Libpq
    private let location: PostgresLocation
    /// The address of the `PGconn`, which this object frees.
    private let address: UInt
    /// The names of prepared statements, by their SQL.
    private let names = Mutex<[String: String]>([:])

    private var handle: OpaquePointer? { OpaquePointer(bitPattern: address) }

    /// Connects.
    /// - Parameters:
    ///   - name: `application_name`, which `pg_stat_activity` shows.
    ///   - limit: the time after which the server ends a statement.
    init(_ location: PostgresLocation, name: String, limit: Duration, until deadline: ContinuousClock.Instant)
        throws(PostgresProblem)
    {
        let library = try Libpq.shared.get()
        self.library = library
        self.location = location
        let parameters = ConnectionParameters(location, name: name)
        guard let handle = parameters.call(library.connectStart) else {
            throw PostgresProblem(.unreachable, "libpq has no memory for a connection")
        }
        address = UInt(bitPattern: handle)
        try connect(parameters, until: deadline)
        // Without this, notices such as "relation already exists, skipping" would go to standard error.
        _ = library.setNoticeProcessor(handle, { _, _ in }, nil)
        guard library.setNonblocking(handle, 1) == 0 else { throw lost }
        guard library.serverVersion(handle) >= 120_000 else {
            throw PostgresProblem(.refused, "\(location) is older than PostgreSQL 12")
        }
        let milliseconds = Int(limit / .milliseconds(1))
        try run(
            """
            SET client_min_messages = warning; SET statement_timeout = \(milliseconds);
            SET idle_in_transaction_session_timeout = \(milliseconds); SET default_transaction_isolation = 'read committed'
            """,
            until: deadline)
    }

    deinit { library.finish(handle) }

    // MARK: Connecting

    private func connect(_ parameters: ConnectionParameters, until deadline: ContinuousClock.Instant)
        throws(PostgresProblem)
    {
        // At first, the connection waits for events of writing (https://www.postgresql.org/docs/current/libpq-connect.html).
        var wanted = library.status(handle) == Self.bad ? Self.pollingFailed : Self.pollingWriting
        while wanted != Self.pollingOK {
            guard wanted != Self.pollingFailed else { throw refusal(parameters) }
            guard try wait(for: wanted == Self.pollingWriting ? POLLOUT : POLLIN, until: deadline) else {
                throw PostgresProblem(.unreachable, "\(location) did not answer in time")
            }
            wanted = library.connectPoll(handle)
        }
    }

    private static let bad: UInt32 = 1
    private static let pollingFailed: UInt32 = 0
    private static let pollingWriting: UInt32 = 2
    private static let pollingOK: UInt32 = 3

    /// The reason why a connection failed. `libpq` gives only a text, whose language is the server's. If the server accepts other
    /// connections, it has refused this one.
    private func refusal(_ parameters: ConnectionParameters) -> PostgresProblem {
        let message = location.redacted(message)
        let (accepts, misused) = (UInt32(0), UInt32(3))
        let answer = parameters.call(library.ping)
        return answer == accepts || answer == misused
            ? PostgresProblem(.refused, "\(location) refuses the connection: \(message)")
            : PostgresProblem(.unreachable, "\(location) cannot be reached: \(message)")
    }

    // MARK: Statements

    /// Runs statements without parameters.
    func run(_ sql: String, until deadline: ContinuousClock.Instant) throws(PostgresProblem) {
        guard library.sendQuery(handle, sql) == 1 else { throw lost }
        _ = try replies(until: deadline)
    }

    /// Runs a prepared statement, which is prepared at its first use.
    func query(_ sql: String, _ values: [PostgresValue], until deadline: ContinuousClock.Instant)
        throws(PostgresProblem) -> [PostgresRow]
    {
        let statement = PostgresStatement(sql, values)
        try send(statement, as: try prepared(statement, until: deadline))
        return try replies(until: deadline)
    }

    /// Runs prepared statements, which are sent together: the caller waits for the server once, not once for each statement. If a statement
    /// fails, the statements after it are not run.
    /// - Returns: the rows of each statement.
    func query(_ statements: [PostgresStatement], until deadline: ContinuousClock.Instant)
        throws(PostgresProblem) -> [[PostgresRow]]
    {
        var names: [String] = []
        for statement in statements { names.append(try prepared(statement, until: deadline)) }
        guard let pipeline = library.pipeline else {
            var rows: [[PostgresRow]] = []
            for (statement, name) in zip(statements, names) {
                try send(statement, as: name)
                rows.append(try replies(until: deadline))
            }
            return rows
        }
        guard pipeline.enter(handle) == 1 else { throw lost }
        for (statement, name) in zip(statements, names) { try send(statement, as: name) }
        guard pipeline.sync(handle) == 1 else { throw lost }
        try flush(until: deadline)
        var outcome = Replies()
        var rows: [[PostgresRow]] = []
        for _ in statements {
            try read(&outcome, until: deadline)
            rows.append(outcome.rows)
            outcome.rows = []
        }
        // The next reply is to the synchronization, and no null reply follows it.
        try awaitInput(until: deadline)
        guard let reply = library.nextReply(handle) else { throw lost }
        let status = library.replyStatus(reply)
        library.clear(reply)
        guard status == Self.pipelineSync, pipeline.exit(handle) == 1 else { throw lost }
        if let problem = outcome.problem { throw problem }
        return rows
    }

    /// The name of a statement that the server knows.
    private func prepared(_ statement: PostgresStatement, until deadline: ContinuousClock.Instant)
        throws(PostgresProblem) -> String
    {
        let (sql, values) = (statement.sql, statement.values)
        if let known = names.withLock({ $0[sql] }) { return known }
        let name = "sparring\(names.withLock(\.count) + 1)"
        guard library.sendPrepare(handle, name, sql, Int32(values.count), values.map(\.type)) == 1 else { throw lost }
        _ = try replies(until: deadline)
        names.withLock { $0[sql] = name }
        return name
    }

    private func send(_ statement: PostgresStatement, as name: String) throws(PostgresProblem) {
        let count = Int32(statement.values.count)
        let isSent = EncodedParameters(statement.values).withPointers { pointers, lengths, formats in
            library.sendExecute(handle, name, count, pointers, lengths, formats, 1)
        }
        guard isSent == 1 else { throw lost }
    }

    /// The replies to statements, up to the first problem.
    private struct Replies {
        var rows: [PostgresRow] = []
        var problem: PostgresProblem?
    }

    /// Reads all replies, so that the next statement can be sent.
    private func replies(until deadline: ContinuousClock.Instant) throws(PostgresProblem) -> [PostgresRow] {
        try flush(until: deadline)
        var outcome = Replies()
        try read(&outcome, until: deadline)
        if let problem = outcome.problem { throw problem }
        return outcome.rows
    }

    /// Reads the replies to one statement.
    private func read(_ outcome: inout Replies, until deadline: ContinuousClock.Instant) throws(PostgresProblem) {
        while true {
            do throws(PostgresProblem) {
                try awaitInput(until: deadline)
            } catch {
                throw error.kind == .timeout ? error : outcome.problem ?? error
            }
            guard let reply = library.nextReply(handle) else { return }
            defer { library.clear(reply) }
            switch library.replyStatus(reply) {
            case Self.commandOK, Self.emptyQuery: break
            case Self.tuplesOK: outcome.rows += rows(of: reply)
            default: outcome.problem = outcome.problem ?? problem(of: reply)
            }
            // If the connection is broken, there may be no further replies.
            if let problem = outcome.problem, problem.kind == .lost { throw problem }
        }
    }

    /// Waits until a reply can be read without waiting.
    private func awaitInput(until deadline: ContinuousClock.Instant) throws(PostgresProblem) {
        while library.isBusy(handle) == 1 {
            guard try wait(for: POLLIN, until: deadline) else { throw late }
            guard library.consumeInput(handle) == 1 else { throw lost }
        }
    }

    private static let emptyQuery: UInt32 = 0
    private static let commandOK: UInt32 = 1
    private static let tuplesOK: UInt32 = 2
    private static let pipelineSync: UInt32 = 10

    private func rows(of reply: OpaquePointer) -> [PostgresRow] {
        let columns = library.columns(reply)
        return (0..<library.rows(reply)).map { row in
            PostgresRow(
                cells: (0..<columns).map { column in
                    guard library.isNull(reply, row, column) == 0, let value = library.value(reply, row, column) else {
                        return nil
                    }
                    return Array(
                        UnsafeBufferPointer(start: value, count: Int(library.length(reply, row, column))))
                })
        }
    }

    private func problem(of reply: OpaquePointer) -> PostgresProblem {
        func field(_ code: Character) -> String? {
            library.replyError(reply, Int32(code.asciiValue ?? 0)).map { String(cString: $0) }
        }
        guard let state = field("C") else { return lost }
        return PostgresProblem(state: state, message: location.redacted(field("M") ?? message))
    }

    // MARK: Notifications

    /// The payloads of the notifications that arrive until the deadline; returns as soon as there is a notification.
    func notifications(until deadline: ContinuousClock.Instant) throws(PostgresProblem) -> [String] {
        while true {
            guard library.consumeInput(handle) == 1 else { throw lost }
            var payloads: [String] = []
            while let notification = library.nextNotification(handle) {
                // `typedef struct pgNotify { char *relname; int be_pid; char *extra; … } PGnotify`, in libpq-fe.h
                let extra = notification.load(
                    fromByteOffset: 2 * MemoryLayout<UnsafeRawPointer>.size, as: UnsafePointer<CChar>?.self)
                if let extra { payloads.append(String(cString: extra)) }
                library.free(notification)
            }
            guard payloads.isEmpty, try wait(for: POLLIN, until: deadline) else { return payloads }
        }
    }

    // MARK: The socket

    private func flush(until deadline: ContinuousClock.Instant) throws(PostgresProblem) {
        while true {
            switch library.flush(handle) {
            case 0: return
            case 1:
                // The server may stop reading until this side has read the server's output.
                guard try wait(for: POLLIN | POLLOUT, until: deadline) else { throw late }
                guard library.consumeInput(handle) == 1 else { throw lost }
            default: throw lost
            }
        }
    }

    /// - Returns: false if the deadline passes.
    private func wait(for events: Int32, until deadline: ContinuousClock.Instant) throws(PostgresProblem) -> Bool {
        while true {
            let left = Int32(clamping: Int((deadline - .now) / .milliseconds(1)))
            guard left > 0 else { return false }
            var entry = pollfd(fd: library.socket(handle), events: Int16(events), revents: 0)
            guard entry.fd >= 0 else { throw lost }
            let ready = poll(&entry, 1, left)
            if ready > 0 { return true }
            guard ready == 0 || errno == EINTR else { throw lost }
        }
    }

    private var message: String { library.errorMessage(handle).map { String(cString: $0) } ?? "" }

    private var lost: PostgresProblem {
        PostgresProblem(.lost, "the connection to \(location) broke: \(location.redacted(message))")
    }

    private var late: PostgresProblem { PostgresProblem(.timeout, "\(location) did not answer in time") }
}
