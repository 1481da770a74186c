import SparringConformance
import SparringExchange
import SparringJSON

/// A run for people at a terminal: one line where all went well; where it did not, what was required, expected and seen, the wire
/// that proves it, and the command that does it again.
package struct ConsoleReport: Sendable {
    /// Shows the wire of every case, not only of those that went wrong.
    package var tracesAll: Bool

    package init(tracesAll: Bool = false) { self.tracesAll = tracesAll }

    package func lines(_ log: RunLog) -> [String] {
        let run = GradedRun(log)
        return shown(in: log).flatMap { entry in
            Self.lines(entry, wholeWire: tracesAll) + ["  again     \(run.again(entry))", ""]
        } + [summary(log)]
    }

    /// What is spelled out. The plain conversation is asked for by nobody, and told of where it is what went wrong. A probe that came to
    /// nothing is not: what the client does not do, the cases that are skipped for it say.
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

    /// A case by itself.
    /// - Parameter wholeWire: also of a wire that is longer than a reader wants, every line and each to its end.
    package static func lines(_ entry: RunLog.Entry, wholeWire: Bool = true) -> [String] {
        let verdict = entry.end?.verdict.rawValue ?? "no end"
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
            lines.append("  ended     \(end.ending), after \(end.milliseconds) ms")
            if end.verdict.isBad { lines += tail(end.standardError).map { "  stderr    \($0)" } }
        }
        if !entry.start.references.isEmpty {
            lines.append("  see       \(entry.start.references.joined(separator: " · "))")
        }
        return lines
    }

    /// How it began and how it ended.
    private static func excerpt(_ wire: [String]) -> [String] {
        let short = wire.map { $0.count > 160 ? $0.prefix(159) + "…" : $0[...] }.map(String.init)
        guard short.count > 14 else { return short }
        let between = "          … \(short.count - 12) lines between; --trace shows them"
        return short.prefix(8) + [between] + short.suffix(4)
    }

    /// The last few lines of what a program wrote: a traceback ends with its reason.
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
        let excused = known == 0 ? "" : ", \(known) of them known failing"
        let line = "sparring: \(outcome ?? "the log has no end") · \(parts.joined(separator: ", "))\(excused)\(time)"
        // A handful of cases is asked for to see them, not for a grade.
        return Grade(log).map { $0.missing == 0 ? "\(line) · \($0.words)" : line } ?? line
    }
}

extension RunEvent.Outcome {
    fileprivate var words: String {
        switch self {
        case .held: "held"
        case .failed: "DID NOT HOLD"
        case .unreliable: "UNRELIABLE"
        case .undriven: "THE PROGRAM COULD NOT BE DRIVEN"
        case .broken: "THE KIT IS WRONG"
        case .interrupted: "INTERRUPTED"
        }
    }
}

extension KnownFailures.Finding.State {
    fileprivate var words: String {
        switch self {
        case .failing: "it fails, as the line says"
        case .flaky: "it fails now and then"
        case .stale: "STALE: it holds; take the line out"
        case .otherwise: "it fails, and not with the text of the line"
        }
    }
}
