import Foundation
import TestSupport
import Testing

/// Tests grading without a process for each case: running apps, gateways, and populations, which play no cases.
@Suite("Running apps, gateways and populations", .timeLimit(.minutes(60)))
struct AttachTests {
    /// Starts a program of `fixtures/drivers` that prints `up on PORT`.
    private static func up(_ name: String, _ arguments: [String]) async throws -> (ChildProcess, port: Int) {
        let program = try ChildProcess(
            URL(filePath: CheckTests.driver(name)), arguments, environment: ["PYTHONDONTWRITEBYTECODE": "1"])
        #expect(try await eventually { program.standardOutput.contains("up on ") })
        let port = program.standardOutput.split(whereSeparator: \.isWhitespace).last.flatMap { Int($0) }
        return (program, try #require(port))
    }

    private static let cases = [
        "no-retry.401", "no-retry.400", "retry.429-then-ok", "retry-after.seconds", "body.empty",
    ]

    @Test("`check --attach` grades a running app case by case, with a command that triggers the app")
    func attach() async throws {
        let port = try FreePort.next()
        let (app, appPort) = try await Self.up("app", ["0", "http://127.0.0.1:\(port)/v1"])
        let poke = [
            "curl", "--silent", "--fail", "--get", "--data-urlencode", "q={prompt}", "http://127.0.0.1:\(appPort)/ask",
        ]
        let (verdicts, process) = try await GradedProgram.check(
            poke, options: Self.cases + ["--attach", "--port", "\(port)"])
        #expect(Set(verdicts.values) == ["pass"], "\(process.standardOutput)\(process.standardError)")
        #expect(verdicts.count == 6)
        #expect(process.exitCode == 0)
        app.signal(SIGTERM)
    }

    @Test("An app that sends its requests elsewhere is reported with the address that it must use")
    func elsewhere() async throws {
        let port = try FreePort.next()
        let process = try await Slots.clients.use {
            try await SparringBinary.run([
                "check", "sanity.hello", "--out", "/dev/null", "--attach", "--port", "\(port)", "--", "sh", "-c",
                "echo nothing >&2; exit 1",
            ])
        }
        #expect(process.exitCode == 69)
        #expect(
            process.standardOutput.contains(
                "no request reached the server; the app must send its requests to http://127.0.0.1:\(port)/v1"),
            "\(process.standardOutput)")
    }

    @Test(
        "A gateway that retries fails the retry cases, and a gateway that does not retry passes them",
        arguments: [0, 2])
    func gateway(retries: Int) async throws {
        let port = try FreePort.next()
        let (gateway, gatewayPort) = try await Self.up(
            "gateway", ["0", "http://127.0.0.1:\(port)/v1", "--retries", "\(retries)"])
        let (verdicts, process) = try await GradedProgram.check(
            [CheckTests.driver("driver")],
            options: Self.cases + [
                "budget.max-attempts-500", "--driver", "--port", "\(port)", "--gateway",
                "http://127.0.0.1:\(gatewayPort)/v1",
            ])
        let bad = verdicts.filter { ["fail", "warn", "timeout"].contains($0.value) }
        #expect(
            Set(bad.keys)
                == (retries == 0 ? [] : ["retry-after.seconds", "retry.429-then-ok", "budget.max-attempts-500"]),
            "\(process.standardOutput)\(process.standardError)")
        gateway.signal(SIGTERM)
    }

    @Test(
        "A gateway that ignores a client's disconnect fails the cases of cancelled calls, but not the next case",
        arguments: [true, false])
    func cancelling(drains: Bool) async throws {
        let port = try FreePort.next()
        let (gateway, gatewayPort) = try await Self.up(
            "gateway", ["0", "http://127.0.0.1:\(port)/v1", drains ? "--drains" : "--streams"])
        let (verdicts, process) = try await GradedProgram.check(
            [CheckTests.driver("good")],
            options: [
                "cancel.closes-connection", "cancel.asks-no-more", "no-retry.400", "--can", "cancel", "--port",
                "\(port)",
                "--gateway", "http://127.0.0.1:\(gatewayPort)/v1",
            ])
        let verdict = drains ? "fail" : "pass"
        #expect(verdicts["cancel.closes-connection"] == verdict, "\(process.standardOutput)")
        #expect(verdicts["cancel.asks-no-more"] == verdict, "\(process.standardOutput)")
        #expect(verdicts["no-retry.400"] == "pass", "\(process.standardOutput)")
        gateway.signal(SIGTERM)
    }

    @Test(
        "`check` rejects contradictory or invalid options with exit code 64",
        arguments: [
            ["--attach", "--jobs", "4"], ["--attach", "--driver"], ["--attach", "--gateway", "http://x/v1"],
            ["--population", "--attach"], ["--population", "no-retry.401"], ["--callers", "0"],
        ])
    func refused(options: [String]) async throws {
        let outcome = try await SparringBinary.run(["check"] + options + ["--", "true"])
        #expect(outcome.exitCode == 64, "\(outcome.standardError)")
    }

    /// The waits are medians of the server's timestamps. A busy machine makes them similar, so the test is tried again. A client
    /// without growing waits fails every try.
    @Test("A population of the good client makes three requests per call in an outage, with growing waits")
    func population() async throws {
        var growth = 0.0
        for _ in 1...6 where growth <= 1.5 {
            let report = try await Self.crowd()
            let outage = try #require(report["outage"] as? [String: Any])
            #expect(outage["requests_a_call"] as? Double == 3)
            #expect((outage["waits"] as? [Any])?.count == 2)
            #expect(outage["answered"] as? Double == 0)
            #expect((report["calm"] as? [String: Any])?["answered"] as? Double == 1)
            #expect((report["profiles"] as? [String: Any])?.count == 7)
            growth = try #require((outage["growth"] as? [Double])?.first)
        }
        #expect(growth > 1.5)
    }

    private static func crowd() async throws -> [String: Any] {
        let outcome = try await Slots.clients.use {
            try await SparringBinary.run(
                [
                    "check", "--population", "--callers", "8", "--driver", "--format", "json", "--",
                    CheckTests.driver("driver"),
                ],
                environment: ["PYTHONDONTWRITEBYTECODE": "1"], within: ChildProcess.patienceWithAllCases)
        }
        #expect(outcome.exitCode == 0, "\(outcome.standardError)")
        return try #require(
            try JSONSerialization.jsonObject(with: Data(outcome.standardOutput.utf8)) as? [String: Any])
    }
}
