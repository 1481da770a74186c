package import SparringExchange
import SparringScenario

/// The result of a run, computed from the exchanges of its sessions.
package struct RunReport: Sendable {
    package var scenario: String
    package var seed: UInt64
    /// Number of distinct calls. A new attempt after a failure belongs to the same call.
    package var calls: Int
    /// Number of requests, without auxiliary ones and without handshakes that open a WebSocket.
    package var attempts: Int
    /// Error answers of rules, limits and load, counted by status. Refused and unmatched requests are not counted here.
    package var errors: [Int: Int]
    /// Requests that the API's own checks refused, each with its status and the reason.
    package var refused: [String]
    package var faultsOrdered: Int
    package var faultsDelivered: Int
    /// The faults that had no effect, with the reasons.
    package var faultsMissed: [String]
    /// The calls for which chaos drew a fault, each in a readable form and with its fault.
    package var struck: [String]
    /// Whether chaos drew a fault at random, not from a schedule.
    package var draws: Bool
    package var unmatched: [String]
    /// The warnings of the answers. Each warning is listed once, with the number of its answers.
    package var warnings: [String]
    package var leftOver: [String]
    /// The expected number of attempts, if it was not met.
    package var unexpected: String?
    /// All exchanges, including auxiliary ones, by start time.
    package var exchanges: [Exchange]
    /// Exchanges that were dropped from the logs. If exchanges were dropped, the counts above are too low.
    package var droppedExchanges: Int

    /// The report of all sessions of a server.
    package init(_ engine: Engine) {
        let sessions = engine.sessions.all
        let used = sessions.filter { !$0.exchanges.allSatisfy(\.decision.isAuxiliary) }
        let leftOver =
            used.isEmpty ? Self.untouched(engine.scenario, seed: engine.seed) : used.flatMap(\.leftOver)
        self.init(
            sessions.flatMap(\.exchanges),
            Circumstances(
                scenario: engine.scenario, leftOver: leftOver, lineWarnings: sessions.flatMap(\.lineWarnings),
                dropped: sessions.map(\.droppedExchanges).reduce(0, +)), seed: engine.seed)
    }

    /// The report of one session, which may have its own scenario.
    /// - Parameter seed: the server's seed. With the same seed, the session draws the same random values again.
    package init(_ session: Session, seed: UInt64) {
        var circumstances = Circumstances(session)
        circumstances.dropped = session.droppedExchanges
        self.init(session.exchanges, circumstances, seed: seed)
    }

    /// The values that a report needs in addition to the exchanges.
    package struct Circumstances: Sendable {
        var scenario: Scenario
        var leftOver: [String]
        var lineWarnings: [String]
        /// The number of exchanges that were dropped from the logs.
        var dropped: Int
        /// The number of exchanges that the session has had.
        package var exchanges = 0

        /// The values for one session; with a store, the values that all servers have in common.
        package init(_ session: Session) {
            self.init(
                scenario: session.world.scenario, leftOver: session.leftOver, lineWarnings: session.lineWarnings,
                dropped: 0)
            exchanges = session.adjust(\.exchanges)
        }

        init(scenario: Scenario, leftOver: [String], lineWarnings: [String], dropped: Int) {
            (self.scenario, self.leftOver, self.lineWarnings) = (scenario, leftOver, lineWarnings)
            self.dropped = dropped
        }
    }

    /// The report of one session whose exchanges are in a journal that servers share.
    package init(_ circumstances: Circumstances, journal: [Exchange], seed: UInt64) {
        var circumstances = circumstances
        // A call that was made after these values were read is not part of the report.
        let known = journal.filter { $0.number <= circumstances.exchanges }
        circumstances.dropped = max(0, circumstances.exchanges - known.count)
        self.init(known, circumstances, seed: seed)
    }

    private init(_ all: [Exchange], _ circumstances: Circumstances, seed: UInt64) {
        let played = circumstances.scenario
        exchanges = all.sorted { $0.startedAt < $1.startedAt }
        droppedExchanges = circumstances.dropped
        let own = exchanges.filter { !$0.decision.isAuxiliary }
        scenario = played.name
        self.seed = seed
        attempts = own.filter { !$0.opensSocket }.count
        calls = Self.countCalls(own)
        errors = own.reduce(into: [:]) { counts, exchange in
            let decision = exchange.decision
            guard decision.status >= 400, decision.refusal == nil, decision.unmatched == nil else { return }
            counts[decision.status, default: 0] += 1
        }
        refused = own.compactMap { exchange in
            exchange.decision.refusal.map { "\(exchange.words): \(exchange.decision.status) \($0.words)" }
        }
        let hurt = exchanges.filter { !$0.decision.isAuxiliary || $0.isConnection }
        faultsOrdered = hurt.map(\.decision.faults.count).reduce(0, +)
        faultsDelivered = hurt.map(\.deliveredFaults.count).reduce(0, +)
        // A drawn fault may have no effect; an ordered fault must have one.
        faultsMissed = hurt.filter { $0.decision.chaos == nil }.flatMap(\.missedFaults)
        struck = own.compactMap { exchange in
            exchange.decision.chaos.map { chaos in
                "\(exchange.recognizable)  attempt \(exchange.decision.attempt): \(chaos.strike)"
            }
        }
        draws = !struck.isEmpty && played.chaos?.schedule == nil
        unmatched = own.compactMap { exchange in
            exchange.decision.unmatched.map { "\(exchange.words): \(Redaction.text($0))" }
        }
        warnings = Self.countWarnings(exchanges, circumstances.lineWarnings)
        leftOver = circumstances.leftOver
        unexpected = played.expectation.flatMap { Self.unexpected($0, attempts: attempts) }
    }

    /// Only MUST limits on the number of attempts are judged here. The conformance kit judges the other expectations, because it
    /// also observes the program (`sparring run`).
    private static func unexpected(_ expectation: Expectation, attempts: Int) -> String? {
        let bounds = expectation.attempts.filter { ($0.level ?? .must) == .must }.map(\.range)
        guard let broken = bounds.first(where: { !$0.contains(attempts) }) else { return nil }
        let wanted =
            broken.lowerBound == broken.upperBound
            ? "\(broken.lowerBound)"
            : broken.upperBound == .max
                ? "at least \(broken.lowerBound)" : "\(broken.lowerBound) to \(broken.upperBound)"
        return "expected \(wanted) attempts, got \(attempts)"
    }

    /// True if no request was unmatched, no step is unused, every ordered fault took effect and the number of attempts
    /// is the expected one.
    package var held: Bool { unmatched.isEmpty && leftOver.isEmpty && faultsMissed.isEmpty && unexpected == nil }

    package var errorCount: Int { errors.values.reduce(0, +) }

    private static func countWarnings(_ exchanges: [Exchange], _ ofLines: [String]) -> [String] {
        var counts: [String: Int] = [:]
        let all = exchanges.compactMap(\.decision.warning) + ofLines
        for warning in all { counts[warning, default: 0] += 1 }
        var seen: Set<String> = []
        return all.filter { seen.insert($0).inserted }.map { warning in
            let count = counts[warning] ?? 1
            return Redaction.text(warning) + (count > 1 ? " (\(count) requests)" : "")
        }
    }

    private static func untouched(_ scenario: Scenario, seed: UInt64) -> [String] {
        SessionState(scenario: scenario, seed: seed).leftOver(of: scenario)
    }

    /// Counts calls. A request equal to the one before it is a retry if that one failed; otherwise it is a new call.
    /// A handshake that opens a WebSocket is no call: the turns on the socket are. If a handshake repeats a refused one, the refused
    /// handshake belongs to the first turn.
    private static func countCalls(_ exchanges: [Exchange]) -> Int {
        struct Key: Hashable {
            var session: String
            var target: String
            var body: [UInt8]
        }
        var failed: [Key: Bool] = [:]
        return exchanges.reduce(0) { count, exchange in
            let key = Key(session: exchange.session, target: exchange.request.target, body: exchange.request.body)
            let isRetry = failed[key] ?? false
            failed[key] = exchange.decision.status >= 400 || !exchange.deliveredFaults.isEmpty
            if exchange.opensSocket { return count - (isRetry ? 1 : 0) }
            return count + (isRetry ? 0 : 1)
        }
    }
}

extension Exchange {
    fileprivate var opensSocket: Bool { decision.status == 101 }
}
