import Foundation
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Tests that Sparring removes its own processes and files, and does not remove those of others.
@Suite("Processes that the program starts", .timeLimit(.minutes(5)))
struct ProcessesTests {
    /// A process of the user with the same variables as a program under test.
    private static func bystander(_ baseURL: String) throws -> ChildProcess {
        try ChildProcess(
            URL(filePath: "/bin/sleep"), ["3600"],
            environment: ["OPENAI_BASE_URL": baseURL, "OPENAI_API_KEY": "sk-sparring", "SPARRING_RUN": "another"])
    }

    /// A test program in the folder of the good client.
    private static func driver(_ name: String) -> String { CheckTests.driver(name) }

    @Test(
        "A bystander with the same base URL survives",
        arguments: [
            ["run", "--", "sh", "-c", "sleep 3600 & exit 0"],
            ["check", "sanity.hello", "--out", "/dev/null", "--", driver("good")],
            ["check", "sanity.hello", "--out", "/dev/null", "--attach", "--", driver("good")],
            [
                "check", "sanity.hello", "--out", "/dev/null", "--driver", "--gateway", "GATEWAY", "--",
                driver("driver"),
            ],
        ])
    func bystanders(arguments: [String]) async throws {
        let port = try FreePort.next()
        let bystander = try Self.bystander("http://127.0.0.1:\(port)/v1")
        let programs = arguments.firstIndex(of: "--") ?? arguments.endIndex
        var options = arguments
        options.insert(contentsOf: ["--port", "\(port)"], at: programs)
        if let place = options.firstIndex(of: "GATEWAY") { options[place] = "http://127.0.0.1:\(port)/v1" }
        let outcome = try await Slots.clients.use { [options] in
            try await SparringBinary.run(options, environment: ["PYTHONDONTWRITEBYTECODE": "1"])
        }
        #expect(outcome.exitCode == 0, "\(outcome.standardOutput)\(outcome.standardError)")
        #expect(bystander.isRunning)
        bystander.signal(SIGKILL)
    }

    @Test(
        "A program and all its processes end when it ends, when Sparring gets a signal, and when Sparring is killed",
        arguments: [nil, SIGTERM, SIGKILL], [true, false])
    func descendants(signal: Int32?, usesTLS: Bool) async throws {
        let scratch = try ScratchDirectory()
        let (file, temporary) = (scratch.url.appending(path: "processes"), scratch.url.appending(path: "tmp"))
        try FileManager.default.createDirectory(at: temporary, withIntermediateDirectories: true)
        // A process in the program's group, a process that has left the group, and the program itself.
        let script =
            "(sleep 3600 & echo $!; setsid sleep 3600 & echo $!; echo $$) > \(file.path).new; "
            + "mv \(file.path).new \(file.path); \(signal == nil ? "exit 0" : "sleep 3600")"
        let sparring = try ChildProcess(
            SparringBinary.url, ["run", "hello"] + (usesTLS ? ["--tls"] : []) + ["--", "sh", "-c", script],
            environment: ["TMPDIR": temporary.path])
        #expect(try await eventually { FileManager.default.fileExists(atPath: file.path) })
        let processes = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").compactMap { pid_t($0) }
        #expect(processes.count == 3)
        if let signal { sparring.signal(signal) }
        _ = try await sparring.outcome(within: .seconds(30))
        #expect(try await eventually { processes.allSatisfy(Self.isGone) })
        #expect(
            try await eventually { try FileManager.default.contentsOfDirectory(atPath: temporary.path).isEmpty },
            "no temporary file stays")
    }

    private static func isGone(_ process: pid_t) -> Bool {
        // A zombie counts as ended, because Sparring does not have to reap it.
        guard let stat = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8) else {
            return kill(process, 0) != 0
        }
        return stat.split(separator: ")").last?.split(separator: " ").first == "Z"
    }
}
