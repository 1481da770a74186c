import SparringEngine
import SparringExchange

extension MockServer {
    /// The result of comparing a scenario with the calls of a client.
    public struct Report: Sendable {
        /// The name of the scenario.
        public let scenario: String
        /// The seed that was used.
        public let seed: UInt64
        /// The client's calls. An attempt that repeats a failed one belongs to the same call.
        public let calls: Int
        /// Requests on the wire, except auxiliary ones such as lists of models.
        public let attempts: Int
        /// Faults that were ordered for all answers that have been decided so far.
        public let faultsOrdered: Int
        /// Faults that took effect.
        public let faultsDelivered: Int
        /// Faults that could not take effect, with the reasons.
        public let faultsMissed: [String]
        /// Requests that matched no rule or for which no step was left, with the reasons.
        public let unmatched: [String]
        /// Steps that have not answered.
        public let leftOver: [String]
        /// A sentence if the number of attempts differs from the expected number; nil if it does not.
        public let unexpected: String?
        /// Exchanges that were dropped because the log was full. If exchanges were dropped, the numbers above are too low.
        public let droppedExchanges: Int
        /// The exchanges, one line for each request and each answer, in milliseconds since the first request.
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

        /// One sentence for each failure: unmatched requests, unused steps, faults without effect, an unexpected number
        /// of attempts.
        public var failures: [String] {
            unmatched.map { "unmatched: \($0)" } + leftOver.map { "left over: \($0)" }
                + faultsMissed.map { "fault not delivered: \($0)" } + [unexpected].compactMap { $0 }
        }

        /// True if there is no failure.
        public var held: Bool { failures.isEmpty }

        /// - Throws: ``VerificationError`` if there is a failure.
        public func verify() throws(VerificationError) {
            guard held else { throw VerificationError(scenario: scenario, failures: failures, trace: trace) }
        }
    }

    /// The error that the calls of a client do not match the scenario.
    public struct VerificationError: Error, Sendable, CustomStringConvertible {
        /// The name of the scenario.
        public let scenario: String
        /// One sentence for each failure.
        public let failures: [String]
        /// The exchanges, one line for each request and each answer, in milliseconds since the first request.
        public let trace: [String]

        public var description: String {
            let head = ["sparring: \(scenario): verification failed"] + failures.map { "  \($0)" }
            return (head + ["", "the wire, in milliseconds:"] + trace).joined(separator: "\n")
        }
    }

    /// Makes a report on all sessions so far.
    ///
    /// An answer that is still being sent counts with the part that was sent. After ``stop(grace:)``, every answer is
    /// complete.
    public func report() -> Report {
        // The engine's report skips sessions without a call. Without this, the server's script would count once for each of them.
        let unused = engine.sessions.all.filter { session in
            session.world !== engine.world && session.exchanges.allSatisfy(\.decision.isAuxiliary)
        }
        return Report(RunReport(engine), leftOver: unused.flatMap(\.leftOver))
    }

    /// The failures in all sessions so far; empty if all calls match their scenarios.
    public var failures: [String] { report().failures }

    /// Throws an error if the calls of any session do not match its scenario.
    ///
    /// - Throws: ``VerificationError`` with the failures and the exchanges.
    public func verify() throws(VerificationError) { try report().verify() }
}
