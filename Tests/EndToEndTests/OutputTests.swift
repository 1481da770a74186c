import Foundation
import TestSupport
import Testing

/// Tests output without a reader, and output to a full disk.
@Suite("Output of the program", .timeLimit(.minutes(5)))
struct ProgramOutputTests {
    /// Runs a line of Bash with the program as `$S`, the folder of drivers as `$D` and a full disk as `$FULL`. `$FULL` is a link to a
    /// device: a program that wrongly replaced the file would replace only the link.
    private static func shell(_ line: String) async throws -> ChildProcess.Outcome {
        let scratch = try ScratchDirectory()
        let full = scratch.url.appending(path: "full").path
        try FileManager.default.createSymbolicLink(atPath: full, withDestinationPath: "/dev/full")
        return try await ChildProcess(
            URL(filePath: "/bin/bash"), ["-c", "ulimit -c 0; " + line],
            environment: [
                "S": SparringBinary.url.path, "D": SparringBinary.root.appending(path: "fixtures/drivers").path,
                "PYTHONDONTWRITEBYTECODE": "1", "FULL": full,
            ]
        ).outcome(within: .seconds(60))
    }

    @Test(
        "A command whose reader has closed the pipe ends without a message, as cat does",
        arguments: [
            "$S run -- true >&9 2>&9", "$S cases >&9", "$S faults list >&9", "$S scenarios show hello >&9",
            "$S --help >&9",
            "$S check sanity.hello --out /dev/null -- $D/mutants --sin retries-400 >&9",
            "$S check 'no-retry.4*' --out /dev/null --format json --jobs 1 -- $D/good >&9",
            "$S serve --port 0 >&9",
        ])
    func readerGone(line: String) async throws {
        // Descriptor 9 is a pipe whose reader has ended before the command starts.
        let outcome = try await Self.shell("exec 9> >(true); wait $!; " + line)
        #expect(outcome.exitCode == 141, "\(outcome.standardError)")
        #expect(outcome.standardError.isEmpty, "\(outcome.standardError)")
    }

    @Test(
        "A full disk leads to one error line with the place, and exit code 74",
        arguments: [
            ("$S check sanity.hello --out $FULL -- $D/good", "/full"),
            ("$S check sanity.hello --out /dev/null -- $D/good > /dev/full", "standard output"),
            ("$S check sanity.hello --out /dev/null --format json -- $D/good > /dev/full", "standard output"),
            ("$S cases > /dev/full", "standard output"), ("$S scenarios > /dev/full", "standard output"),
            ("$S --help > /dev/full", "standard output"), ("$S --version > /dev/full", "standard output"),
            ("$S serve --port 0 > /dev/full", "standard output"),
            ("$S serve --port 0 --quiet --ready-file $FULL", "/full"),
        ])
    func fullDisk(line: String, place: String) async throws {
        let outcome = try await Self.shell(line)
        #expect(outcome.exitCode == 74, "\(outcome.standardError)")
        #expect(outcome.standardError.hasPrefix("sparring: cannot write "))
        #expect(outcome.standardError.hasSuffix("\(place): No space left on device\n"))
    }

    @Test(
        "A command that cannot print its error still ends with the error's exit code",
        arguments: ["$S run hello --json -- true 2> /dev/full", "$S serve no-such-scenario 2> /dev/full"])
    func fullStandardError(line: String) async throws {
        let outcome = try await Self.shell(line)
        #expect(outcome.exitCode == 74)
    }

    @Test("A server whose log cannot be written stops gracefully and completes its journal")
    func log() async throws {
        let scratch = try ScratchDirectory()
        let (ready, journal) = (scratch.url.appending(path: "ready").path, scratch.url.appending(path: "j.sqlite").path)
        let server = try ChildProcess(
            URL(filePath: "/bin/bash"),
            ["-c", "exec \(SparringBinary.url.path) serve --port 0 --ready-file \(ready) --db \(journal) 2> /dev/full"])
        #expect(try await eventually { FileManager.default.fileExists(atPath: ready) })
        let text = try String(contentsOfFile: ready, encoding: .utf8).trimmed
        let port = try #require(URL(string: text)?.port.flatMap(UInt16.init(exactly:)))
        let status = try await blocking { try RawRequest.status(port: port) }
        #expect(status == 200)
        let outcome = try await server.outcome(within: .seconds(30))
        #expect(outcome.exitCode == 74)
        #expect(FileManager.default.fileExists(atPath: journal))
        #expect(!FileManager.default.fileExists(atPath: journal + "-wal"), "the journal was closed")
    }

    @Test("The ready file - means standard output")
    func readyOnStandardOutput() async throws {
        let outcome = try await SparringBinary.run(
            ["serve", "--port", "0", "--quiet", "--until-eof", "--ready-file", "-"])
        #expect(outcome.standardOutput.hasPrefix("http://127.0.0.1:"))
        #expect(outcome.standardOutput.hasSuffix("/v1\n"))
        #expect(outcome.exitCode == 0)
    }
}
