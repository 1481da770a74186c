package import SparringConformance

/// Runs a case's task with the client under test, and reports how the client ended.
package protocol Driver: Sendable {
    /// Whether one process plays several cases. If the process ends too early, any of these cases may be the cause.
    var isShared: Bool { get }

    /// Gives one case's task to the client, and waits until the client has finished.
    ///
    /// - Parameter deadline: returns when the time is over, with a text about the event that the client was waiting
    ///   for.
    /// - Throws: `LaunchError` if the client cannot be run at all.
    func play(
        _ session: CaseSession, deadline: @escaping @Sendable () async -> String
    ) async throws(LaunchError) -> DriverResult
}

/// The result of one case, as a driver observed it.
package struct DriverResult: Sendable {
    package var ending: Observation.Ending
    /// The outcome of the call as the client reports it; nil if the client reports no outcome.
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
    /// Whether the client was stopped, or its process was lost.
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
        case .expired(_, let waiting): "stopped at its deadline, \(waiting)"
        case .reported: "the driver replied"
        case .lost(let how): how
        case .skipped(let reason): "skipped by the driver: \(reason)"
        case .unseen: "not observed"
        }
    }
}
