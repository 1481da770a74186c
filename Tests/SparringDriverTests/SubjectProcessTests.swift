import Testing

@testable import SparringDriver

/// Real processes: what ends them, what is read of them, and that nothing is left of them.
@Suite("The program under test", .timeLimit(.minutes(20)))
struct SubjectProcessTests {
    /// - Parameter mark: the value of `SPARRING_MARK`; each process its own, or one test would sweep away another's.
    private static func process(_ script: String, mark: String = unique()) -> SubjectProcess {
        SubjectProcess(
            command: ["/bin/sh", "-c", script], environment: ["SPARRING_MARK": mark, "HTTP_PROXY": nil],
            input: "a task\n", mark: "SPARRING_MARK=\(mark)")
    }

    private static func unique() -> String { String(UInt64.random(in: 0 ... .max), radix: 36) }

    /// A deadline that is never reached: it waits until it is cancelled.
    private static let never: @Sendable () async -> String = {
        try? await Task.sleep(for: .seconds(3600))
        return ""
    }

    @Test(
        "ends as it ends: code, signal, output",
        arguments: [
            ("exit 7", SubjectProcess.Ending.exited(7)), ("kill -SEGV $$", .signalled(11)), ("true", .exited(0)),
        ])
    func endings(script: String, ending: SubjectProcess.Ending) async throws {
        let outcome = try await Self.process(script).run(deadline: Self.never)
        #expect(outcome.ending == ending)
    }

    @Test("gets its task on standard input, its environment, no proxy, and a session of its own")
    func surroundings() async throws {
        let script =
            #"cat; echo "$SPARRING_MARK/$HTTP_PROXY/"; test "$(ps -o sid= -p $$ | tr -d ' ')" = $$ && echo alone; echo no >&2"#
        let outcome = try await Self.process(script, mark: "here").run(deadline: Self.never)
        #expect(outcome.standardOutput == "a task\nhere//\nalone\n")
        #expect(outcome.standardError == "no\n")
    }

    @Test("a program that reads nothing loses nothing")
    func noReader() async throws {
        let outcome = try await Self.process("exec 0<&-; echo done").run(deadline: Self.never)
        #expect(outcome.standardOutput == "done\n")
    }

    @Test("keeps the end of a flood")
    func flood() async throws {
        let outcome = try await Self.process("head -c 50000000 /dev/zero | tr '\\0' x; printf end").run(
            deadline: Self.never)
        #expect(outcome.standardOutput.utf8.count == OutputTail.capacity)
        #expect(outcome.standardOutput.suffix(5) == "xxend")
    }

    @Test("is ended at its deadline, deaf to SIGTERM or not, and whatever it started with it")
    func deadline() async throws {
        let mark = Self.unique()
        let script = "trap '' TERM; sleep 3600 & setsid sleep 3600 & wait; wait; sleep 3600"
        let outcome = try await Self.process(script, mark: mark).run { "waiting for request 1" }
        #expect(outcome.ending == .expired(waiting: "waiting for request 1"))
        #expect(Sweep.isClean(of: "SPARRING_MARK=\(mark)"))
    }

    @Test("leaves no process behind, whatever group it has fled to")
    func sweep() async throws {
        let mark = Self.unique()
        let outcome = try await Self.process("setsid sleep 3600 & sleep 3600 & exit 0", mark: mark).run(
            deadline: Self.never)
        #expect(outcome.ending == .exited(0))
        #expect(Sweep.isClean(of: "SPARRING_MARK=\(mark)"))
    }

    @Test("a program that is not there is named")
    func launch() async {
        let process = SubjectProcess(command: ["no-such-program"], environment: [:], input: "", mark: "A=b")
        let error = await #expect(throws: LaunchError.self) { try await process.run(deadline: Self.never) }
        #expect(error?.description.contains("no-such-program") == true)
    }
}
