import SparringScenario

/// Grades how the program ends and what it prints.
extension Grading {
    static func exitCode(_ exit: Expectation.Exit, _ level: Level, _ seen: Observation) -> CheckFinding {
        // A driver has no exit code for a call. If there is a printed outcome, it takes precedence over the exit code.
        if let outcome = seen.outcome { return outcomeOK(exit == .zero, level, outcome) }
        let expected = exit == .zero ? "exit code 0" : "an exit code other than 0"
        switch seen.ending {
        case .exited(let code):
            return CheckFinding((code == 0) == (exit == .zero), level, expected: expected, actual: "exit code \(code)")
        case .signalled(let signal):
            return CheckFinding(false, level, expected: expected, actual: "ended by signal \(signal)")
        case .lost(let how): return CheckFinding(false, level, expected: expected, actual: how)
        case .unseen, .reported, .skipped:
            return CheckFinding(.unobserved, expected: expected, actual: "the end of the program was not observed")
        case .expired:
            return CheckFinding(.unobserved, expected: expected, actual: "the program was ended at its deadline")
        }
    }

    /// Passes if the program prints the answer or sends it back in a later turn. If the program does neither, the check fails for a program
    /// that prints the answers to plain calls or reports another text with its success, and is unobserved for other programs.
    static func output(_ text: Expectation.Text, _ level: Level, _ seen: Observation) -> CheckFinding {
        let wanted = CaseTask.fill(text.text, session: seen.session)
        let (place, failure) =
            seen.outcome == nil
            ? ("on standard output", "an exit code other than 0") : ("in the reported text", "a reported failure")
        let expected = "“\(wanted)” \(place)" + (text.allowsFailure ? ", or \(failure)" : "")
        if seen.shows(text.text) { return CheckFinding(.pass, expected: expected, actual: "the answer was shown") }
        if text.allowsFailure, seen.saysFailure {
            return CheckFinding(.pass, expected: expected, actual: "no answer, and the program reports that it failed")
        }
        let echoes = seen.echoes.flatMap(\.texts)
        if echoes.contains(where: { $0.contains(wanted) }) {
            return CheckFinding(.pass, expected: expected, actual: "a later request sends the answer back")
        }
        if let last = echoes.last {
            return CheckFinding(
                false, level, expected: expected, actual: "a later request sends back “\(last.prefix(200))”")
        }
        if AnswerForm(of: wanted)?.isIn(seen.shownText) == true {
            return CheckFinding(false, level, expected: expected, actual: "the program shows other answers")
        }
        let known = seen.isOpen ? " (the program did show answers to plain calls)" : ""
        // A program may show nothing; a client that reports a text with its success claims that this text is the answer.
        let isReported = seen.outcome.map { $0.isOK && $0.text != nil } ?? false
        return CheckFinding(
            seen.isOpen || isReported ? Verdict(breaking: level) : .unobserved, expected: expected,
            actual: missingAnswer + (seen.outcome.map(reported) ?? "") + known)
    }

    static let missingAnswer = "the answer is missing"

    /// The text that a client reports in place of the answer: `: the reported text is “”`.
    private static func reported(_ outcome: Outcome) -> String {
        guard let text = outcome.text ?? outcome.partialText else { return ": no text is reported" }
        return ": the reported text is “\(text.prefix(200))”"
    }

    static func atMostOnce(_ text: String, _ level: Level, _ seen: Observation) -> CheckFinding {
        let text = CaseTask.fill(text, session: seen.session)
        let expected = "“\(text)” at most once on standard output"
        let counts = seen.displayed.map { $0.split(separator: text, omittingEmptySubsequences: false).count - 1 }
        let count = counts.max() ?? 0
        guard count > 0 || seen.isOpen else {
            return CheckFinding(.unobserved, expected: expected, actual: "not at all")
        }
        if count > 1, seen.outcome == nil, seen.plainOutput.isRedrawn {
            return CheckFinding(
                .unobserved, expected: expected,
                actual: "\(count.counted("time")), but the program moves the cursor and may write over the earlier text"
            )
        }
        return CheckFinding(count <= 1, level, expected: expected, actual: count.counted("time"))
    }

    static func notShown(_ text: String, _ level: Level, _ seen: Observation) -> CheckFinding {
        let isKey = text == "{{key}}"
        let wanted = isKey ? seen.key : CaseTask.fill(text, session: seen.session)
        // A message about an error may quote the server. Therefore only the text that the program shows as its answer
        // counts. The key must not be in any output; the address of a link counts as output.
        let places =
            isKey
            ? [("standard output", seen.standardOutput), ("standard error", seen.standardError)]
            : zip(["standard output", "the reported text"], seen.displayed).map { ($0, $1) }
        let found = places.filter { $0.1.contains(wanted) || PlainOutput($0.1).text.contains(wanted) }.map(\.0)
        if !isKey, found.isEmpty, !seen.isOpen, seen.displayed.allSatisfy(\.isEmpty) {
            return CheckFinding(
                .unobserved, expected: "no “\(wanted)” in the output", actual: "the program shows nothing at all")
        }
        return CheckFinding(
            found.isEmpty, level, expected: "no \(isKey ? "API key" : "“\(wanted)”") in the output",
            actual: found.isEmpty ? "not found" : "found on \(found.joined(separator: " and "))")
    }

    static func deadline(_ seen: Observation) -> CheckFinding {
        if case .lost(let how) = seen.ending {
            return CheckFinding(.fail, expected: "the driver replies", actual: how)
        }
        guard case .expired(let after, let waiting) = seen.ending else {
            return CheckFinding(.pass, expected: "the program ends", actual: "it ended")
        }
        return CheckFinding(
            .timeout, expected: "the program ends", actual: "still running after \(after.inWords), \(waiting)")
    }
}

extension Observation {
    /// The text of the reported outcome, even if the call failed.
    fileprivate var reportedText: String? { outcome.flatMap { $0.text ?? $0.partialText } }

    /// The text that the program shows: its standard output without the line that reports an outcome, and the text of
    /// the outcome.
    fileprivate var displayed: [String] {
        let reported = [reportedText].compactMap(\.self)
        let output = plainOutput.text
        guard outcome != nil, output.contains("\"sparring\"") else { return [output] + reported }
        var lines = output.split(separator: "\n", omittingEmptySubsequences: false)
        if let last = lines.lastIndex(where: { $0.contains { $0 != " " } }) { lines.remove(at: last) }
        return [lines.joined(separator: "\n")] + reported
    }

    /// Whether the program reports a failure, by its outcome or its exit code. A program that was killed reports
    /// nothing.
    fileprivate var saysFailure: Bool {
        if let outcome { return !outcome.isOK }
        return if case .exited(let code) = ending { code != 0 } else { false }
    }
}
