import SparringConformance

/// The cases of a run by verdict, for the head of a report: `91 pass, 9 warn, 144 skip (99 need batches, 45 need files)`.
package struct RunCounts: Sendable, Hashable {
    /// Verdicts that occur, in the order of `Verdict`.
    package var verdicts: [(name: String, count: Int)] { counts.map { ($0.verdict.rawValue, $0.count) } }
    private let counts: [Count]
    /// The number of skipped cases by the features that they need, the most frequent first.
    private let needs: [Need]
    /// Selected cases that did not begin, or that the end of the run interrupted.
    package let notRun: Int
    /// Cases with a known failure that fails as expected.
    package let known: Int

    private struct Count: Sendable, Hashable {
        var verdict: Verdict
        var count: Int
    }

    private struct Need: Sendable, Hashable {
        var words: String
        var count: Int
    }

    package init(_ run: GradedRun) {
        let entries = run.log.selected
        let ended = entries.compactMap { $0.end?.verdict }
        counts = Verdict.allCases.compactMap { verdict in
            let count = ended.count { $0 == verdict }
            return count == 0 ? nil : Count(verdict: verdict, count: count)
        }
        notRun = max(0, (run.log.start?.cases.count ?? 0) - ended.count)
        known = entries.count { if case .known = run.standing($0) { true } else { false } }
        let missing = entries.compactMap(\.missingFeatures)
        needs = Dictionary(grouping: missing, by: \.self).map { Need(words: $0.key, count: $0.value.count) }
            .sorted { ($1.count, $0.words) < ($0.count, $1.words) }
    }

    /// The maximum number of reasons that are listed in full.
    private static let mostReasons = 4

    package var words: String {
        let parts = counts.map { count in
            "\(count.count) \(count.verdict.rawValue)" + (count.verdict == .skip ? skipWords : "")
        }
        let all = parts + (notRun > 0 ? ["\(notRun) not run"] : [])
        return all.joined(separator: ", ") + (known == 0 ? "" : ", \(known) of them known failures")
    }

    private var skipWords: String {
        guard !needs.isEmpty else { return "" }
        let named = needs.prefix(Self.mostReasons).map { need in
            "\(need.count) \(need.count == 1 ? "needs" : "need") \(need.words)"
        }
        let others = needs.dropFirst(Self.mostReasons).map(\.count).reduce(0, +)
        return " (\((named + (others > 0 ? ["\(others) need other features"] : [])).joined(separator: ", ")))"
    }
}

extension RunLog.Entry {
    /// The features that a skipped case needs, such as `batches and files`; nil for other cases.
    var missingFeatures: String? {
        guard let check = checks.first(where: { $0.verdict == .skip && $0.expected.hasPrefix("needs ") }),
            end?.verdict == .skip
        else { return nil }
        return String(check.expected.dropFirst("needs ".count)).replacing(", ", with: " and ")
    }

    /// The reason why a case has neither passed nor failed: the missing feature, or the undecided checks.
    var openReason: String {
        let verdict = end?.verdict.rawValue ?? "not run"
        if let missingFeatures {
            return
                "\(verdict): needs \(missingFeatures); not used in the probe, and not declared by --can or by the driver"
        }
        let line = FailedChecks.line(self)
        return line.isEmpty ? verdict : "\(verdict): \(line)"
    }
}
