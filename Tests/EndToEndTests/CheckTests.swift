import Foundation
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Tests the kit with known programs: a good client, clients with one deliberate mistake, and programs that hang or
/// crash.
@Suite("The grading of whole programs", .timeLimit(.minutes(60)))
struct CheckTests {
    static func driver(_ name: String) -> String {
        SparringBinary.root.appending(path: "fixtures/drivers/\(name)").path
    }

    /// The cache of compiled Python files, outside of the source folders. Without a cache, Python starts slowly.
    private static let compiled = ScratchDirectory.ofThisRun.appending(path: "compiled").path

    /// The cases that a program with each deliberate mistake (a "sin") must fail.
    static let sins: [String: [String]] = {
        let data = (try? Data(contentsOf: URL(filePath: driver("sins.json")))) ?? Data()
        return (try? JSONDecoder().decode([String: [String]].self, from: data)) ?? [:]
    }()

    /// The last verdict on every case of a run, and the exit code.
    private func verdicts(
        _ command: [String], options: [String] = [], environment: [String: String] = [:]
    ) async throws -> (verdicts: [String: String], process: ChildProcess.Outcome) {
        let scratch = try ScratchDirectory()
        let file = scratch.url.appending(path: "report.jsonl")
        let process = try await Slots.clients.use {
            try await SparringBinary.run(
                ["check", "--jobs", "6", "--out", file.path] + options + ["--"] + command,
                environment: environment.merging(["PYTHONPYCACHEPREFIX": Self.compiled]) { $1 },
                within: ChildProcess.patienceWithAllCases)
        }
        return (try RunLines(file).verdicts, process)
    }

    @Test("A good client passes every case, and the first line of the report shows it")
    func good() async throws {
        let (verdicts, process) = try await verdicts([Self.driver("good")], options: ["--can", "cancel,timeout"])
        let cases = try await Self.cases()
        #expect(Set(verdicts.keys).isSuperset(of: cases))
        #expect(Set(verdicts.values) == ["pass"], "\(process.standardOutput)")
        #expect(
            process.standardOutput.hasPrefix("sparring: passed · \(cases.count) pass · "), "\(process.standardOutput)")
        #expect(process.standardOutput.contains(" · A · MUST "), "\(process.standardOutput)")
        #expect(process.exitCode == 0)
    }

    @Test("A case is skipped when the program does not show the capability that the case needs")
    func notApplicable() async throws {
        let cases = ["retry.429-then-ok", "cancel.closes-connection", "sse.comments"]
        let (verdicts, process) = try await verdicts([Self.driver("good")], options: cases)
        #expect(verdicts["cancel.closes-connection"] == "skip")
        #expect(verdicts["sse.comments"] == "pass")
        #expect(process.standardOutput.hasPrefix("sparring: passed · 2 pass, 1 skip"), "\(process.standardOutput)")
    }

    /// A round of the self-test. The program has one sin in each of some cases.
    struct Round: Sendable, CustomTestStringConvertible {
        /// The sin for each case.
        var plan: [String: String]
        var isFailing: Bool
        var number: Int

        var testDescription: String { isFailing ? "own cases, round \(number)" : "other cases, round \(number)" }
    }

    /// The n-th round of the self-test contains the n-th sin of each case. The case with the most sins determines the number of rounds.
    static let failing: [Round] = {
        var sinsOf: [String: [String]] = [:]
        for (sin, cases) in sins { for id in cases { sinsOf[id, default: []].append(sin) } }
        let most = sinsOf.values.map(\.count).max() ?? 0
        return (0..<most).map { number in
            let plan = sinsOf.compactMapValues { $0.count > number ? $0.sorted()[number] : nil }
            return Round(plan: plan, isFailing: true, number: number + 1)
        }
    }()

    /// Rounds with a sin in each case that must not fail the case, a different one each time. If SPARRING_EVERY_CASE is set, every sin gets
    /// a round.
    static let holding: [Round] = {
        let names = sins.keys.sorted()
        let cases = Set(sins.values.joined()).sorted()
        let isWhole = ProcessInfo.processInfo.environment["SPARRING_EVERY_CASE"] != nil
        return (0..<(isWhole ? names.count : 1)).map { number in
            var plan: [String: String] = [:]
            for (index, id) in cases.enumerated() {
                let sin = names[(index * 7 + number) % names.count]
                if sins[sin]?.contains(id) == false { plan[id] = sin }
            }
            return Round(plan: plan, isFailing: false, number: number + 1)
        }
    }()

    @Test("Each deliberate mistake of a client fails its own cases and no other case", arguments: failing + holding)
    func sins(round: Round) async throws {
        let scratch = try ScratchDirectory()
        let plan = scratch.url.appending(path: "plan.json")
        try JSONEncoder().encode(round.plan).write(to: plan)
        let (verdicts, process) = try await verdicts(
            [Self.driver("mutants"), "--plan", plan.path],
            options: ["--can", "cancel,timeout"] + round.plan.keys.sorted())
        for (id, sin) in round.plan {
            let verdict = verdicts[id] ?? "not run"
            let isBad = ["fail", "warn", "timeout"].contains(verdict)
            #expect(isBad == round.isFailing, "\(sin) in \(id): \(verdict)\n\(process.standardOutput.prefix(4000))")
        }
    }

    private static func cases() async throws -> [String] {
        try await SparringBinary.run(["cases"]).standardOutput
            .split(separator: "\n").compactMap { $0.split(separator: " ").first.map(String.init) }
            .filter { !$0.hasPrefix("sanity.") }
    }

    @Test("Every MUST and SHOULD case has a deliberate mistake that fails it, and the mutants know each mistake")
    func everyCaseHasItsSin() async throws {
        let lines = try await SparringBinary.run(["cases"]).standardOutput.split(separator: "\n")
        let scored = lines.filter { $0.contains(" MUST ") || $0.contains(" SHOULD ") }
            .compactMap { $0.split(separator: " ").first.map(String.init) }.filter { !$0.hasPrefix("sanity.") }
        #expect(Set(Self.sins.values.joined()) == Set(scored))
        let listed = try await ChildProcess(
            URL(filePath: "/usr/bin/env"), ["python3", "-B", Self.driver("mutants"), "--list"]
        ).outcome().standardOutput
        #expect(Set(listed.split(separator: "\n").map(String.init)) == Set(Self.sins.keys))
    }

    @Test("`check --quick` plays 30 cases")
    func quick() async throws {
        let (verdicts, process) = try await verdicts([Self.driver("good")], options: ["--quick"])
        #expect(verdicts.filter { !$0.key.hasPrefix("sanity.") }.count == 30, "\(process.standardOutput)")
        #expect(process.exitCode == 0, "\(process.standardOutput)")
    }

    @Test(
        "A program that hangs, crashes or forks fails one case and leaves no process behind",
        arguments: ["hang", "crash", "fork", "flood", "leave"])
    func trouble(kind: String) async throws {
        let mark = UUID().uuidString
        // Few programs run at the same time, because with forty programs the case that sends a gigabyte would take too long.
        let (verdicts, process) = try await verdicts(
            [Self.driver("trouble"), "--case", "no-retry.400", kind],
            options: ["no-retry.400", "no-retry.401", "retry.429-then-ok", "retry.503-overloaded"],
            environment: ["TROUBLE": mark])
        #expect(verdicts.count == 5, "\(verdicts)")
        let bad = verdicts.filter { $0.value != "pass" }
        #expect(Set(bad.keys) == ["no-retry.400"], "\(process.standardOutput)")
        // A busy machine may be too slow to send a gigabyte before the deadline.
        let right: Set = kind == "hang" ? ["timeout"] : kind == "flood" ? ["fail", "timeout"] : ["fail"]
        #expect(right.isSuperset(of: bad.values), "\(process.standardOutput)")
        #expect(process.exitCode == 1)
        #expect(Self.running(under: "TROUBLE=\(mark)") == [])
    }

    @Test("A program that times out next to other programs is retried alone, and the second verdict counts")
    func late() async throws {
        let scratch = try ScratchDirectory()
        let report = scratch.url.appending(path: "report.jsonl")
        let process = try await Slots.clients.use {
            try await SparringBinary.run(
                [
                    "check", "no-retry.400", "no-retry.401", "--jobs", "2", "--out", report.path, "--",
                    Self.driver("trouble"), "--case", "no-retry.400", "late", scratch.url.appending(path: "been").path,
                ], environment: ["PYTHONPYCACHEPREFIX": Self.compiled])
        }
        let lines = try RunLines(report)
        #expect(lines.ends(of: "no-retry.400").first == "timeout", "\(lines.ends(of: "no-retry.400"))")
        #expect(lines.verdicts["no-retry.400"] == "pass", "\(process.standardOutput)")
        // A passed case is not played again.
        #expect(lines.ends(of: "no-retry.401").firstIndex(of: "pass") == lines.ends(of: "no-retry.401").count - 1)
        #expect(process.exitCode == 0)
    }

    @Test("A plain call that is too late at the end of a run is made once more, and the run counts")
    func lateAtTheEnd() async throws {
        let scratch = try ScratchDirectory()
        let report = scratch.url.appending(path: "report.jsonl")
        let process = try await Slots.clients.use {
            try await SparringBinary.run(
                [
                    "check", "no-retry.400", "--out", report.path, "--", Self.driver("trouble"), "--case",
                    "sanity.hello", "second", scratch.url.appending(path: "been").path,
                ], environment: ["PYTHONPYCACHEPREFIX": Self.compiled])
        }
        let lines = try RunLines(report)
        #expect(lines.verdicts["sanity.hello"] == "pass", "\(process.standardOutput)")
        #expect(process.exitCode == 0, "\(process.standardOutput)")
    }

    /// The processes with this entry in their environment.
    private static func running(under entry: String) -> [String] {
        let processes = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return processes.filter { process in
            guard Int(process) != nil, let data = FileManager.default.contents(atPath: "/proc/\(process)/environ")
            else { return false }
            return String(decoding: data, as: UTF8.self).split(separator: "\0").contains(entry[...])
        }
    }

    struct ExitRow: Sendable, CustomTestStringConvertible {
        var arguments: [String]
        var code: Int32
        var says: String

        var testDescription: String { arguments.joined(separator: " ") }
    }

    @Test(
        "`check`, `report` and `cases show` exit with the code of their error and name its cause",
        arguments: [
            ExitRow(arguments: ["check", "retry.429"], code: 64, says: "--"),
            ExitRow(arguments: ["check", "retry.429-the-ok", "--", "true"], code: 64, says: "retry.429-then-ok"),
            ExitRow(arguments: ["check", "retry.*", "--skip", "retry.*", "--", "true"], code: 64, says: "no case"),
            ExitRow(arguments: ["check", "--jobs", "0", "--", "true"], code: 64, says: "--jobs"),
            ExitRow(arguments: ["check", "--", "no-such-program"], code: 69, says: "no-such-program"),
            ExitRow(arguments: ["check", "--", "true"], code: 69, says: "sanity.hello"),
            ExitRow(
                arguments: ["check", "--out", "/proc/none/report.jsonl", "--", "true"], code: 74, says: "/proc/none"),
            ExitRow(
                arguments: ["report", SparringBinary.root.appending(path: "Package.swift").path], code: 65,
                says: "Package.swift:1:1"),
            ExitRow(arguments: ["cases", "show", "sanity.helo"], code: 64, says: "sanity.hello"),
        ])
    func exitCodes(row: ExitRow) async throws {
        let scratch = try ScratchDirectory()
        let file = scratch.url.appending(path: "report.jsonl").path
        let outcome = try await SparringBinary.run(row.arguments, environment: ["SPARRING_OUT": file])
        let said = outcome.standardOutput + outcome.standardError
        #expect(outcome.exitCode == row.code, "\(said)")
        #expect(said.contains(row.says), "\(said)")
    }

    @Test("`lint` accepts the built-in case files and reports the place of a mistake in another file")
    func lint() async throws {
        let scratch = try ScratchDirectory()
        let wrong = try scratch.write("schema: 1\ntheme: x\ncases:\n  - { id: x.a, titel: t }\n", to: "wrong.yaml")
        let folder = SparringBinary.root.appending(path: "scenarios/conformance").path
        let right = try FileManager.default.subpathsOfDirectory(atPath: folder)
            .filter { $0.hasSuffix(".yaml") }.map { "\(folder)/\($0)" }
        #expect(right.count > 20)
        let held = try await SparringBinary.run(["lint"] + right)
        #expect(held.exitCode == 0, "\(held.standardOutput)")
        let outcome = try await SparringBinary.run(["lint", wrong])
        #expect(outcome.exitCode == 65)
        #expect(outcome.standardOutput.contains("wrong.yaml:4:16: "), "\(outcome.standardOutput)")
        #expect(outcome.standardOutput.contains("title"), "\(outcome.standardOutput)")
    }

    @Test("A failed SHOULD case fails the run only with --fail-on should")
    func failOnShould() async throws {
        let command = [Self.driver("mutants"), "--sin", "gives-up-on-500"]
        let lenient = try await verdicts(command, options: ["retry.500-then-ok"])
        let strict = try await verdicts(command, options: ["retry.500-then-ok", "--fail-on", "should"])
        #expect(lenient.process.exitCode == 0)
        #expect(strict.process.exitCode == 1)
    }

    @Test("`check` prints what `report` renders from the log, and --format json prints the log itself")
    func rendering() async throws {
        let scratch = try ScratchDirectory()
        let file = scratch.url.appending(path: "report.jsonl")
        let command = ["--", Self.driver("mutants"), "--sin", "retries-400"]
        let console = try await SparringBinary.run(["check", "no-retry.400", "--out", file.path] + command)
        let rendered = try await SparringBinary.run(["report", file.path])
        #expect(console.standardOutput == rendered.standardOutput)
        #expect(console.standardOutput.contains("again     sparring check no-retry.400 --trace -- "))
        let json = try await SparringBinary.run(
            ["check", "no-retry.400", "--format", "json", "--out", file.path] + command)
        #expect(json.standardOutput == (try String(contentsOf: file, encoding: .utf8)))
        #expect(json.exitCode == 1)
    }

    @Test("A known failure does not fail the run, but a listed case that passes fails it")
    func knownFailures() async throws {
        let scratch = try ScratchDirectory()
        let command = [Self.driver("mutants"), "--sin", "retries-400"]
        let file = try scratch.write("", to: "known-failures.txt")
        let cases = ["no-retry.400", "no-retry.401"]
        let updated = try await verdicts(
            command, options: cases + ["--known-failures", file, "--update-known-failures"])
        #expect(updated.process.exitCode == 0)
        #expect(
            try String(contentsOfFile: file, encoding: .utf8) == "no-retry.400  # Does not retry an invalid request\n")
        let excused = try await verdicts(command, options: cases + ["--known-failures", file])
        #expect(excused.process.exitCode == 0, "\(excused.process.standardOutput)")
        #expect(excused.process.standardOutput.contains("1 of them known failures"))
        let stale = try await verdicts([Self.driver("good")], options: cases + ["--known-failures", file])
        #expect(stale.process.exitCode == 1)
        #expect(stale.process.standardOutput.contains("STALE"), "\(stale.process.standardOutput)")
        let wrong = try scratch.write("no-retry.4000\n", to: "wrong.txt")
        let refused = try await SparringBinary.run(["check"] + cases + ["--known-failures", wrong, "--"] + command)
        #expect(refused.exitCode == 65)
        #expect(refused.standardError.contains("wrong.txt:1:1: "), "\(refused.standardError)")
    }

    @Test("An interrupted run exits with 130, keeps its log and reports the interruption")
    func interrupted() async throws {
        let scratch = try ScratchDirectory()
        let file = scratch.url.appending(path: "report.jsonl")
        let child = try ChildProcess(
            SparringBinary.url,
            ["check", "no-retry.*", "--out", file.path, "--", Self.driver("trouble"), "--case", "no-retry.400", "hang"])
        let isHanging = try await eventually {
            (try? String(contentsOf: file, encoding: .utf8))?.contains(#""case.start","case":"no-retry.400""#) == true
        }
        #expect(isHanging)
        child.signal(SIGINT)
        let outcome = try await child.outcome()
        #expect(outcome.exitCode == 130)
        #expect(outcome.standardOutput.contains("INTERRUPTED"))
        let log = try String(contentsOf: file, encoding: .utf8)
        #expect(log.contains(#""outcome":"interrupted""#))
        #expect(!log.contains(#""case.end","case":"no-retry.400""#), "an interrupted case has no verdict")
        #expect(!outcome.standardOutput.contains("TIMEOUT"), "\(outcome.standardOutput)")
    }

    @Test("`cases serve` prints the verdict of its case on Ctrl-C")
    func servedByHand() async throws {
        let child = try ChildProcess(SparringBinary.url, ["cases", "serve", "no-retry.400", "--port", "0"])
        #expect(try await eventually { child.standardOutput.contains("\nprompt: ") })
        let base = try #require(
            child.standardOutput.split(separator: "\n").first { $0.hasPrefix("OPENAI_BASE_URL=") }?.dropFirst(16))
        for _ in 0..<2 {
            let asked = try await ChildProcess(
                URL(filePath: "/usr/bin/env"),
                [
                    "curl", "-s", "\(base)/chat/completions", "-H", "authorization: Bearer sk-x", "-H",
                    "content-type: application/json", "-d",
                    #"{"model":"gpt-4o-mini","messages":[{"role":"user","content":"x"}]}"#,
                ]
            ).outcome()
            #expect(asked.exitCode == 0)
        }
        child.signal(SIGINT)
        let outcome = try await child.outcome()
        #expect(outcome.exitCode == 1)
        #expect(outcome.standardOutput.contains("FAIL  no-retry.400"), "\(outcome.standardOutput)")
        #expect(outcome.standardOutput.contains("actual    2"), "\(outcome.standardOutput)")
    }
}

/// `report.jsonl`, parsed like any JSON Lines file.
struct RunLines {
    let events: [[String: Any]]

    init(_ file: URL) throws {
        events = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").compactMap { line in
            try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
        }
    }

    /// The verdicts of a case, one for each round.
    func ends(of id: String) -> [String] {
        events.filter { $0["event"] as? String == "case.end" && $0["case"] as? String == id }
            .compactMap { $0["verdict"] as? String }
    }

    var verdicts: [String: String] {
        events.filter { $0["event"] as? String == "case.end" }.reduce(into: [:]) { verdicts, event in
            if let id = event["case"] as? String { verdicts[id] = event["verdict"] as? String }
        }
    }
}
