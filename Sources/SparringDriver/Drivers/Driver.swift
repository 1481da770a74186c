package import SparringConformance

/// How a case gets to the client under test, and what is seen of the client itself.
package protocol Driver: Sendable {
    /// One process plays several cases: where it ends, it is not plain which of them has ended it.
    var isShared: Bool { get }

    /// Plays one case's task to the client.
    ///
    /// - Parameter deadline: returns when the client has had its time, with what it was waiting for.
    /// - Throws: where the client cannot be driven at all.
    func play(
        _ session: CaseSession, deadline: @escaping @Sendable () async -> String
    ) async throws(LaunchError) -> DriverResult
}

/// What a driver saw of a client in one case.
package struct DriverResult: Sendable {
    package var ending: Observation.Ending
    /// What the client says of its call, where it says anything.
    package var outcome: Outcome?
    package var standardOutput: String
    package var standardError: String

    package init(
        _ ending: Observation.Ending, outcome: Outcome? = nil, standardOutput: String = "", standardError: String = ""
    ) {
        self.ending = ending
        self.outcome = outcome
        self.standardOutput = standardOutput
        self.standardError = standardError
    }
}

extension Observation.Ending {
    /// The client did not come to its own end.
    var isAbrupt: Bool {
        switch self {
        case .expired, .lost: true
        case .exited, .signalled, .reported, .skipped, .unseen: false
        }
    }

    /// For people.
    var words: String {
        switch self {
        case .exited(let code): "exit code \(code)"
        case .signalled(let signal): "signal \(signal)"
        case .expired(_, let waiting): "ended at its deadline, \(waiting)"
        case .reported: "it reported"
        case .lost(let how): how
        case .skipped(let reason): "skipped: \(reason)"
        case .unseen: "seen by nobody"
        }
    }
}
