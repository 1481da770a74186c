import SparringJSON
import SparringScenario

/// Grades what a client reports about a call in addition to its answer: the tokens that it counted, and the tools that
/// it ran.
extension Grading {
    /// The total number of tokens, from the outcome, or else from the last `tokens N` on standard output.
    static func usage(_ tokens: Int, _ level: Level, _ seen: Observation) -> CheckFinding {
        let expected = tokens.counted("token")
        guard let counted = seen.countedTokens else {
            return CheckFinding(.unobserved, expected: expected, actual: "the client reports no usage")
        }
        return CheckFinding(counted == tokens, level, expected: expected, actual: counted.counted("token"))
    }

    /// Fails if a call was executed twice. The evidence is a second result for a call id, or an id that is twice in the outcome's
    /// `executed`.
    static func runsOnce(_ level: Level, _ seen: Observation) -> CheckFinding {
        let expected = "at most one run for each call id"
        let executed = seen.executed
        guard !executed.isEmpty || !seen.echoes.isEmpty else {
            return CheckFinding(.unobserved, expected: expected, actual: "nothing shows which tools ran")
        }
        let reported = executed.repeated.map { "\($0) is executed \($1) times" }
        let last = seen.echoes.max { $0.results.count < $1.results.count }
        let echoed = (last?.results ?? []).repeated.map { "\($0) has \($1) results" }
        return list(reported + echoed, level, expected: expected)
    }
}

extension Observation {
    /// The total of tokens that the client reports; nil if it reports none.
    fileprivate var countedTokens: Int? {
        if let usage = outcome?.json["usage"], let total = usage["total_tokens"]?.int { return total }
        let words = plainOutput.text.split { $0 == " " || $0.isNewline || $0 == ":" || $0 == "=" || $0 == "\t" }
        let places = words.indices.filter { words[$0] == "tokens" && $0 + 1 < words.endIndex }
        return places.compactMap { Int(words[$0 + 1]) }.last
    }

    /// The ids of the calls that the client reports as executed, in order.
    fileprivate var executed: [String] {
        (outcome?.json["executed"]?.array ?? []).compactMap { $0.string ?? $0["id"]?.string }
    }
}

extension [String] {
    /// The texts that occur more than once in the list, each with its count, in the order of their first occurrence.
    fileprivate var repeated: [(String, Int)] {
        var counts: [String: Int] = [:]
        for text in self { counts[text, default: 0] += 1 }
        var told: Set<String> = []
        return compactMap { text in
            guard let count = counts[text], count > 1, told.insert(text).inserted else { return nil }
            return (text, count)
        }
    }
}
