import Foundation
import Testing

@testable import SparringDriver

/// Tests real processes: how they end, which output is read, and that no process is left.
@Suite("The program under test", .timeLimit(.minutes(20)))
struct SubjectProcessTests {
    private static func process(_ script: String) -> SubjectProcess {
        SubjectProcess(
            command: ["/bin/sh", "-c", script], environment: ["SPARRING_TEST": "here", "HTTP_PROXY": nil],
            input: "a task\n")
    }

    /// Whether the process whose id a script printed has ended. A zombie counts as ended.
    private static func isGone(_ process: Substring) -> Bool {
        guard let stat = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8) else { return true }
        return stat.split(separator: ")").last?.split(separator: " ").first == "Z"
    }

    /// A deadline that is never reached: it waits until it is cancelled.
    private static let never: @Sendable () async -> String = {
        try? await Task.sleep(for: .seconds(3600))
        return ""
    }

    @Test(
        "The program under test ends with its exit code or signal",
        arguments: [
            ("exit 7", SubjectProcess.Ending.exited(7)), ("kill -SEGV $$", .signalled(11)), ("true", .exited(0)),
        ])
    func endings(script: String, ending: SubjectProcess.Ending) async throws {
        let outcome = try await Self.process(script).run(deadline: Self.never)
        #expect(outcome.ending == ending)
    }

    @Test("The program under test gets its task, environment and session, and no proxy")
    func surroundings() async throws {
        let script =
            #"cat; echo "$SPARRING_TEST/$HTTP_PROXY/"; test "$(ps -o sid= -p $$ | tr -d ' ')" = $$ && echo alone; echo no >&2"#
        let outcome = try await Self.process(script).run(deadline: Self.never)
        #expect(outcome.standardOutput == "a task\nhere//\nalone\n")
        #expect(outcome.standardError == "no\n")
    }

    @Test("A program that does not read its input keeps its output")
    func noReader() async throws {
        let outcome = try await Self.process("exec 0<&-; echo done").run(deadline: Self.never)
        #expect(outcome.standardOutput == "done\n")
    }

    @Test("The last part of a very long output is kept")
    func flood() async throws {
        let outcome = try await Self.process("head -c 50000000 /dev/zero | tr '\\0' x; printf end").run(
            deadline: Self.never)
        #expect(outcome.standardOutput.utf8.count == OutputTail.capacity)
        #expect(outcome.standardOutput.suffix(5) == "xxend")
    }

    @Test("The program under test ends at its deadline with all its children, even if it ignores SIGTERM")
    func deadline() async throws {
        let script = "trap '' TERM; sleep 3600 & echo $!; setsid sleep 3600 & echo $!; wait; wait; sleep 3600"
        let outcome = try await Self.process(script).run { "waiting for request 1" }
        #expect(outcome.ending == .expired(waiting: "waiting for request 1"))
        let started = outcome.standardOutput.split(separator: "\n")
        #expect(started.count <= 2)
        for process in started { #expect(Self.isGone(process)) }
    }

    @Test("The program under test leaves no process behind, even in another session")
    func sweep() async throws {
        let outcome = try await Self.process("setsid sleep 3600 & echo $!; sleep 3600 & echo $!; exit 0").run(
            deadline: Self.never)
        #expect(outcome.ending == .exited(0))
        let started = outcome.standardOutput.split(separator: "\n")
        #expect(started.count == 2)
        for process in started { #expect(Self.isGone(process)) }
    }

    @Test("A program that does not exist is named in the error")
    func launch() async {
        let process = SubjectProcess(command: ["no-such-program"], environment: [:], input: "")
        let error = await #expect(throws: LaunchError.self) { try await process.run(deadline: Self.never) }
        #expect(error?.description.contains("no-such-program") == true)
    }
}
