import SparringConformance
import SparringJSON
import Testing

@testable import SparringReport

@Suite("The console report")
struct ConsoleReportTests {
    private static let start = """
        {"event":"run.start","schema":1,"kit":"0.1.0","command":["python","my app.py"],"cases":["retry.a","retry.b"],"jobs":2,"seed":1,"started_at":0}
        """
    private static let end = #"{"event":"run.end","outcome":"failed","ms":1234,"reason":null}"#

    private static func opening(_ id: String, round: Int = 1) -> String {
        #"{"event":"case.start","case":"\#(id)","session":"7f3a","round":\#(round),"level":"must","title":"Waits","why":"Storms.","references":["RFC 9110"]}"#
    }

    private static func check(_ id: String, _ verdict: String) -> String {
        #"{"event":"check","case":"\#(id)","check":"\#(id)#gap","level":"must","verdict":"\#(verdict)","requirement":"It waits","expected":"at least 2 s","actual":"500 ms"}"#
    }

    private static func closing(_ id: String, _ verdict: String, amended: Bool = false) -> String {
        #"{"event":"case.end","case":"\#(id)","round":1,"verdict":"\#(verdict)","amended":\#(amended),"ending":"exit code 1","ms":40,"lag_ms":0,"stdout":"","stderr":"Traceback\nRateLimitError"}"#
    }

    private static let wire = [
        #"{"event":"wire","case":"retry.b","exchange":{"number":1,"method":"POST","path":"/v1/chat","status":429,"step":"rule 1, step 1","attempt":1,"marbles":"HD.","auxiliary":false,"timeline":[{"ms":10,"what":"request_start"},{"ms":10.5,"what":"accepted"},{"ms":10.6,"what":"ended"}]}}"#,
        #"{"event":"wire","case":"retry.b","exchange":{"number":2,"method":"POST","path":"/v1/chat","status":200,"attempt":2,"marbles":"!X","auxiliary":false,"timeline":[{"ms":510.6,"what":"request_start"},{"ms":511,"what":"fault_delivered","fault":"at start: reset"},{"ms":511,"what":"ended"}]}}"#,
    ]

    private static func render(_ lines: [String], tracesAll: Bool = false) throws -> [String] {
        ConsoleReport(tracesAll: tracesAll).lines(try RunLog(lines: lines.joined(separator: "\n")))
    }

    @Test("The console report is one line when every case passes")
    func quiet() throws {
        let held = [
            Self.start, Self.opening("sanity.hello"), Self.closing("sanity.hello", "pass"), Self.opening("retry.a"),
            Self.closing("retry.a", "pass"), Self.opening("retry.b"), Self.closing("retry.b", "pass"),
            #"{"event":"run.end","outcome":"held","ms":1234,"reason":null}"#,
        ]
        #expect(try Self.render(held) == ["sparring: passed · 2 pass · 1.23 s"])
    }

    @Test("The console report omits an informational probe that was not observed")
    func probe() throws {
        let probe = Self.opening("sanity.files").replacing(#""level":"must""#, with: #""level":"info""#)
        let held = [
            Self.start, probe, Self.closing("sanity.files", "unobserved"), Self.opening("retry.a"),
            Self.closing("retry.a", "pass"), Self.opening("retry.b"), Self.closing("retry.b", "skip"), Self.end,
        ]
        #expect(try Self.render(held).count == 1)
        #expect(try Self.render(held.map { $0.replacing(#""level":"info""#, with: #""level":"must""#) }).count > 1)
    }

    @Test(
        "The console report explains each verdict that it shows, except for the plain ones",
        arguments: [
            ("fail", nil), ("warn", "verdicts  warn breaks a SHOULD"),
            ("unobserved", "verdicts  unobserved the run did not show it, so it does not count"),
        ] as [(String, String?)])
    func verdicts(verdict: String, key: String?) throws {
        let lines = try Self.render(
            [
                Self.start, Self.opening("retry.b"), Self.check("retry.b", verdict), Self.closing("retry.b", verdict),
                Self.end,
            ])
        #expect(lines.first { $0.hasPrefix("verdicts") } == key)
    }

    @Test("The console report explains a failure and prints the command to repeat it")
    func failure() throws {
        let lines = try Self.render(
            [Self.start, Self.opening("retry.a"), Self.closing("retry.a", "pass"), Self.opening("retry.b")] + Self.wire
                + [Self.check("retry.b", "fail"), Self.closing("retry.b", "fail"), Self.end])
        #expect(
            lines == [
                "FAIL  retry.b  Waits",
                "  why       Storms.",
                "  fail #gap  MUST: It waits",
                "      expected  at least 2 s",
                "      actual    500 ms",
                "       10.0 → POST  /v1/chat  attempt 1",
                "       10.5 ← 429  rule 1, step 1  HD.",
                "      510.6 → POST  /v1/chat  attempt 2  500.0 ms after the previous answer",
                "      510.6 ← no answer  !X",
                "      511.0 · fault: at start: reset",
                "  ended     exit code 1, after 40 ms",
                "  printed   \"\"",
                "  stderr    Traceback",
                "  stderr    RateLimitError",
                "  see       RFC 9110",
                "  again     sparring check retry.b --trace -- python 'my app.py'",
                "",
                Marbles.legend,
                "",
                "sparring: FAILED · 1 pass, 1 fail · 1.23 s",
            ])
    }

    @Test("The console report marks an answer that is still being sent")
    func underWay() throws {
        let open = Self.wire[1].replacing(#",{"ms":511,"what":"ended"}"#, with: "")
        let lines = try Self.render(
            [Self.start, Self.opening("retry.b"), open, Self.check("retry.b", "fail"), Self.closing("retry.b", "fail")])
        #expect(lines.contains { $0.hasSuffix("not sent to its end  !X") }, "\(lines)")
    }

    @Test("The last verdict of a case counts, whether from another round or from an amendment")
    func lastWord() throws {
        let again = [
            Self.start, Self.opening("retry.b"), Self.check("retry.b", "inconclusive"),
            Self.closing("retry.b", "inconclusive"), Self.opening("retry.b", round: 2), Self.check("retry.b", "pass"),
            Self.closing("retry.b", "pass"),
        ]
        #expect(try Self.render(again) == ["sparring: the log is incomplete · 1 pass, 1 not run"])
        let amended = again + [Self.check("retry.b", "fail"), Self.closing("retry.b", "fail", amended: true)]
        let log = try RunLog(lines: amended.joined(separator: "\n"))
        #expect(log.entries.first?.checks.map(\.verdict) == [.fail])
        #expect(log.entries.first?.end?.verdict == .fail)
    }

    @Test("An unreadable line of a log is reported with its number")
    func badLine() {
        for (text, line) in [("{}", 1), ("\n\n{\"event\":1", 3)] {
            let error = #expect(throws: BadLine.self) { try RunLog(lines: text) }
            #expect(error?.line == line)
        }
    }

    @Test(
        "The console report quotes a command for the shell only where needed",
        arguments: [
            (["python", "app.py"], "python app.py"), (["sh", "-c", "echo 'hi'"], #"sh -c 'echo '\''hi'\'''"#),
            ([""], "''"),
            (["--url", "{base_url}"], "--url '{base_url}'"),
        ])
    func quoting(command: [String], line: String) {
        #expect(Shell.line(command) == line)
    }
}
