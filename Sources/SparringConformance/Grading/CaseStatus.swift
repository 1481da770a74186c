/// What a case comes to for whoever waits for the run: its verdict, what was known of it, and how strict the run is.
package enum CaseStatus: Sendable, Hashable {
    case held
    /// Fails the run.
    case failed
    /// Fails as a line of the known failures says it does, or may: the reason that the line gives.
    case known(reason: String?)
    /// Holds, and a line says that it does not: fails the run until the line is gone.
    case stale(line: Int)
    /// A SHOULD that is not held, in a run that only asks for the MUSTs.
    case warned
    /// Nothing was decided: unobserved, inconclusive, does not apply.
    case open(Verdict)
    /// The kit is wrong.
    case broken
    /// The run was over before the case was.
    case unplayed

    /// - Parameters:
    ///   - verdict: nil where the case has no end.
    ///   - findings: what the known failures say of it.
    package init(
        verdict: Verdict?, checks: [Check], findings: [KnownFailures.Finding], failsOnShould: Bool
    ) {
        guard let verdict else {
            self = .unplayed
            return
        }
        let stale = findings.first { $0.state == .stale }
        switch verdict {
        case .error: self = .broken
        case .fail, .timeout, .warn:
            let excuses = findings.filter { $0.state == .failing || $0.state == .flaky }
            let excused = Set(excuses.compactMap(\.check))
            let isWhole = excuses.contains { $0.check == nil }
            let offences = checks.filter { $0.verdict.isBad || $0.verdict == .warn }
            let left = isWhole ? [] : offences.filter { !excused.contains($0.id) }
            let isFailure = left.contains { $0.verdict.isBad } || failsOnShould && !left.isEmpty
            if isFailure {
                self = .failed
            } else if let stale {
                self = .stale(line: stale.line)
            } else if !left.isEmpty {
                self = .warned
            } else {
                self = .known(reason: excuses.compactMap(\.reason).first)
            }
        case .pass: self = stale.map { .stale(line: $0.line) } ?? .held
        case .skip, .unobserved, .inconclusive: self = stale.map { .stale(line: $0.line) } ?? .open(verdict)
        }
    }

    /// Whether the run does not hold because of it.
    package var failsTheRun: Bool {
        switch self {
        case .failed, .stale, .broken, .unplayed: true
        case .held, .known, .warned, .open: false
        }
    }
}
