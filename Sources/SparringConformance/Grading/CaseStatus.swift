/// The status of a case in a run, from its verdict, its known failures and the strictness of the run.
package enum CaseStatus: Sendable, Hashable {
    /// Passes.
    case held
    /// Fails the run.
    case failed
    /// The case fails in the way that a line of the known failures describes; the reason is the one in that line.
    case known(reason: String?)
    /// The case passes although a line of the known failures expects it to fail. This fails the run until the line is deleted.
    case stale(line: Int)
    /// The case breaks a SHOULD in a run in which only a broken MUST counts as a failure.
    case warned
    /// The case is undecided: unobserved, inconclusive or skipped.
    case open(Verdict)
    /// The case found a bug in the kit.
    case broken
    /// The case did not end before the run ended.
    case unplayed

    /// - Parameters:
    ///   - verdict: the verdict on the case; nil if the case did not end.
    ///   - findings: the known failures that match the case.
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

    /// Whether this status fails the run.
    package var failsTheRun: Bool {
        switch self {
        case .failed, .stale, .broken, .unplayed: true
        case .held, .known, .warned, .open: false
        }
    }
}
