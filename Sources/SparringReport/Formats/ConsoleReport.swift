import SparringConformance
import SparringExchange
import SparringJSON
import SparringScenario

/// A report for people at a terminal. A run without failures is one line. For a failed case, the report shows the requirement, the expected
/// and the actual behaviour, the exchanges on the wire, and the command that repeats the case.
package struct ConsoleReport: Sendable {
    /// Whether to show the exchanges of every case, not only those of the failed cases.
    package var tracesAll: Bool
    package var style: TextStyle

    package init(tracesAll: Bool = false, style: TextStyle = .plain) {
        self.tracesAll = tracesAll
        self.style = style
    }

    package func lines(_ log: RunLog) -> [String] {
        let run = GradedRun(log)
        let shown = shown(in: log)
        let keys = [shown.contains(where: Marbles.isShown) ? Marbles.legend : nil, VerdictKey.line(shown)]
        let legend = keys.compactMap(\.self)
        let refused = RefusedRequests.lines(log).map { "  refused   \($0)" }
        return shown.flatMap { entry in
            Self.lines(entry, wholeWire: tracesAll, style: style) + ["  again     \(run.again(entry))", ""]
        } + (legend.isEmpty ? [] : legend + [""]) + refused + [summary(run)]
    }

    /// The cases to show in detail, those with findings first. The plain conversation is shown only if it failed. An unobserved
    /// probe is not shown, because the skipped cases name the missing feature. A case that did not end is only counted.
    private func shown(in log: RunLog) -> [RunLog.Entry] {
        let selected = Set(log.selected.map(\.start.id))
        func isFinding(_ entry: RunLog.Entry) -> Bool {
            guard let verdict = entry.end?.verdict else { return false }
            let isProbe = !selected.contains(entry.start.id) && entry.start.level == .info
            if isProbe, verdict == .unobserved { return false }
            return verdict != .pass && verdict != .skip || !entry.known.isEmpty
        }
        let others = log.entries.filter { entry in
            tracesAll && entry.end != nil && selected.contains(entry.start.id) && !isFinding(entry)
        }
        return log.entries.filter(isFinding) + others
    }

    // MARK: A case

    /// The lines of one case.
    ///
    /// - Parameter wholeWire: whether to show a long wire completely.
    package static func lines(
        _ entry: RunLog.Entry, wholeWire: Bool = true, style: TextStyle = .plain
    ) -> [String] {
        let verdict = entry.end?.verdict.rawValue ?? "not run"
        let head = style(verdict.uppercased(), entry.end?.verdict.color ?? .dim)
        var lines = ["\(head)  \(style(entry.start.id, .bold))  \(entry.start.title)"]
        lines.append("  why       \(entry.start.why)")
        for check in entry.checks where check.verdict != .pass && check.verdict != .skip {
            let level = check.level.rawValue.uppercased()
            let word = style(check.verdict.rawValue, check.verdict.color)
            lines.append("  \(word) \(check.id.drop { $0 != "#" })  \(level): \(check.requirement)")
            lines.append("      expected  \(check.expected)")
            lines.append("      actual    \(check.actual)")
        }
        for finding in entry.known {
            let reason = finding.reason.map { " (\($0))" } ?? ""
            lines.append("  known     line \(finding.line), \(finding.pattern)\(reason): \(finding.state.words)")
        }
        let wire = WireTrace.lines(entry.exchanges)
        lines += (wholeWire ? wire : excerpt(wire)).map { "  " + $0 }
        if wholeWire { lines += bytes(of: entry.exchanges) }
        if let end = entry.end {
            lines.append("  ended     \(end.endingWords)")
            if end.verdict.isBad || end.verdict == .warn { lines.append(end.answerLine) }
            if end.verdict.isBad { lines += tail(end.standardError).map { "  stderr    \($0)" } }
        }
        if !entry.start.references.isEmpty {
            lines.append("  see       \(entry.start.references.joined(separator: " · "))")
        }
        return lines
    }

    /// The bytes of each exchange, if the log contains the bytes.
    private static func bytes(of exchanges: [JSONValue]) -> [String] {
        exchanges.flatMap { exchange -> [String] in
            let bytes = WireTrace.byteLines(exchange)
            guard !bytes.isEmpty else { return [] }
            return ["  bytes     exchange \(exchange["number"]?.int ?? 0)"] + bytes.map { "    " + $0 }
        }
    }

    /// The first and the last lines of a long wire.
    private static func excerpt(_ wire: [String]) -> [String] {
        let short = wire.map { $0.count > 160 ? $0.prefix(159) + "…" : $0[...] }.map(String.init)
        guard short.count > 14 else { return short }
        let between = "          … \(short.count - 12) lines between; --trace shows them"
        return short.prefix(8) + [between] + short.suffix(4)
    }

    /// The last lines of a program's output, because a traceback ends with its reason.
    private static func tail(_ text: String) -> [String] {
        text.split(whereSeparator: \.isNewline).suffix(3).map { String($0.prefix(160)) }
    }

    // MARK: The run

    private func summary(_ run: GradedRun) -> String {
        let log = run.log
        let time = log.end.map { " · \(Duration.milliseconds($0.milliseconds).inWords)" } ?? ""
        let outcome = log.end.map { end in end.reason.map { "\(end.outcome.words): \($0)" } ?? end.outcome.words }
        let word = style(outcome ?? "the log is incomplete", log.end?.outcome == .held ? .green : .red)
        let line = "sparring: \(word) · \(RunCounts(run).words)\(time)"
        // A run of only a few cases gets no grade.
        return Grade(log).map { $0.missing == 0 ? "\(line) · \($0.words)" : line } ?? line
    }
}

extension Verdict {
    /// The color of the verdict on a terminal.
    fileprivate var color: TextStyle.Color {
        switch self {
        case .pass: .green
        case .fail, .timeout, .error: .red
        case .warn: .yellow
        case .skip, .unobserved, .inconclusive: .dim
        }
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
        case .failing: "fails, as expected"
        case .flaky: "may fail or pass"
        case .stale: "STALE: passes; delete the line"
        case .otherwise: "fails, but without the text that the line expects"
        }
    }
}
