import SparringEngine
import SparringExchange

extension MockServer {
    /// How a scenario and the calls of a client fit together.
    public struct Report: Sendable {
        /// The name of the scenario.
        public let scenario: String
        /// The seed that was used.
        public let seed: UInt64
        /// What the client asked for: attempts that repeat a failed one belong to its call.
        public let calls: Int
        /// Requests on the wire, without lists of models and the like.
        public let attempts: Int
        /// Faults of all answers so far.
        public let faultsOrdered: Int
        /// Faults that took effect.
        public let faultsDelivered: Int
        /// Faults that could not take effect, and why.
        public let faultsMissed: [String]
        /// Requests that no rule matched or for which no step was left, and why.
        public let unmatched: [String]
        /// Steps that have not answered.
        public let leftOver: [String]
        /// The scenario's expected number of attempts, if there were more or fewer.
        public let unexpected: String?
        /// Exchanges that were dropped because there were too many: the numbers above are then too low.
        public let droppedExchanges: Int
        /// What went over the wire, a line for each request and each answer, in milliseconds since the first request.
        public let trace: [String]

        init(_ report: RunReport, leftOver: [String] = []) {
            scenario = report.scenario
            seed = report.seed
            calls = report.calls
            attempts = report.attempts
            faultsOrdered = report.faultsOrdered
            faultsDelivered = report.faultsDelivered
            faultsMissed = report.faultsMissed
            unmatched = report.unmatched
            self.leftOver = report.leftOver + leftOver
            unexpected = report.unexpected
            droppedExchanges = report.droppedExchanges
            let origin = report.exchanges.first?.startedAt ?? Moment(nanoseconds: 0)
            trace = WireTrace.lines(report.exchanges.map { $0.json(origin: origin) })
        }

        /// What does not fit, a text for each: unmatched requests, steps left over, faults without effect, an unexpected number of
        /// attempts.
        public var failures: [String] {
            unmatched.map { "unmatched: \($0)" } + leftOver.map { "left over: \($0)" }
                + faultsMissed.map { "fault not delivered: \($0)" } + [unexpected].compactMap { $0 }
        }

        /// Whether everything fits.
        public var held: Bool { failures.isEmpty }

        /// - Throws: ``VerificationError`` unless everything fits.
        public func verify() throws(VerificationError) {
            guard held else { throw VerificationError(scenario: scenario, failures: failures, trace: trace) }
        }
    }

    /// A scenario and the calls of a client do not fit together.
    public struct VerificationError: Error, Sendable, CustomStringConvertible {
        /// The name of the scenario.
        public let scenario: String
        /// What does not fit, a text for each.
        public let failures: [String]
        /// What went over the wire, a line for each request and each answer, in milliseconds since the first request.
        public let trace: [String]

        public var description: String {
            let head = ["sparring: \(scenario): verification failed"] + failures.map { "  \($0)" }
            return (head + ["", "the wire, in milliseconds:"] + trace).joined(separator: "\n")
        }
    }

    /// How the scenarios of all sessions and their calls fit together so far.
    ///
    /// An answer that is still being sent counts as far as it went; after ``stop(grace:)`` every answer is complete.
    public func report() -> Report {
        // The report of the engine leaves out sessions without a call, which would otherwise count the server's script once each.
        let unused = engine.sessions.all.filter { session in
            session.world !== engine.world && session.exchanges.allSatisfy(\.decision.isAuxiliary)
        }
        return Report(RunReport(engine), leftOver: unused.flatMap(\.leftOver))
    }

    /// What does not fit so far, over all sessions; empty if everything fits.
    public var failures: [String] { report().failures }

    /// Fails if the scenarios and the calls do not fit together, over all sessions.
    ///
    /// - Throws: ``VerificationError`` with what does not fit and what went over the wire.
    public func verify() throws(VerificationError) { try report().verify() }
}
