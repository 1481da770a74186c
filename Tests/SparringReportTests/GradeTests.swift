import Testing

@testable import SparringReport

@Suite("Grades of a run")
struct GradeTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var must: [String]
        var should: [String] = []
        var letter: String?

        var testDescription: String { "\(must) \(should)" }
    }

    @Test(
        "A grade depends on the share of passed MUST and SHOULD cases",
        arguments: [
            Row(must: Array(repeating: "pass", count: 3), should: ["pass"], letter: "A"),
            Row(must: ["pass"], should: Array(repeating: "pass", count: 9) + ["warn"], letter: "A"),
            Row(must: ["pass"], should: Array(repeating: "pass", count: 8) + ["warn"], letter: "B"),
            Row(must: Array(repeating: "pass", count: 9) + ["fail"], letter: "C"),
            Row(must: Array(repeating: "pass", count: 8) + ["timeout"], letter: "D"),
            Row(must: ["pass", "pass", "fail"], letter: "F"),
            // Nine of ten must be observed.
            Row(must: Array(repeating: "pass", count: 9) + ["unobserved"], letter: "A"),
            Row(must: Array(repeating: "pass", count: 8) + ["unobserved"], letter: nil),
            Row(must: ["inconclusive"], letter: nil), Row(must: ["error"], letter: nil),
            // A skipped case does not count.
            Row(must: ["pass", "skip"], letter: "A"),
        ])
    func letter(row: Row) throws {
        let must = row.must.enumerated().map { (id: "a.\($0)", verdict: $1) }
        let should = row.should.enumerated().map { (id: "b.\($0)-should", verdict: $1) }
        #expect(try #require(SampleRun.run(must + should).grade).letter?.rawValue == row.letter)
    }

    @Test("A known failure counts as failed in a grade")
    func knownFailing() throws {
        let run = try SampleRun.run([("a.x", "fail")], known: [SampleRun.known("a.x", "failing")])
        #expect(try #require(run.grade).words == "F · MUST 0/1, SHOULD 0/0")
    }

    @Test("A grade needs the whole set and reports how many cases are missing")
    func partial() throws {
        let log = try SampleRun.log([("a.x", "pass")], set: ["a.x", "a.y"])
        #expect(
            try #require(Grade(log)).words
                == "no letter · MUST 1/1, SHOULD 0/0 (1 of the 2 cases of 2026.1 were not played)")
    }

    @Test("A run that shows too few MUSTs has no letter, and says how many a letter needs")
    func unobserved() throws {
        let run = try SampleRun.run([("a.x", "pass"), ("a.y", "unobserved")])
        #expect(
            try #require(run.grade).words
                == "no letter · MUST 1/1, SHOULD 0/0 (observed: 1 of 2 MUSTs, 0 of 0 SHOULDs; a letter needs 90 % of the MUSTs)"
        )
    }

    @Test("A case outside the set does not change the grade")
    func outside() throws {
        let log = try SampleRun.log([("a.x", "pass"), ("a.new", "fail")], set: ["a.x"])
        #expect(try #require(Grade(log)).letter == .a)
    }
}
