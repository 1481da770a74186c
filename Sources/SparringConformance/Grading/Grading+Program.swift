/// What the program itself says: how it ends, and what it writes.
extension Grading {
    static func exitCode(_ exit: Expectation.Exit, _ level: Level, _ seen: Observation) -> Finding {
        // A driver has no exit code for a call, and one that prints an outcome has said it in so many words.
        if let outcome = seen.outcome { return outcomeOK(exit == .zero, level, outcome) }
        let expected = exit == .zero ? "exit code 0" : "an exit code other than 0"
        switch seen.ending {
        case .exited(let code):
            return Finding((code == 0) == (exit == .zero), level, expected: expected, actual: "exit code \(code)")
        case .signalled(let signal):
            return Finding(false, level, expected: expected, actual: "ended by signal \(signal)")
        case .lost(let how): return Finding(false, level, expected: expected, actual: how)
        case .unseen, .reported, .skipped:
            return Finding(.unobserved, expected: expected, actual: "nobody watched it")
        case .expired: return Finding(.unobserved, expected: expected, actual: "it was ended at its deadline")
        }
    }

    /// A program that shows its answer proves what it has read, and so does one that carries it back in a later turn. One that does
    /// neither proves nothing, unless it has been seen to show what it reads.
    static func output(_ text: Expectation.Text, _ level: Level, _ seen: Observation) -> Finding {
        let wanted = CaseTask.fill(text.text, session: seen.session)
        let expected = "“\(wanted)” on standard output" + (text.allowsFailure ? ", or an exit code other than 0" : "")
        if seen.shows(text.text) { return Finding(.pass, expected: expected, actual: "it is there") }
        if text.allowsFailure, seen.saysFailure {
            return Finding(.pass, expected: expected, actual: "it is not there, and the program says so")
        }
        let echoes = seen.echoes.flatMap(\.texts)
        if echoes.contains(where: { $0.contains(wanted) }) {
            return Finding(.pass, expected: expected, actual: "a later request carries it")
        }
        if let last = echoes.last {
            return Finding(false, level, expected: expected, actual: "a later request carries “\(last.prefix(200))”")
        }
        let actual = seen.isOpen ? "it is not there, where plain answers are" : "it is not there"
        return Finding(
            seen.isOpen ? Verdict(breaking: level) : .unobserved, expected: expected, actual: actual)
    }

    static func atMostOnce(_ text: String, _ level: Level, _ seen: Observation) -> Finding {
        let text = CaseTask.fill(text, session: seen.session)
        let expected = "“\(text)” at most once on standard output"
        let count = seen.standardOutput.split(separator: text, omittingEmptySubsequences: false).count - 1
        guard count > 0 || seen.isOpen else { return Finding(.unobserved, expected: expected, actual: "not at all") }
        return Finding(count <= 1, level, expected: expected, actual: "\(count) times")
    }

    static func notShown(_ text: String, _ level: Level, _ seen: Observation) -> Finding {
        let isKey = text == "{{key}}"
        let wanted = isKey ? seen.key : CaseTask.fill(text, session: seen.session)
        // An error may quote what the server said; its output is what the program takes for an answer.
        let output = [("standard output", seen.standardOutput)]
        let places = isKey ? output + [("standard error", seen.standardError)] : output
        let found = places.filter { $0.1.contains(wanted) }.map(\.0)
        return Finding(
            found.isEmpty, level, expected: "\(isKey ? "the API key" : "“\(wanted)”") nowhere in what it writes",
            actual: found.isEmpty ? "it is nowhere" : "it is on \(found.joined(separator: " and "))")
    }

    static func deadline(_ seen: Observation) -> Finding {
        if case .lost(let how) = seen.ending {
            return Finding(.fail, expected: "the driver reports", actual: how)
        }
        guard case .expired(let after, let waiting) = seen.ending else {
            return Finding(.pass, expected: "the program ends", actual: "it ended")
        }
        return Finding(
            .timeout, expected: "the program ends", actual: "still running after \(after.inWords), \(waiting)")
    }
}

extension Observation {
    /// Whether it says that it failed, by its outcome or by its exit code; a program that was ended or killed says nothing.
    fileprivate var saysFailure: Bool {
        if let outcome { return !outcome.isOK }
        return if case .exited(let code) = ending { code != 0 } else { false }
    }
}
