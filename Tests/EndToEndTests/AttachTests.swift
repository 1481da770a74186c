import Foundation
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Programs that cannot be started once a case: apps that are up, gateways; and crowds, which play no cases.
@Suite("Running apps, gateways and populations", .timeLimit(.minutes(10)))
struct AttachTests {
    /// A port that was free a moment ago, for programs that need our base URL before our start.
    static func freePort() throws -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
            }
        }
        try #require(isBound)
        return Int(UInt16(bigEndian: address.sin_port))
    }

    /// Starts a program of `fixtures/drivers` that says `up on PORT`.
    private static func up(_ name: String, _ arguments: [String]) async throws -> (ChildProcess, port: Int) {
        let program = try ChildProcess(
            URL(filePath: CheckTests.driver(name)), arguments, environment: ["PYTHONDONTWRITEBYTECODE": "1"])
        #expect(try await eventually(within: .seconds(30)) { program.standardOutput.contains("up on ") })
        let port = program.standardOutput.split(whereSeparator: \.isWhitespace).last.flatMap { Int($0) }
        return (program, try #require(port))
    }

    private func check(
        _ options: [String], _ command: [String]
    ) async throws -> (verdicts: [String: String], process: ChildProcess.Outcome) {
        let scratch = try ScratchDirectory()
        let file = scratch.url.appending(path: "report.jsonl")
        let process = try await Slots.clients.use {
            try await SparringBinary.run(
                ["check", "--out", file.path] + options + ["--"] + command,
                environment: ["PYTHONDONTWRITEBYTECODE": "1"], within: .seconds(240))
        }
        return (try RunLines(file).verdicts, process)
    }

    private static let cases = [
        "no-retry.401", "no-retry.400", "retry.429-then-ok", "retry-after.seconds", "body.empty",
    ]

    @Test("`check --attach` grades a running app case by case, with a command that pokes the app")
    func attach() async throws {
        let port = try Self.freePort()
        let (app, appPort) = try await Self.up("app", ["0", "http://127.0.0.1:\(port)/v1"])
        let poke = [
            "curl", "--silent", "--fail", "--get", "--data-urlencode", "q={prompt}", "http://127.0.0.1:\(appPort)/ask",
        ]
        let (verdicts, process) = try await check(Self.cases + ["--attach", "--port", "\(port)"], poke)
        #expect(Set(verdicts.values) == ["pass"], "\(process.standardOutput)\(process.standardError)")
        #expect(verdicts.count == 6)
        #expect(process.exitCode == 0)
        app.signal(SIGTERM)
    }

    @Test(
        "A gateway that retries fails the retry cases, and a gateway that does not retry passes them",
        arguments: [0, 2])
    func gateway(retries: Int) async throws {
        let port = try Self.freePort()
        let (gateway, gatewayPort) = try await Self.up(
            "gateway", ["0", "http://127.0.0.1:\(port)/v1", "--retries", "\(retries)"])
        let (verdicts, process) = try await check(
            Self.cases + [
                "budget.max-attempts-500", "--driver", "--port", "\(port)", "--gateway",
                "http://127.0.0.1:\(gatewayPort)/v1",
            ], [CheckTests.driver("driver")])
        let bad = verdicts.filter { ["fail", "warn", "timeout"].contains($0.value) }
        #expect(
            Set(bad.keys)
                == (retries == 0 ? [] : ["retry-after.seconds", "retry.429-then-ok", "budget.max-attempts-500"]),
            "\(process.standardOutput)\(process.standardError)")
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

    @Test("A population of the good client makes three requests a call in an outage, with growing waits")
    func population() async throws {
        let outcome = try await Slots.clients.use {
            try await SparringBinary.run(
                [
                    "check", "--population", "--callers", "8", "--driver", "--format", "json", "--",
                    CheckTests.driver("driver"),
                ],
                environment: ["PYTHONDONTWRITEBYTECODE": "1"], within: .seconds(240))
        }
        #expect(outcome.exitCode == 0, "\(outcome.standardError)")
        let report = try #require(
            try JSONSerialization.jsonObject(with: Data(outcome.standardOutput.utf8)) as? [String: Any])
        let outage = try #require(report["outage"] as? [String: Any])
        #expect(outage["requests_a_call"] as? Double == 3)
        #expect((outage["waits"] as? [Any])?.count == 2)
        #expect(try #require((outage["growth"] as? [Double])?.first) > 1.5)
        #expect(outage["answered"] as? Double == 0)
        #expect((report["calm"] as? [String: Any])?["answered"] as? Double == 1)
        #expect((report["profiles"] as? [String: Any])?.count == 7)
    }
}
