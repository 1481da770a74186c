import Foundation
import SparringConformance
import Testing

@testable import SparringReport

#if canImport(FoundationXML)
    import FoundationXML
#endif

@Suite("Reports for machines and pages")
struct ReportFormatTests {
    static let verdicts = [
        ("retry.a", "pass"), ("retry.b", "fail"), ("retry.c-should", "warn"), ("budget.d", "unobserved"),
        ("budget.e", "error"), ("budget.f", "timeout"), ("budget.g", "pass"),
    ]

    private static func run() throws -> GradedRun {
        try SampleRun.run(
            verdicts, known: [SampleRun.known("budget.f", "failing"), SampleRun.known("budget.g", "stale")])
    }

    @Test("Every report format handles a log without its end", arguments: ReportFormat.allCases)
    func unplayed(format: ReportFormat) throws {
        let log = try SampleRun.log([("a.x", "pass")], selected: ["a.x", "a.y"])
        let text = format.text([GradedRun(log)])
        #expect(!text.isEmpty)
        if format == .junit || format == .tap { #expect(text.contains("not run"), "\(text)") }
    }

    @Test("The JUnit report has a suite for each theme, with failures, skips and errors")
    func junit() throws {
        let text = ReportFormat.junit.text([try Self.run()])
        #expect(text.contains(#"<testsuite name="retry" tests="3" failures="1" errors="0" skipped="1" time="3.120">"#))
        #expect(text.contains(#"<testsuite name="budget" tests="4" failures="1" errors="1" skipped="2" time="4.160">"#))
        #expect(text.contains(#"<failure message="It waits: expected at least 2 s, got “&lt;1&gt;” &amp; 3"/>"#))
        #expect(text.contains(#"<skipped message="known failure: our issue 12"/>"#))
        #expect(text.contains(#"<failure message="stale: passes; delete line 3 of the known failures"/>"#))
        let parser = XMLParser(data: Data(text.utf8))
        let isWellFormed = parser.parse()
        #expect(isWellFormed, "\(String(describing: parser.parserError))")
    }

    @Test("The JUnit report fails a SHOULD case when the run was started with --fail-on should")
    func strict() throws {
        let log = try SampleRun.log([("a.c-should", "warn")], failOn: "should")
        #expect(ReportFormat.junit.text([GradedRun(log)]).contains("<failure "))
    }

    @Test("The TAP report has a plan, points, directives and diagnostics")
    func tap() throws {
        let lines = ReportFormat.tap.text([try Self.run()]).split(separator: "\n").map(String.init)
        #expect(lines.prefix(3) == ["TAP version 14", "1..7", "ok 1 - retry.a: Waits <long> & well"])
        let points = lines.filter { $0.hasPrefix("ok") || $0.hasPrefix("not ok") }
        #expect(
            points.dropFirst().map { $0.replacing(": Waits <long> & well", with: "") } == [
                "not ok 2 - retry.b", "ok 3 - retry.c-should # TODO SHOULD failed",
                "ok 4 - budget.d # SKIP unobserved: It waits: expected at least 2 s, got “<1>” & 3",
                "not ok 5 - budget.e",
                "not ok 6 - budget.f # TODO known failure: our issue 12", "not ok 7 - budget.g",
            ])
        #expect(lines.contains(#"      expected: "at least 2 s""#))
    }

    @Test("The Markdown report has a table and details of the cases that failed")
    func markdown() throws {
        let text = ReportFormat.markdown.text([try Self.run()])
        #expect(text.contains("| `retry.b` | MUST | **fail** |"))
        #expect(text.contains("| `budget.f` | MUST | known failure |"))
        #expect(text.contains("| `budget.g` | MUST | **stale** |"))
        #expect(text.contains("<summary>fail · retry.b · Waits &lt;long&gt; &amp; well</summary>"))
        #expect(!text.contains("<summary>pass · retry.a"))
    }

    private static func table() throws -> String {
        let second = GradedRun(try SampleRun.log([("retry.a", "fail"), ("retry.z", "pass")]), name: "node <x>")
        return ReportFormat.html.text([try run(), second])
    }

    @Test("The HTML report links every cell to its panel, every case to its page, and escapes all text of the program")
    func html() throws {
        let text = try Self.table()
        let links = text.matches(of: #/href="#([cr]\d?-[^"]+)"/#).map { String($0.output.1) }
        #expect(Set(links.filter { $0.hasPrefix("r") }).count == 9)
        #expect(Set(links.filter { $0.hasPrefix("c") }).count == 8)
        for link in links { #expect(text.components(separatedBy: "id=\"\(link)\"").count == 2, "\(link)") }
        #expect(text.contains("node &lt;x&gt;") && !text.contains("node <x>"))
        #expect(!text.contains("<long>") && !text.contains("<1>") && !text.contains("\u{1B}"))
    }

    @Test("The HTML report loads nothing: its only addresses are links to the sources of cases")
    func addresses() throws {
        let text = try Self.table()
        let addresses = text.matches(of: #/(.{9})(https?:\/\/[^"]+)/#).map { ($0.output.1, $0.output.2) }
        #expect(!addresses.isEmpty)
        #expect(addresses.allSatisfy { $0.0 == "<a href=\"" && $0.1 == "https://www.rfc-editor.org/rfc/rfc9110" })
    }

    @Test("The HTML report has the cases whose results differ first, then the other findings, then the themes")
    func order() throws {
        let text = try Self.table()
        let groups = text.matches(of: #/<tr class="theme" data-group="([^"]+)"/#).map { String($0.output.1) }
        #expect(groups == ["findings in some runs", "findings", "retry", "budget"])
        let first = try #require(text.firstRange(of: "scope=\"row\""))
        #expect(text[first.upperBound...].hasPrefix("><a href=\"#c-retry.a\">"))
    }

    @Test("The page of a case has the script of a built-in case, and names the file of a user's case")
    func casePage() throws {
        var own = try SampleRun.log([("mine.a", "pass")])
        guard case var start? = own.entries.first?.start else { return }
        start.file = "cases/<mine>.yaml"
        own.append(.caseStart(start))
        let text = ReportFormat.html.text([GradedRun(own), try SampleRun.run([("retry.500-then-ok", "pass")])])
        #expect(text.contains("<pre tabindex=\"0\">- id: retry.500-then-ok\n"))
        #expect(text.contains("The case is in <code>cases/&lt;mine&gt;.yaml</code>."))
    }

    @Test(
        "A source of a case is a link if its address follows from its name",
        arguments: [
            ("RFC 9110", "https://www.rfc-editor.org/rfc/rfc9110"),
            ("RFC 9110 §10.2.3.", "https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3"),
            ("openai/openai-python#12", "https://github.com/openai/openai-python/issues/12"),
            ("OpenAI API reference: chat, usage", nil), ("javascript:alert(1)#2", nil),
        ])
    func sources(reference: String, address: String?) {
        #expect(SourceLink.address(of: reference) == address)
    }

    @Test("The card of a run has its counts, date, seed, set, version and machine")
    func circumstances() throws {
        var log = try SampleRun.log([("a.x", "pass")])
        guard var start = log.start else { return }
        start.machine = "Linux <6> x86_64, 2 processors, 24 GB"
        log.append(.runStart(start))
        let text = ReportFormat.html.text([GradedRun(log)])
        #expect(text.contains("1 pass"))
        #expect(
            text.contains(
                "Thu, 01 Jan 1970 00:00:00 GMT · seed 1 · set 2026.1 · sparring 1.0 · Linux &lt;6&gt; x86_64, 2 processors, 24 GB"
            ))
    }

    @Test("The badge shows the letter and the share of observed requirements, as JSON and as SVG")
    func badge() throws {
        let run = try SampleRun.run([("a.x", "pass"), ("a.y-should", "warn")])
        #expect(
            ReportFormat.badge.text([run])
                == ##"{"schemaVersion":1,"label":"resilience","message":"B · 1/2","color":"#4d7c0f"}"## + "\n")
        let svg = ReportFormat.svg.text([run])
        #expect(svg.contains(#"aria-label="resilience: B · 1/2""#))
        #expect(XMLParser(data: Data(svg.utf8)).parse())
    }

    @Test("The prompt report has requirement, wire, hint and command of the failed cases, and no other cases")
    func prompt() throws {
        let text = ReportFormat.prompt.text([try Self.run()])
        #expect(text.contains("## retry.b: ") && !text.contains("## retry.a: ") && !text.contains("## budget.d: "))
        #expect(text.contains("hint: find the code that computes the wait before the next attempt"))
        #expect(text.contains("10.0 → POST  /v1/chat  attempt 1"))
        #expect(text.contains("Play the case again: `sparring check retry.b --trace -- python 'my app.py'`"))
        let nothing = ReportFormat.prompt.text([try SampleRun.run([("a.x", "pass")])])
        #expect(nothing == "Every case passed; there is nothing to fix.\n")
    }

    @Test("A comparison lists cases that got worse or better, or that only one run has")
    func comparison() throws {
        let before = try SampleRun.run([("a.x", "pass"), ("a.y", "fail"), ("a.z", "pass"), ("a.old", "pass")])
        let after = try SampleRun.run([("a.x", "fail"), ("a.y", "pass"), ("a.z", "pass"), ("a.new", "pass")])
        let comparison = Comparison(before, after)
        #expect(comparison.isWorse)
        #expect(
            comparison.lines.filter { !$0.hasPrefix("before") && !$0.hasPrefix("after") } == [
                "WORSE   a.x    pass → fail", "BETTER  a.y    fail → pass", "ADDED   a.new  – → pass",
                "GONE    a.old  pass → –", "sparring: 1 worse, 1 better, 1 added, 1 gone, 1 the same",
            ])
        #expect(!Comparison(before, before).isWorse)
    }
}
