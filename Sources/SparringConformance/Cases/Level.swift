/// How much a requirement weighs, in the words of RFC 2119.
package enum Level: String, Sendable, Hashable, CaseIterable {
    case must
    case should
    /// Reported, never scored.
    case may
    /// Records a fact about the client, such as whether it retries a 409.
    case info
}

/// What came of a check, or of a case: the worst of its checks.
package enum Verdict: String, Sendable, Hashable, CaseIterable {
    case pass
    /// Does not apply: the client does not claim what the case needs.
    case skip
    /// What happened could not be seen from where we stand. Counts as nothing, and is shown.
    case unobserved
    /// A SHOULD that was not held.
    case warn
    /// Our own lateness, or our own patience, leaves the question open.
    case inconclusive
    case fail
    /// The case's deadline passed before the client was done.
    case timeout
    /// The kit is wrong: what it sent is not what it had ordered.
    case error

    /// What breaking a requirement of this level comes to.
    package init(breaking level: Level) {
        self =
            switch level {
            case .must: .fail
            case .should: .warn
            case .may, .info: .pass
            }
    }

    /// Counts against the client.
    package var isBad: Bool { self == .fail || self == .timeout }
}

extension Verdict: Comparable {
    /// From best to worst, as they are declared.
    package static func < (a: Verdict, b: Verdict) -> Bool { a.rank < b.rank }

    private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
