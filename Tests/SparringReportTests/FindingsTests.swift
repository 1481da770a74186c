import SparringConformance
import SparringJSON
import Testing

@testable import SparringReport

@Suite("The order of findings in reports, and their evidence")
struct FindingsTests {
    /// - Parameters:
    ///   - needs: the capabilities that a skipped case needs.
    ///   - wire: members of the exchange's JSON.
    private static func played(
        _ id: String, _ verdict: String, needs: String? = nil, stdout: String = "", returned: String? = nil,
        wire: String = ""
    ) -> [String] {
        let returned = returned.map { JSONValue.string($0).text() } ?? "null"
        let check =
            needs.map {
                #""check":"\#(id)#applies","verdict":"skip","requirement":"It has the features","expected":"needs \#($0)","actual":"skipped: not used""#
            }
            ?? #""check":"\#(id)#text","verdict":"\#(verdict)","requirement":"It shows","expected":"the text","actual":"missing""#
        return [
            #"{"event":"case.start","case":"\#(id)","session":"7f3a","round":1,"level":"must","title":"Shows","why":"","references":[]}"#,
            #"{"event":"wire","case":"\#(id)","exchange":{"number":1,"method":"POST","path":"/v1/x","status":400,"attempt":1\#(wire),"timeline":[]}}"#,
            #"{"event":"check","case":"\#(id)","level":"must",\#(check)}"#,
            #"{"event":"case.end","case":"\#(id)","round":1,"verdict":"\#(verdict)","ending":"exit code 0","ms":5,"lag_ms":0,"stdout":\#(JSONValue.string(stdout).text()),"stderr":"","returned":\#(returned)}"#,
        ]
    }

    private static func run(
        _ cases: [[String]], ids: [String], flags: [String] = [], isDriver: Bool = false, outcome: String = "failed"
    ) throws -> GradedRun {
        let start = """
            {"event":"run.start","schema":1,"kit":"1.0","command":["node","app.mjs"],"flags":\(JSONValue.strings(flags).text()),\
            "cases":\(JSONValue.strings(ids).text()),"jobs":1,"seed":7,"started_at":0,"driver":\(isDriver),\
            "set":{"name":"2026.1","cases":\(JSONValue.strings(ids).text())}}
            """
        let end = #"{"event":"run.end","outcome":"\#(outcome)","ms":1234,"reason":null}"#
        return GradedRun(try RunLog(lines: ([start] + cases.flatMap(\.self) + [end]).joined(separator: "\n")))
    }

    private static let mixed = [
        played("batch.a", "skip", needs: "batches"), played("batch.b", "skip", needs: "batches"),
        played("files.a", "skip", needs: "files, tools"), played("sse.a", "pass"), played("sse.b", "fail"),
    ]
    private static let mixedIDs = ["batch.a", "batch.b", "files.a", "sse.a", "sse.b"]

    @Test(
        "The command that repeats a case has every option that changed how it was played",
        arguments: [
            ([], false, "sparring check sse.a --trace -- node app.mjs"),
            (["--driver"], true, "sparring check sse.a --driver --trace -- node app.mjs"),
            // For `driver: true` in sparring.yaml.
            (["--seed", "9"], true, "sparring check sse.a --driver --seed 9 --trace -- node app.mjs"),
            (
                ["--gateway", "http://localhost:4000/v1", "--gateway-key", "a b", "--port", "9000"], false,
                "sparring check sse.a --gateway http://localhost:4000/v1 --gateway-key 'a b' --port 9000 --trace -- node app.mjs"
            ),
        ])
    func again(flags: [String], isDriver: Bool, command: String) throws {
        let run = try Self.run([Self.played("sse.a", "fail")], ids: ["sse.a"], flags: flags, isDriver: isDriver)
        let entry = try #require(run.log.entries.first)
        #expect(run.again(entry) == command)
        #expect(ConsoleReport().lines(run.log).contains("  again     \(command)"))
    }

    @Test(
        "A failed case shows the client's answer, even if the answer is empty",
        arguments: [
            ("", nil, #"  printed   """#), ("po\nng", nil, #"  printed   "po\nng""#),
            ("", #"{"ok":true,"text":""}"#, #"  returned  {"ok":true,"text":""}"#),
            (String(repeating: "x", count: 300), nil, "  printed   …\"\(String(repeating: "x", count: 200))\""),
        ])
    func answered(stdout: String, returned: String?, line: String) throws {
        let run = try Self.run(
            [Self.played("sse.a", "fail", stdout: stdout, returned: returned)], ids: ["sse.a"])
        #expect(ConsoleReport().lines(run.log).contains(line))
    }

    @Test("The bytes of a log are shown with the whole wire, and are left out of a short report")
    func bytes() throws {
        let bytes = #","bytes":{"request":["POST /v1/x HTTP/1.1"],"answer":["HTTP/1.1 200 OK","","data: 1\\r"]}"#
        let run = try Self.run([Self.played("sse.a", "fail", wire: bytes)], ids: ["sse.a"])
        let traced = ConsoleReport(tracesAll: true).lines(run.log)
        #expect(traced.contains("    > POST /v1/x HTTP/1.1") && traced.contains(#"    < data: 1\r"#), "\(traced)")
        #expect(!ConsoleReport().lines(run.log).contains { $0.contains("HTTP/1.1") })
        #expect(HTMLReport.text([run]).contains("&lt; HTTP/1.1 200 OK"))
    }

    @Test("The counts of a run have the reasons of skipped cases, the most frequent first")
    func counts() throws {
        let run = try Self.run(Self.mixed, ids: Self.mixedIDs + ["sse.c"])
        #expect(RunCounts(run).words == "1 pass, 3 skip (2 need batches, 1 needs files and tools), 1 fail, 1 not run")
    }

    @Test("A case that the end of the run interrupted is counted as not run, and is no finding in detail")
    func interrupted() throws {
        let opened = Self.played("sse.b", "fail")[0]
        let run = try Self.run(
            [Self.played("sse.a", "pass"), [opened]], ids: ["sse.a", "sse.b"], outcome: "interrupted")
        #expect(
            ConsoleReport().lines(run.log).map { $0.prefix(44) } == ["sparring: INTERRUPTED · 1 pass, 1 not run · "])
    }

    @Test("The Markdown report has the findings before the folded table of all cases")
    func markdown() throws {
        let text = MarkdownReport.text([try Self.run(Self.mixed, ids: Self.mixedIDs)])
        let parts = text.split(separator: "<details><summary>All 5 cases</summary>")
        #expect(parts.count == 2)
        #expect(parts[0].contains("| `sse.b` | MUST | **fail** |") && !parts[0].contains("| `batch.a`"))
        #expect(parts[0].contains("3 skip (2 need batches, 1 needs files and tools)"))
        #expect(parts[0].contains("Thu, 01 Jan 1970 00:00:00 GMT · seed 7 · set 2026.1 · sparring 1.0"))
        #expect(parts[1].contains("| `batch.a` | MUST | skip |"))
    }

    @Test("The HTML report lists the findings first, and its filter for findings hides skipped and passed cases")
    func html() throws {
        let text = HTMLReport.text([try Self.run(Self.mixed, ids: Self.mixedIDs)])
        let rows = text.matches(of: #/data-group="([^"]+)" data-theme="[^"]+" data-level="must" data-wrong="(\w+)"/#)
            .map { "\($0.output.1) \($0.output.2)" }
        #expect(rows == ["findings true", "batch false", "batch false", "files false", "sse false"])
        #expect(text.contains("3 skip (2 need batches, 1 needs files and tools)"))
    }

    @Test("A skipped test case of JUnit and TAP has its reason")
    func reasons() throws {
        let run = try Self.run(Self.mixed, ids: Self.mixedIDs)
        let reason = "skip: needs batches; not used in the probe, and not declared by --can or by the driver"
        #expect(JUnitReport.text([run]).contains("<skipped message=\"\(reason)\"/>"))
        #expect(TAPReport.text([run]).contains("ok 1 - batch.a: Shows # SKIP \(reason)"))
    }

    @Test("The badge counts requirements that were observed, not skipped cases")
    func badge() throws {
        let run = try Self.run(Self.mixed.dropLast(), ids: Self.mixedIDs.dropLast())
        #expect(BadgeReport.endpoint(run).contains(#""message":"A · 1/1""#))
    }

    @Test("Refused requests are listed once for each reason, except those of cases that passed")
    func refused() throws {
        let reason = "Unrecognized request argument (strict validation; --validation lenient accepts it)"
        let wire = #","refused":"\#(reason)""#
        let verdicts = [("sse.a", "fail"), ("sse.b", "warn"), ("sse.c", "pass")]
        let run = try Self.run(
            verdicts.map { Self.played($0.0, $0.1, wire: wire) }, ids: verdicts.map(\.0))
        #expect(ConsoleReport().lines(run.log).contains("  refused   400 \(reason) · 2 requests in 2 cases"))
        #expect(MarkdownReport.text([run]).contains("  - refused: 400 \(reason)"))
    }

    @Test("A comparison counts cases that only one run has, if there are many")
    func partial() throws {
        let ids = (0..<12).map { "sse.c\($0)" }
        let whole = try Self.run(ids.map { Self.played($0, "pass") }, ids: ids)
        let part = try Self.run([Self.played(ids[0], "pass")], ids: [ids[0]])
        #expect(Comparison(whole, part).lines.first == "GONE    11 cases that only the first run played")
        #expect(Comparison(part, whole).lines.first == "ADDED   11 cases that only the second run played")
    }

    @Test("A case that an interruption cut off is gone in a comparison, and neither better nor worse")
    func cutOff() throws {
        let ids = ["sse.a", "sse.b"]
        let whole = try Self.run([Self.played("sse.a", "fail"), Self.played("sse.b", "pass")], ids: ids)
        let cut = try Self.run(
            [Array(Self.played("sse.a", "fail").dropLast()), Array(Self.played("sse.b", "pass").dropLast())], ids: ids,
            outcome: "interrupted")
        let lines = Comparison(whole, cut).lines
        #expect(lines.prefix(2) == ["GONE    sse.a  fail → –", "GONE    sse.b  pass → –"])
        #expect(!Comparison(whole, cut).isWorse)
    }

    @Test("Colors mark verdicts only if they are asked for")
    func colors() throws {
        let run = try Self.run([Self.played("sse.a", "fail")], ids: ["sse.a"])
        #expect(!ReportFormat.console.text([run]).contains("\u{1B}"))
        let colored = ReportFormat.console.text([run], style: TextStyle(isColored: true))
        #expect(colored.contains("\u{1B}[31mFAIL\u{1B}[0m"))
    }
}
