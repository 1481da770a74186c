import Foundation
import TestSupport
import Testing

/// Tests `sparring gateway check` with the small gateway of `fixtures/gateway`, which passes every case and has an
/// option for each sin.
@Suite(
    "Gateways, graded from both ends", .timeLimit(.minutes(60)),
    .enabled(if: PythonClient.isInstalled, "\(PythonClient.missing)"))
struct GatewayCheckTests {
    private static let folder = SparringBinary.root.appending(path: "fixtures/gateway")

    /// The output of `--format json`.
    struct Report: Decodable, Sendable {
        struct Entry: Decodable, Sendable {
            struct Check: Decodable, Sendable {
                var id: String
                var verdict: String
                var actual: String
            }

            var id: String
            var verdict: String
            var checks: [Check]

            /// The checks that did not pass, for the message of a failed test.
            var problems: String {
                checks.filter { $0.verdict != "pass" }.map { "\($0.id) \($0.verdict): \($0.actual)" }
                    .joined(separator: "; ")
            }
        }

        struct Ledger: Decodable, Sendable {
            struct Line: Decodable, Sendable {
                var name: String
                var truth: Double
                var reported: Double?
            }

            struct Booked: Decodable, Sendable {
                var key: String
                var lines: [Line]
                var problem: String?
            }

            var lines: [Line]
            var booked: [Booked]
        }

        var outcome: String
        var cases: [Entry]
        var ledger: Ledger

        func ids(_ verdicts: Set<String>) -> [String] {
            cases.filter { verdicts.contains($0.verdict) }.map(\.id).sorted()
        }
    }

    /// Writes an adapter file that has only a client's key beside `spend`.
    private static func adapter(spend: String, in folder: URL) throws -> URL {
        let file = folder.appending(path: "adapter.yaml")
        try Data("{ schema: 1, keys: { usual: sk-gateway }, spend: \(spend) }".utf8).write(to: file)
        return file
    }

    /// Grades the gateway of the fixtures.
    ///
    /// - Parameter spend: `spend` of an adapter file that has only a client's key beside it; nil for the adapter file of the fixtures.
    private func check(
        _ cases: [String], sin: String? = nil, replicas: Int = 1, spend: String? = nil, options: [String] = []
    ) async throws -> (report: Report, process: ChildProcess.Outcome) {
        let scratch = try ScratchDirectory()
        let urls = try (1...replicas).map { _ in "http://127.0.0.1:\(try FreePort.next())/v1" }
        let script = Self.folder.appending(path: "gateway.py").path
        let state = scratch.url.appending(path: "state").path
        let sinful = sin.map { " --sin \($0)" } ?? ""
        let start = "'\(PythonClient.interpreter)' '\(script)' --port {port} --state '\(state)'\(sinful)"
        let adapter =
            try spend.map { try Self.adapter(spend: $0, in: scratch.url) }
            ?? Self.folder.appending(path: "adapter.yaml")
        let process = try await Slots.clients.use {
            try await SparringBinary.run(
                ["gateway", "check"] + cases + [
                    "--through", urls.joined(separator: ","), "--start", start, "--format", "json", "--adapter",
                    adapter.path,
                ] + options, environment: ["PYTHONDONTWRITEBYTECODE": "1"], within: ChildProcess.patienceWithAllCases)
        }
        let data = Data(process.standardOutput.utf8)
        let report = try? JSONDecoder().decode(Report.self, from: data)
        return (try #require(report, "\(process.standardOutput)\(process.standardError)"), process)
    }

    @Test("A good gateway passes every case, and both ends agree on the answers")
    func good() async throws {
        let (report, process) = try await check([])
        #expect(report.cases.count >= 40)
        for entry in report.cases { #expect(entry.verdict == "pass", "\(entry.id): \(entry.problems)") }
        #expect(process.exitCode == 0, "\(process.standardError)")
        let requests = try #require(report.ledger.lines.first { $0.name == "requests" })
        #expect(requests.truth > 0)
        #expect(requests.reported ?? 0 > 0)
        #expect(report.ledger.booked.map(\.key) == ["usual", "other", "limited", "budget"])
        // The calls with this key get whole answers, so the books agree to the last token.
        let limited = try #require(report.ledger.booked.first { $0.key == "limited" })
        #expect(limited.lines.map(\.name) == ["dollars", "requests", "tokens"])
        for line in limited.lines { #expect(abs(line.truth - (line.reported ?? -1)) < 1e-6, "\(line)") }
    }

    @Test(
        "An interface for booked amounts that gives none leaves the case unobserved and the ledger with the reason",
        arguments: [
            ("{ path: '/nothing/{key}', cost: $.booked.dollars, within: 200ms }", "answers 404: correct spend.path"),
            ("{ path: '/spend/{key}', cost: $.booked.dollars, within: 200ms }", "is refused with 403: give spend.key"),
            ("{ path: /v1/models, cost: $.booked.dollars, within: 200ms }", "has nothing at $.booked.dollars"),
            ("{ path: /v1/models, cost: $.object, within: 200ms }", "has text at $.object, not a number"),
        ])
    func badInterface(spend: String, words: String) async throws {
        let (report, process) = try await check(["gateway.spend"], spend: spend)
        #expect(report.ids(["unobserved"]) == ["gateway.spend"])
        #expect(report.cases.first?.problems.contains(words) == true, "\(report.cases.map(\.problems))")
        #expect(report.ledger.booked.first?.problem?.contains(words) == true, "\(report.ledger.booked)")
        #expect(process.exitCode == 0, "\(process.standardError)")
    }

    @Test("A limit and a budget hold over two replicas that share their counts")
    func replicas() async throws {
        let cases = ["gateway.limit", "gateway.budget"]
        let (report, process) = try await check(cases, replicas: 2)
        #expect(report.ids(["pass"]) == cases.sorted(), "\(report.cases.map(\.problems))")
        #expect(process.exitCode == 0)
    }

    private static func client(_ name: String) -> String {
        SparringBinary.root.appending(path: "fixtures/drivers/\(name)").path
    }

    @Test("A driver makes the calls of the cases, and cases that a driver cannot play are unobserved with the reason")
    func driver() async throws {
        let played = [
            "gateway.answer", "gateway.attempts-bounded", "gateway.failover-500", "gateway.failover-stream",
            "gateway.spend",
            "gateway.stream", "gateway.stream-cut",
        ]
        let others = ["gateway.cancel-stream", "gateway.concurrent-answers", "gateway.parameters", "gateway.usage"]
        let (report, process) = try await check(played + others, options: ["--driver", "--", Self.client("driver")])
        #expect(report.ids(["pass"]) == played, "\(report.cases.map(\.problems))\(process.standardError)")
        #expect(report.ids(["unobserved"]) == others)
        let reasons = report.cases.filter { others.contains($0.id) }.map(\.problems)
        #expect(reasons.allSatisfy { $0.contains("without a client of your own") }, "\(reasons)")
        // The client repeats calls, so the upstreams get more requests than there are calls.
        #expect(report.ledger.lines.first { $0.name == "requests" }?.reported == nil)
        #expect(process.exitCode == 0, "\(process.standardError)")
    }

    @Test("A program that is started for each call makes the calls of the cases, too")
    func program() async throws {
        let cases = ["gateway.answer", "gateway.failover-stream", "gateway.stream-cut"]
        let (report, process) = try await check(cases, options: ["--", Self.client("good")])
        #expect(report.ids(["pass"]) == cases, "\(report.cases.map(\.problems))\(process.standardError)")
    }

    @Test("A sin of the gateway fails its case behind a driver, too")
    func driverAndSin() async throws {
        let (report, process) = try await check(
            ["gateway.answer", "gateway.stream-cut"], sin: "clean-end",
            options: ["--driver", "--", Self.client("driver")])
        #expect(report.ids(["fail"]) == ["gateway.stream-cut"], "\(report.cases.map(\.problems))")
        #expect(process.exitCode == 1)
    }

    @Test(
        "A driver that is missing or cannot be started is refused with what to do",
        arguments: [
            (["--driver"], 64, "no driver to start"),
            (["--driver", "--", "/bin/false"], 69, "before it replied to `start`"),
        ])
    func badDriver(options: [String], code: Int32, words: String) async throws {
        let scratch = try ScratchDirectory()
        let start =
            "'\(PythonClient.interpreter)' '\(Self.folder.appending(path: "gateway.py").path)' --port {port} "
            + "--state '\(scratch.url.appending(path: "state").path)'"
        let process = try await SparringBinary.run(
            [
                "gateway", "check", "gateway.answer", "--through", "http://127.0.0.1:\(try FreePort.next())/v1",
                "--start", start,
            ]
                + options, environment: ["PYTHONDONTWRITEBYTECODE": "1"])
        #expect(process.exitCode == code, "\(process.standardError)")
        #expect(process.standardError.contains(words), "\(process.standardError)")
    }

    private static let sins: [(sin: String, cases: [String])] = {
        guard let data = try? Data(contentsOf: folder.appending(path: "sins.json")),
            let sins = try? JSONDecoder().decode([String: [String]].self, from: data)
        else { return [] }
        return sins.sorted { $0.key < $1.key }.map { (sin: $0.key, cases: $0.value) }
    }()

    /// Cases of every kind that do not take long. A sin that concerns cases of another kind must not fail these cases.
    private static let others = [
        "gateway.answer", "gateway.client-error", "gateway.failover-500", "gateway.parameters",
        "gateway.stream-comments",
        "gateway.usage",
    ]

    @Test("A gateway with a sin fails the cases of that sin, and no others", arguments: sins)
    func sin(sin: String, cases: [String]) async throws {
        let played = Set(cases + Self.others).sorted()
        let (report, _) = try await check(played, sin: sin)
        #expect(report.ids(["fail", "warn", "timeout"]) == cases.sorted(), "\(report.cases.map(\.problems))")
    }

    private func overhead(_ options: [String]) async throws -> ChildProcess.Outcome {
        let scratch = try ScratchDirectory()
        let script = Self.folder.appending(path: "gateway.py").path
        let state = scratch.url.appending(path: "state").path
        let start = "exec '\(PythonClient.interpreter)' '\(script)' --port {port} --state '\(state)'"
        return try await Slots.clients.use {
            try await SparringBinary.run(
                [
                    "gateway", "overhead", "--calls", "3", "--through", "http://127.0.0.1:\(try FreePort.next())/v1",
                    "--key", "sk-gateway", "--start", start,
                ] + options, environment: ["PYTHONDONTWRITEBYTECODE": "1"], within: ChildProcess.patienceWithAllCases)
        }
    }

    /// The output of `gateway overhead --format json`.
    struct Overhead: Decodable {
        struct Rate: Decodable {
            var direct: Double
            var through: Double
        }

        struct Machine: Decodable {
            var stretch: Double
        }

        var rates: [Rate]
        var memory: Int?
        var machine: Machine
    }

    @Test("With --anyway, the overhead is measured on every machine, with rates, memory and the machine's load")
    func overheadAnyway() async throws {
        let process = try await overhead(["--anyway", "--format", "json"])
        #expect(process.exitCode == 0, "\(process.standardError)")
        let data = try JSONDecoder().decode(Overhead.self, from: Data(process.standardOutput.utf8))
        #expect(data.rates.count == 2)
        for rate in data.rates {
            #expect(rate.direct > 0)
            #expect(rate.through > 0)
        }
        #expect(data.machine.stretch >= 1)
        #if os(Linux)
            // A Python program with aiohttp uses more than 8 MB.
            #expect(try #require(data.memory) > 8 << 20)
        #endif
    }

    @Test("Without --anyway, a busy machine is refused with exit code 75 and a sentence, and nothing is printed")
    func overheadRefused() async throws {
        let process = try await overhead([])
        guard process.exitCode != 0 else {
            #expect(process.standardOutput.contains("Sparring's own limit"))
            return
        }
        #expect(process.exitCode == 75, "\(process.standardError)")
        #expect(process.standardError.contains("too busy to measure a gateway"), "\(process.standardError)")
        #expect(process.standardError.contains("--anyway"))
        #expect(process.standardOutput.isEmpty)
    }

    @Test(
        "The message about a gateway that cannot be graded says what to change",
        arguments: [
            ("exit 3", "is not running: it ended with exit code 3"), ("sleep 60", "no gateway answers at"),
        ])
    func bad(start: String, words: String) async throws {
        let process = try await SparringBinary.run([
            "gateway", "check", "gateway.answer", "--through", "http://127.0.0.1:\(try FreePort.next())/v1", "--start",
            start, "--patience", "1",
        ])
        #expect(process.exitCode == 69, "\(process.standardError)")
        #expect(process.standardError.contains(words), "\(process.standardError)")
    }
}
