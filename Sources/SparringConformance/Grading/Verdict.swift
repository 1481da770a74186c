package import SparringScenario

/// The result of a check, or of a case: the worst of its checks.
package enum Verdict: String, Sendable, Hashable, CaseIterable {
    case pass
    /// The case does not apply: the client lacks a capability that it needs.
    case skip
    /// The server could not observe the required behaviour. The result is shown in reports, but not counted.
    case unobserved
    /// The client breaks a SHOULD.
    case warn
    /// The check is undecided, because the kit itself was late or stopped waiting.
    case inconclusive
    case fail
    /// The client did not finish before the case's deadline.
    case timeout
    /// A bug in the kit: the server did not play the script correctly.
    case error

    /// The verdict for breaking a requirement of this level.
    package init(breaking level: Level) {
        self =
            switch level {
            case .must: .fail
            case .should: .warn
            case .may, .info: .pass
            }
    }

    /// Whether the verdict counts against the client.
    package var isBad: Bool { self == .fail || self == .timeout }
}

extension Verdict: Comparable {
    /// Orders from best to worst, in declaration order.
    package static func < (a: Verdict, b: Verdict) -> Bool { a.rank < b.rank }

    private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

extension Verdict {
    /// The verdict of a case: the worst of its checks. Unobserved checks do not count. Built-in checks are not enough
    /// for a pass: if none of the case's own checks passes, the case is `unobserved`.
    package init(of checks: [Check]) {
        let worst = checks.map(\.verdict).max() ?? .unobserved
        if worst == .skip {
            self = .skip
            return
        }
        if worst > .unobserved {
            self = worst
        } else if !checks.isEmpty, checks.allSatisfy({ $0.verdict == .skip }) {
            self = .skip
        } else {
            self = checks.contains { $0.verdict == .pass && !$0.isBuiltIn } ? .pass : .unobserved
        }
    }
}
