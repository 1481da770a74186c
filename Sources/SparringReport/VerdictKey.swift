import SparringConformance

/// The meaning of the verdicts of a run, for the line under the marbles. docs/reference/reports.md uses the same words.
enum VerdictKey {
    /// One line with the verdicts that a reader may not know, if a case of the run has such a verdict; nil otherwise. `pass` and `fail`
    /// need no explanation.
    static func line(_ entries: [RunLog.Entry]) -> String? {
        let shown = Set(
            entries.flatMap { entry in entry.offences.map(\.verdict) + [entry.end?.verdict].compactMap(\.self) })
        let words = Verdict.allCases.compactMap { verdict in
            shown.contains(verdict) ? verdict.meaning.map { "\(verdict.rawValue) \($0)" } : nil
        }
        return words.isEmpty ? nil : "verdicts  " + words.joined(separator: "; ")
    }
}

extension Verdict {
    fileprivate var meaning: String? {
        switch self {
        case .pass, .skip, .fail: nil
        case .warn: "breaks a SHOULD"
        case .unobserved: "the run did not show it, so it does not count"
        case .inconclusive: "this machine was too slow to decide"
        case .timeout: "did not end in time"
        case .error: "a bug in Sparring"
        }
    }
}
