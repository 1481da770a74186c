import SparringConformance
import SparringExchange
import SparringJSON
import SparringScenario

/// A report for people at a terminal. A run without failures is one line. A failed case shows the requirement, what was
/// expected and what happened, the wire, and the command that repeats it.
package struct ConsoleReport: Sendable {
    /// Whether to show the wire of every case, not only of the failed ones.
    package var tracesAll: Bool

    package init(tracesAll: Bool = false) { self.tracesAll = tracesAll }

    package func lines(_ log: RunLog) -> [String] {
        let run = GradedRun(log)
        let shown = shown(in: log)
        let legend = shown.contains(where: Marbles.isShown) ? [Marbles.legend, ""] : []
        return shown.flatMap { entry in
            Self.lines(entry, wholeWire: tracesAll) + ["  again     \(run.again(entry))", ""]
        } + legend + [summary(log)]
    }

    /// The cases to show in detail. The plain conversation is shown only if it failed. A probe that was not observed is not
    /// shown, as the skipped cases name the missing feature.
    private func shown(in log: RunLog) -> [RunLog.Entry] {
        let selected = Set(log.selected.map(\.start.id))
        return log.entries.filter { entry in
            let isUneasy = entry.end.map { $0.verdict != .pass && $0.verdict != .skip } ?? true || !entry.known.isEmpty
            let isAsked = selected.contains(entry.start.id)
            if !isAsked, entry.start.level == .info, entry.end?.verdict == .unobserved { return false }
            return isUneasy || tracesAll && isAsked
        }
    }

    // MARK: A case

    /// The lines of one case.
    ///
    /// - Parameter wholeWire: whether to show a long wire in full, too.
    package static func lines(_ entry: RunLog.Entry, wholeWire: Bool = true) -> [String] {
        let verdict = entry.end?.verdict.rawValue ?? "not ended"
        var lines = ["\(verdict.uppercased())  \(entry.start.id)  \(entry.start.title)"]
        lines.append("  why       \(entry.start.why)")
        for check in entry.checks where check.verdict != .pass && check.verdict != .skip {
            let level = check.level.rawValue.uppercased()
            lines.append("  \(check.verdict.rawValue) \(check.id.drop { $0 != "#" })  \(level): \(check.requirement)")
            lines.append("      expected  \(check.expected)")
            lines.append("      actual    \(check.actual)")
        }
        for finding in entry.known {
            let reason = finding.reason.map { " (\($0))" } ?? ""
            lines.append("  known     line \(finding.line), \(finding.pattern)\(reason): \(finding.state.words)")
        }
        let wire = WireTrace.lines(entry.exchanges)
        lines += (wholeWire ? wire : excerpt(wire)).map { "  " + $0 }
        if let end = entry.end {
            lines.append("  ended     \(end.endingWords)")
            if end.verdict.isBad { lines += tail(end.standardError).map { "  stderr    \($0)" } }
        }
        if !entry.start.references.isEmpty {
            lines.append("  see       \(entry.start.references.joined(separator: " · "))")
        }
        return lines
    }

    /// The first and the last lines of a long wire.
    private static func excerpt(_ wire: [String]) -> [String] {
        let short = wire.map { $0.count > 160 ? $0.prefix(159) + "…" : $0[...] }.map(String.init)
        guard short.count > 14 else { return short }
        let between = "          … \(short.count - 12) lines between; --trace shows them"
        return short.prefix(8) + [between] + short.suffix(4)
    }

    /// The last lines of a program's output: a traceback ends with its reason.
    private static func tail(_ text: String) -> [String] {
        text.split(whereSeparator: \.isNewline).suffix(3).map { String($0.prefix(160)) }
    }

    // MARK: The run

    private func summary(_ log: RunLog) -> String {
        let verdicts = log.selected.compactMap { $0.end?.verdict }
        let counts = Verdict.allCases.compactMap { verdict -> String? in
            let count = verdicts.count { $0 == verdict }
            return count == 0 ? nil : "\(count) \(verdict.rawValue)"
        }
        let missing = (log.start?.cases.count ?? 0) - verdicts.count
        let parts = counts + (missing > 0 ? ["\(missing) not run"] : [])
        let time = log.end.map { " · \(Duration.milliseconds($0.milliseconds).inWords)" } ?? ""
        let outcome = log.end.map { end in end.reason.map { "\(end.outcome.words): \($0)" } ?? end.outcome.words }
        let known = log.selected.count { entry in
            if case .known = GradedRun(log).standing(entry) { true } else { false }
        }
        let excused = known == 0 ? "" : ", \(known) of them known failures"
        let line = "sparring: \(outcome ?? "the log is incomplete") · \(parts.joined(separator: ", "))\(excused)\(time)"
        // A run of a few cases gets no grade.
        return Grade(log).map { $0.missing == 0 ? "\(line) · \($0.words)" : line } ?? line
    }
}

extension RunEvent.Outcome {
    /// The outcome of a run for people.
    var words: String {
        switch self {
        case .held: "passed"
        case .failed: "FAILED"
        case .unreliable: "UNRELIABLE"
        case .undriven: "THE PROGRAM COULD NOT BE DRIVEN"
        case .broken: "BUG IN SPARRING"
        case .interrupted: "INTERRUPTED"
        }
    }
}

extension KnownFailures.Finding.State {
    fileprivate var words: String {
        switch self {
        case .failing: "it fails, as expected"
        case .flaky: "it may fail or pass"
        case .stale: "STALE: it passes; delete the line"
        case .otherwise: "it fails, but without the text of the line"
        }
    }
}
