import SparringConformance

/// The progress of a run of cases: `37/244 · 1 fail · about 50 s left`.
struct CheckProgress {
    private let cases: Set<String>
    /// The verdict of each case that has ended. A later round of the case replaces its verdict.
    private var verdicts: [String: Verdict] = [:]
    private var elapsed = Duration.zero

    /// The time is estimated only after this many cases.
    private static let fewest = 5

    /// - Parameter cases: the ids of the selected cases.
    init(_ cases: [String]) { self.cases = Set(cases) }

    /// Records an event.
    /// - Parameter elapsed: the time since the start of the run.
    /// - Returns: whether the text in `words` has changed.
    mutating func note(_ event: RunEvent, at elapsed: Duration) -> Bool {
        switch event {
        case .runStart: return true
        case .caseEnd(let end) where cases.contains(end.id):
            verdicts[end.id] = end.verdict
            self.elapsed = elapsed
            return true
        default: return false
        }
    }

    var words: String {
        let failed = [Verdict.fail, .timeout, .error, .warn].compactMap { verdict -> String? in
            let count = verdicts.values.count { $0 == verdict }
            return count == 0 ? nil : "\(count) \(verdict.rawValue)"
        }
        let left = left.map { ["about \($0) s left"] } ?? []
        return (["\(verdicts.count)/\(cases.count)"] + failed + left).joined(separator: " · ")
    }

    /// The estimated seconds left, from the speed of the cases that were played. Skipped cases take no time, and it is known early which
    /// cases are skipped.
    private var left: Int? {
        let played = verdicts.values.count { $0 != .skip }
        guard played >= Self.fewest, verdicts.count < cases.count else { return nil }
        return max(1, Int((elapsed / .seconds(1) * Double(cases.count - verdicts.count) / Double(played)).rounded()))
    }
}

/// The line at the bottom of a terminal that shows the progress of `check`. Writes nothing if standard error is not a
/// terminal.
struct ProgressLine: Sendable {
    private let isShown: Bool

    /// No line is shown with `--quiet`, or with a format that prints during the run.
    init(_ settings: Settings, terminal: Terminal = .standardError) {
        isShown = terminal.isInteractive && !settings.isQuiet && settings.format != .json
    }

    /// Replaces the line.
    func show(_ text: String) throws(OutputError) {
        if isShown { try StandardError.write("\r\u{1B}[K\(text)") }
    }

    func clear() throws(OutputError) {
        if isShown { try StandardError.write("\r\u{1B}[K") }
    }
}
