import Foundation
import TestSupport
import Testing

/// Tests session drivers: a good driver, broken drivers, drivers that violate the protocol, and drivers that `driver new` writes.
@Suite("Session drivers that speak lines of JSON", .timeLimit(.minutes(60)))
struct DriverTests {
    private static let good = CheckTests.driver("driver")

    /// The last verdict on every case of a run, and the exit code.
    private func check(
        _ cases: [String], _ command: [String]
    ) async throws -> (verdicts: [String: String], process: ChildProcess.Outcome) {
        let (lines, process) = try await run(cases, command)
        return (lines.verdicts, process)
    }

    private func run(
        _ cases: [String], _ command: [String]
    ) async throws -> (lines: RunLines, process: ChildProcess.Outcome) {
        let scratch = try ScratchDirectory()
        let file = scratch.url.appending(path: "report.jsonl")
        let process = try await Slots.clients.use {
            try await SparringBinary.run(
                ["check", "--driver", "--out", file.path] + cases + ["--"] + command,
                environment: ["PYTHONDONTWRITEBYTECODE": "1"], within: ChildProcess.patienceWithAllCases)
        }
        return (try RunLines(file), process)
    }

    @Test("A good driver passes or skips every case, and the check exits with 0")
    func good() async throws {
        let (verdicts, process) = try await check([], [Self.good])
        #expect(verdicts.count >= 45)
        #expect(Set(verdicts.values).isSubset(of: ["pass", "skip"]), "\(process.standardOutput)")
        #expect(verdicts["retry-after.seconds"] == "pass")
        #expect(process.exitCode == 0, "\(process.standardOutput)")
    }

    @Test(
        "A driver that violates the protocol ends the check, and the report names the violation",
        arguments: [
            ("twice", "is answered twice"), ("stranger", "there is no run '17000'"),
            ("chatter", "logs go to standard error: here is your answer:"), ("kinds", "'oops' is not one of auth"),
            ("old", "speaks protocol 99"),
        ])
    func broken(trouble: String, says: String) async throws {
        let (_, process) = try await check(
            ["no-retry.401", "no-retry.400"], [Self.good, "--trouble", trouble])
        #expect(process.exitCode == 69, "\(process.standardOutput)")
        #expect((process.standardOutput + process.standardError).contains(says), "\(process.standardOutput)")
    }

    @Test(
        "A driver that dies or hangs fails only the case in which this happens",
        arguments: [("die", "fail"), ("hang", "timeout")])
    func ends(trouble: String, verdict: String) async throws {
        let cases = ["no-retry.401", "retry.429-then-ok", "retry.500-then-ok", "retry.503-overloaded", "body.html"]
        let (verdicts, process) = try await check(
            cases, [Self.good, "--trouble", trouble, "--case", "retry.500-then-ok"])
        #expect(verdicts["retry.500-then-ok"] == verdict, "\(process.standardOutput)")
        #expect(verdicts.filter { $0.value == "pass" }.count == 5, "\(verdicts)")
        #expect(process.exitCode == 1)
    }

    @Test("A client that fails on a stale connection is retried alone, and the second verdict counts")
    func stale() async throws {
        let (lines, process) = try await run(
            ["no-retry.400", "no-retry.401"], [Self.good, "--trouble", "stale", "--case", "no-retry.400"])
        #expect(lines.ends(of: "no-retry.400") == ["fail", "pass"])
        #expect(process.exitCode == 0, "\(process.standardOutput)")
    }

    @Test("A driver that dies in every case ends the check with exit code 69")
    func diesAlways() async throws {
        let (_, process) = try await check(["no-retry.*"], [Self.good, "--trouble", "die"])
        #expect(process.exitCode == 69)
    }

    @Test("A driver that cannot be started, or that ends at once, is reported with exit code 69")
    func noDriver() async throws {
        for command in [["no-such-program"], ["true"]] {
            let (_, process) = try await check([], command)
            #expect(process.exitCode == 69)
            #expect(process.standardError.contains(command[0] == "true" ? "exit code 0" : command[0]))
        }
    }

    @Test(
        "`driver check` accepts a good driver, and names the mistakes of a broken one",
        arguments: [
            (nil, Int32(0), "ok      ends with exit code 0"), ("twice", 1, "answered twice"),
            ("chatter", 1, "logs go to standard error"), ("kinds", 1, "'oops' is not one of"),
            ("old", 1, "protocol 99"),
            ("deaf", 1, "after `stop`"), ("die", 1, "signal 6"),
        ])
    func driverCheck(trouble: String?, code: Int32, says: String) async throws {
        let arguments = trouble.map { ["--trouble", $0] } ?? []
        let outcome = try await SparringBinary.run(
            ["driver", "check", "--", Self.good] + arguments, environment: ["PYTHONDONTWRITEBYTECODE": "1"])
        #expect(outcome.exitCode == code, "\(outcome.standardOutput)")
        #expect(outcome.standardOutput.contains(says), "\(outcome.standardOutput)")
        #expect(outcome.standardOutput.contains("BROKEN") == (code == 1))
    }

    struct Language: Sendable, CustomTestStringConvertible {
        var name: String
        var file: String
        /// The commands that build and run the program, in the program's folder.
        var build: [String] = []
        var command: [String]

        var testDescription: String { name }
    }

    private static let python = SparringBinary.root.appending(path: ".venv/bin/python3").path

    static let languages = [
        Language(name: "python", file: "driver.py", command: [python, "driver.py"]),
        Language(name: "javascript", file: "driver.mjs", command: ["node", "driver.mjs"]),
        Language(name: "ruby", file: "driver.rb", command: ["ruby", "driver.rb"]),
        Language(name: "java", file: "Driver.java", build: ["javac", "Driver.java"], command: ["java", "Driver"]),
        Language(name: "go", file: "driver.go", build: ["go", "build", "driver.go"], command: ["./driver"]),
        Language(
            name: "csharp", file: "Driver.cs", build: ["dotnet", "build"], command: ["dotnet", "run", "--no-build"]),
        Language(
            name: "swift", file: "driver.swift", build: ["swiftc", "driver.swift"], command: ["./driver"]),
        Language(name: "python-sockets", file: "driver.py", command: [python, "driver.py"]),
        Language(name: "javascript-sockets", file: "driver.mjs", command: ["node", "driver.mjs"]),
    ]

    /// The languages whose tools are on this machine. Python is always available, in the tests' environment.
    static let executable = languages.filter { language in
        ([language.build.first] + [language.command.first]).compactMap { $0 }.allSatisfy { program in
            program.hasPrefix("./") || program.hasPrefix("/")
                || (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").contains {
                    FileManager.default.isExecutableFile(atPath: "\($0)/\(program)")
                }
        }
    }

    @Test(
        "`driver new` writes a driver that passes `driver check`, for each language installed here",
        arguments: executable)
    func written(language: Language) async throws {
        let scratch = try ScratchDirectory()
        let source = try await SparringBinary.run(["driver", "new", language.name]).standardOutput
        _ = try scratch.write(source, to: language.file)
        @Sendable func shell(_ command: [String]) -> [String] {
            ["sh", "-c", "cd \"$0\" && exec \"$@\"", scratch.url.path] + command
        }
        try await Slots.clients.use {
            if !language.build.isEmpty {
                let built = try await ChildProcess(URL(filePath: "/usr/bin/env"), shell(language.build))
                    .outcome()
                #expect(built.exitCode == 0, "\(built.standardError)")
            }
            let outcome = try await SparringBinary.run(
                ["driver", "check", "--"] + shell(language.command))
            #expect(outcome.exitCode == 0, "\(outcome.standardOutput)")
            #expect(!outcome.standardOutput.contains("hint"), "\(outcome.standardOutput)")
        }
    }

    @Test(
        "A template for sockets plays turns and spoken answers, and reports failures",
        arguments: executable.filter { $0.name.hasSuffix("-sockets") })
    func sockets(language: Language) async throws {
        let suffix = language.file.split(separator: ".").last ?? ""
        let template = SparringBinary.root.appending(path: "fixtures/drivers/templates/\(language.name).\(suffix)")
        let options = language.command[0] == "node" ? ["--experimental-websocket", "--no-warnings"] : []
        let cases = [
            "socket.fragments", "socket.failed", "socket.realtime-unknown-event", "socket.realtime-failed",
            "socket.realtime-audio", "socket.realtime-audio-padded", "socket.realtime-transcript",
        ]
        let (verdicts, process) = try await check(cases, [language.command[0]] + options + [template.path])
        for name in cases { #expect(verdicts[name] == "pass", "\(name): \(process.standardOutput)") }
    }

    @Test("`driver new` supports seven languages and lists its templates when it rejects another")
    func languagesNamed() async throws {
        for language in Self.languages {
            let outcome = try await SparringBinary.run(["driver", "new", language.name])
            #expect(outcome.standardOutput.contains("sparring check --driver -- "), "\(language.name)")
        }
        let refused = try await SparringBinary.run(["driver", "new", "cobol"])
        #expect(refused.exitCode == 64)
        #expect(
            refused.standardError.contains(
                "csharp, go, java, javascript-sockets, javascript, python-sockets, python, ruby, swift"))
    }
}
