package import SparringExchange

/// All that was seen of a client in one case.
package struct Observation: Sendable {
    /// The case's own token: the name of its session.
    package var session: String
    /// What the case's own session served, by the time of its start.
    package var exchanges: [Exchange]
    /// Requests that belong to no session of the run, or to a case that was over, seen meanwhile: method and target.
    package var strays: [String]
    /// Steps of the script that never answered, in words.
    package var leftOver: [String]
    package var ending: Ending
    /// What the client says of its call; nil where it says nothing.
    package var outcome: Outcome?
    /// The end of what it wrote; `text` of a case is looked for in it.
    package var standardOutput: String
    package var standardError: String
    /// Whether the program is known to show what it reads in calls of this kind.
    package var isOpen: Bool
    /// Whether an exchange was still open when nobody waited for it any longer: a client that is done with its call may keep the connection
    /// that the script wants to see used again.
    package var isUnfinished: Bool
    /// When our own timers were late while the case ran.
    package var lateness: [Lateness]

    package init(
        session: String, exchanges: [Exchange], strays: [String] = [], leftOver: [String] = [], ending: Ending,
        outcome: Outcome? = nil, standardOutput: String = "", standardError: String = "", lateness: [Lateness] = [],
        isOpen: Bool = false, isUnfinished: Bool = false
    ) {
        self.session = session
        self.exchanges = exchanges
        self.strays = strays
        self.leftOver = leftOver
        self.ending = ending
        self.outcome = outcome
        self.standardOutput = standardOutput
        self.standardError = standardError
        self.lateness = lateness
        self.isOpen = isOpen
        self.isUnfinished = isUnfinished
    }

    /// How the program ended.
    package enum Ending: Sendable, Hashable {
        case exited(Int32)
        case signalled(Int32)
        /// It is a driver that goes on: it has reported, and `outcome` is what it said.
        case reported
        /// Its driver ended before it had reported, and how.
        case lost(String)
        /// The client cannot do what the case asks, and why: the case does not apply.
        case skipped(String)
        /// Nobody watched it: it was started by hand.
        case unseen
        /// It was ended at the case's deadline, that long after it started; `waiting` is the open question.
        case expired(after: Duration, waiting: String)
    }

    /// The time between two attempts.
    package struct Gap: Sendable, Hashable {
        package var duration: Duration
        /// How late the stamps at its ends may be.
        package var lag: Duration
        /// How long in it this machine did not do what was due: a client may have been held up as long.
        package var standstill: Duration
    }

    /// What a client asks for besides its call is no attempt.
    package var attempts: [Exchange] { exchanges.filter { !$0.decision.isAuxiliary } }

    /// The API key that the program was given.
    package var key: String { "sk-sparring-\(session)" }

    /// Whether a text, with the case's token in it, is in the outcome, or in what a program wrote that reports none.
    package func shows(_ text: String) -> Bool {
        let said = outcome.map { $0.text ?? $0.partialText ?? "" } ?? standardOutput
        return said.contains(CaseTask.fill(text, session: session))
    }

    /// The most by which our own timers were late.
    package var lag: Duration { lateness.map(\.duration).max() ?? .zero }

    /// The time between two attempts, counted from 1; nil where there are not that many.
    package func gap(from: Int, to: Int) -> Gap? {
        let attempts = attempts
        guard from >= 1, to <= attempts.count, from < to, let left = attempts[from - 1].leftAt,
            let next = attempts[to - 1].arrivedAt
        else { return nil }
        let atItsEnds = lateness.filter { $0.reaches(left) || $0.reaches(next) }
        let within = lateness.filter { $0.came > left && $0.due < next }
        return Gap(
            duration: next - left, lag: max(atItsEnds.map(\.duration).max() ?? .zero, attempts[from - 1].stampDelay),
            standstill: within.map(\.duration).reduce(.zero, +))
    }
}
