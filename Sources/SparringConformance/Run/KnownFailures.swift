import SparringScenario

/// Known failures, one for each line: `pattern :: text of the failure  # reason`.
///
/// A pattern names cases (`retry.429-*`) or their checks (`retry.*#gap.*`). `*` matches any text between two dots; as the last part of a
/// pattern, `*` matches all further text. A `~` before the pattern means that the failure occurs only
/// sometimes. A line without `~` must fail: if it passes, the run fails until the line is deleted.
package struct KnownFailures: Sendable, Hashable {
    package struct Line: Sendable, Hashable {
        /// The line number, from 1.
        package var number: Int
        package var pattern: String
        /// Whether the case or check fails only sometimes. If so, both a failure and a pass are accepted.
        package var isFlaky: Bool
        /// A text that the failure must contain.
        package var text: String?
        package var reason: String?

        /// Whether the pattern names whole cases, not single checks.
        var isOfCases: Bool { !pattern.contains("#") }
    }

    /// The result of a line for one case or check.
    package struct Finding: Sendable, Hashable {
        package enum State: String, Sendable, Hashable, CaseIterable {
            /// The case fails as the line expects.
            case failing
            /// The case fails only sometimes. Both a failure and a pass are accepted.
            case flaky
            /// The case passes, so the line is out of date.
            case stale
            /// The case fails, but not with the text of the line.
            case otherwise
        }

        package var caseID: String
        /// The id of the check; nil if the line names the whole case.
        package var check: String?
        package var pattern: String
        package var line: Int
        package var reason: String?
        package var state: State

        package init(caseID: String, check: String?, pattern: String, line: Int, reason: String?, state: State) {
            self.caseID = caseID
            self.check = check
            self.pattern = pattern
            self.line = line
            self.reason = reason
            self.state = state
        }
    }

    package private(set) var lines: [Line]

    package init(lines: [Line] = []) { self.lines = lines }

    /// The invalid lines, each with its number, from 1.
    package struct Mistakes: Error, Sendable, Hashable {
        package struct Mistake: Sendable, Hashable {
            package var line: Int
            package var reason: String
        }

        package var mistakes: [Mistake]
    }

    // MARK: Reading

    /// - Parameter cases: all cases of the kit, selected or not. A line of the file that matches no case is a mistake.
    package init(text: String, among cases: [Case]) throws(Mistakes) {
        self.init(unchecked: text)
        let mistakes = lines.compactMap { $0.stranger(among: cases) } + cases.compactMap(contradiction)
        guard mistakes.isEmpty else { throw Mistakes(mistakes: mistakes.sorted { $0.line < $1.line }) }
    }

    /// Reads the lines without checking their patterns.
    init(unchecked text: String) {
        lines = text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().compactMap {
            Self.line($1, number: $0 + 1)
        }
    }

    /// The mistake that one line names the whole case and another line one of its checks.
    private func contradiction(_ subject: Case) -> Mistakes.Mistake? {
        let whole = lines.first { $0.isOfCases && $0.matches(subject.id) }
        let single = lines.first { line in !line.isOfCases && subject.checkIDs.contains(where: line.matches) }
        guard let whole, let single else { return nil }
        let (first, second) = (whole.number, single.number)
        return Mistakes.Mistake(
            line: max(first, second),
            reason: "line \(first) names all of \(subject.id), line \(second) names one of its checks: keep one line")
    }

    private static func line(_ text: Substring, number: Int) -> Line? {
        // A `#` at the start of a word begins a comment. Inside a word, it begins the name of a check.
        var body = text
        var reason: String?
        if let start = commentStart(text) {
            reason = text[text.index(after: start)...].trimmed
            body = text[..<start]
        }
        let parts = body.split(separator: "::", maxSplits: 1).map(\.trimmed)
        guard let name = parts.first, !name.isEmpty else { return nil }
        let said = parts.dropFirst().first.map { $0.unquoted }
        return Line(
            number: number, pattern: name.hasPrefix("~") ? Substring(name.dropFirst()).trimmed : name,
            isFlaky: name.hasPrefix("~"), text: said, reason: reason?.isEmpty == true ? nil : reason)
    }

    private static func commentStart(_ text: Substring) -> Substring.Index? {
        text.indices.first { index in
            text[index] == "#" && (index == text.startIndex || text[text.index(before: index)].isWhitespace)
        }
    }

    // MARK: Judging

    /// The findings of all lines for a case that was played.
    /// - Parameter evidence: the text in which a line's own text is searched.
    package func findings(on caseID: String, verdict: Verdict, checks: [Check], evidence: String) -> [Finding] {
        lines.flatMap { line -> [Finding] in
            func finding(_ check: String?, _ verdict: Verdict) -> Finding? {
                line.state(of: verdict, evidence: evidence).map {
                    Finding(
                        caseID: caseID, check: check, pattern: line.pattern, line: line.number, reason: line.reason,
                        state: $0)
                }
            }
            if line.isOfCases { return line.matches(caseID) ? [finding(nil, verdict)].compactMap { $0 } : [] }
            return checks.filter { line.matches($0.id) }.compactMap { finding($0.id, $0.verdict) }
        }
    }
}

extension KnownFailures.Line {
    func matches(_ id: String) -> Bool {
        // A pattern for cases does not match checks, and a pattern for checks does not match cases.
        let (pattern, id) = (pattern.split(separator: "#", maxSplits: 1), id.split(separator: "#", maxSplits: 1))
        return pattern.count == id.count && zip(pattern, id).allSatisfy { Self.matches($0, $1) }
    }

    private static func matches(_ pattern: Substring, _ id: Substring) -> Bool {
        let wanted = pattern.split(separator: ".", omittingEmptySubsequences: false)
        let found = id.split(separator: ".", omittingEmptySubsequences: false)
        if wanted.last == "*" {
            guard found.count >= wanted.count else { return false }
        } else {
            guard found.count == wanted.count else { return false }
        }
        return zip(wanted, found).allSatisfy { Selection.matches(String($1), String($0)) }
    }

    fileprivate func stranger(among cases: [Case]) -> KnownFailures.Mistakes.Mistake? {
        let ids = isOfCases ? cases.map(\.id) : cases.flatMap(\.checkIDs)
        guard !ids.contains(where: matches) else { return nil }
        let near = Nearest.name(to: pattern, among: ids).map { "; did you mean \($0)?" } ?? ""
        return .init(line: number, reason: "no \(isOfCases ? "case" : "check") matches '\(pattern)'\(near)")
    }

    /// Nil if the verdict decides nothing about the line.
    fileprivate func state(of verdict: Verdict, evidence: String) -> KnownFailures.Finding.State? {
        switch verdict {
        case .fail, .timeout, .warn:
            if let text, !evidence.contains(text) { .otherwise } else { isFlaky ? .flaky : .failing }
        case .pass: isFlaky ? .flaky : .stale
        case .skip, .unobserved, .inconclusive, .error: nil
        }
    }
}

extension StringProtocol {
    fileprivate var trimmed: String {
        var text = Substring(drop(while: \.isWhitespace))
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }

    fileprivate var unquoted: String {
        count >= 2 && hasPrefix("\"") && hasSuffix("\"") ? String(dropFirst().dropLast()) : String(self)
    }
}
