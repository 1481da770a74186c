import Testing

@testable import SparringScenario

@Suite("Patterns")
struct PatternTests {
    @Test(
        "A pattern matches like a regular expression",
        arguments: [
            ("weather in (\\w+)", "the weather in Oslo!", "weather in Oslo"), ("a|ab", "ab", "a"),
            ("a*?b", "aab", "aab"),
            ("^a.c$", "abc", "abc"), ("[^0-9]+", "12ab3", "ab"), ("x{2,3}", "xxxx", "xxx"), ("x{2}?", "xxx", "xx"),
            ("(?i)HeLLo", "hello", "hello"),
            ("\\bcat\\b", "a cat.", "cat"), ("(?:ab)+", "ababa", "abab"), ("é+", "caféé", "éé"), ("[]a]", "]", "]"),
            ("a{,2}", "a{,2}", "a{,2}"),
            ("", "abc", ""), ("\\d{3}", "a12 345", "345"), ("(a|b)*c", "abac", "abac"),
        ])
    func matches(pattern: String, text: String, expected: String) throws {
        #expect(try Pattern(pattern).firstMatch(in: text)?["0"] == expected)
    }

    @Test(
        "A pattern respects its anchors, classes and word boundaries",
        arguments: [("^b", "ab"), ("a$", "ab"), ("[a-c]", "d"), (".", "\n"), ("\\bat\\b", "cat")])
    func noMatch(pattern: String, text: String) throws { #expect(try Pattern(pattern).firstMatch(in: text) == nil) }

    @Test("A pattern captures by name and number and omits groups that did not match")
    func captures() throws {
        let found = try #require(try Pattern("(?<y>\\d+)-(\\d+)|(?<x>z)").firstMatch(in: "on 2026-11"))
        #expect(found == ["0": "2026-11", "y": "2026", "1": "2026", "2": "11"])
    }

    @Test(
        "A pattern that needs backtracking or is invalid is rejected with the reason",
        arguments: [
            ("(a)\\1", "back-references"), ("(?=a)", "look-around"), ("(?<!a)", "look-around"),
            ("(a", "not closed with )"),
            ("a)", "unmatched"), ("*a", "no expression before this repetition"),
            ("[a", "not closed with ]"), ("a{2000}", "at most 1000"),
            ("((a{1000}){1000}){1000}", "the repetitions are too large"), ("a++", "possessive"),
            ("\\q", "unknown escape"),
        ])
    func refused(pattern: String, reason: String) {
        let error = #expect(throws: PatternError.self) { try Pattern(pattern) }
        #expect(error?.reason.contains(reason) == true, "\(String(describing: error))")
    }

    @Test("A pattern with nested repetition takes linear time on 10,000 letters")
    func linear() throws {
        let pattern = try Pattern("^(a+)+$")
        #expect(pattern.firstMatch(in: String(repeating: "a", count: 10_000) + "b") == nil)
    }

    @Test(
        "A glob supports * and ?",
        arguments: [
            ("gpt-*", "gpt-4o", true), ("g?t", "gpt", true), ("g?t", "gt", false), ("*mini", "gpt-4o-mini", true),
            ("a*b*c", "aXbYd", false),
        ])
    func globs(pattern: String, text: String, isMatch: Bool) { #expect(Glob.matches(text, pattern) == isMatch) }
}
