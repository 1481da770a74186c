package import SparringExchange
import SparringScenario

/// What a run comes to: pure arithmetic over the exchanges of its sessions.
package struct RunReport: Sendable {
    package var scenario: String
    package var seed: UInt64
    /// What the program asked for: attempts that repeat a failed one belong to its call.
    package var calls: Int
    /// Requests on the wire, auxiliary ones left out.
    package var attempts: Int
    package var faultsOrdered: Int
    package var faultsDelivered: Int
    /// Faults that took no effect, and why.
    package var faultsMissed: [String]
    /// Whether chaos has drawn anything.
    package var draws: Bool
    package var unmatched: [String]
    /// What answers passed over where the API would not, each once, with the number of answers.
    package var warnings: [String]
    package var leftOver: [String]
    /// The scenario's own expectation, where it did not come true.
    package var unexpected: String?
    /// All of them, auxiliary ones too, by the time of their start.
    package var exchanges: [Exchange]
    /// Exchanges that the logs no longer hold: the numbers above are then too low.
    package var droppedExchanges: Int

    /// Of all that a server was asked.
    package init(_ engine: Engine) {
        let sessions = engine.sessions.all
        let used = sessions.filter { !$0.exchanges.allSatisfy(\.decision.isAuxiliary) }
        let leftOver =
            used.isEmpty ? Self.untouched(engine.scenario, seed: engine.seed) : used.flatMap(\.leftOver)
        self.init(sessions, scenario: engine.scenario, seed: engine.seed, leftOver: leftOver)
    }

    /// Of one session, which may have a scenario of its own.
    package init(_ session: Session) {
        self.init([session], scenario: session.world.scenario, seed: session.seed, leftOver: session.leftOver)
    }

    private init(_ sessions: [Session], scenario played: Scenario, seed: UInt64, leftOver: [String]) {
        exchanges = sessions.flatMap(\.exchanges).sorted { $0.startedAt < $1.startedAt }
        droppedExchanges = sessions.map(\.droppedExchanges).reduce(0, +)
        let own = exchanges.filter { !$0.decision.isAuxiliary }
        scenario = played.name
        self.seed = seed
        attempts = own.count
        calls = Self.countCalls(own)
        let hurt = exchanges.filter { !$0.decision.isAuxiliary || $0.isConnection }
        faultsOrdered = hurt.map(\.decision.faults.count).reduce(0, +)
        faultsDelivered = hurt.map(\.deliveredFaults.count).reduce(0, +)
        // What was drawn may find nothing to break; what was ordered has to do its work.
        faultsMissed = hurt.filter { $0.decision.chaos == nil }.flatMap(\.missedFaults)
        draws = own.contains { $0.decision.chaos != nil }
        unmatched = own.compactMap { exchange in
            exchange.decision.unmatched.map { "\(exchange.words): \(Redaction.text($0))" }
        }
        warnings = Self.countWarnings(exchanges, sessions.flatMap(\.lineWarnings))
        self.leftOver = leftOver
        unexpected = played.expectation.flatMap { expectation in
            let range = expectation.attempts
            guard !range.contains(own.count) else { return nil }
            let wanted =
                range.lowerBound == range.upperBound
                ? "\(range.lowerBound)" : "\(range.lowerBound) to \(range.upperBound)"
            return "expected \(wanted) attempts, saw \(own.count)"
        }
    }

    /// Nothing was left unsaid, nothing was asked that the scenario does not know, and every fault did its work.
    package var held: Bool { unmatched.isEmpty && leftOver.isEmpty && faultsMissed.isEmpty && unexpected == nil }

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

    /// An equal request is another attempt of its call where the one before it failed, and a new call where it did not.
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
            return count + (isRetry ? 0 : 1)
        }
    }
}
