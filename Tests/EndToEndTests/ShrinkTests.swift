import Testing

@Suite("`sparring shrink`", .timeLimit(.minutes(20)))
struct ShrinkTests {
    /// A program that fails if two of its twenty calls get status 503.
    private static let program = """
        import json, os, sys, urllib.request, urllib.error
        bad = 0
        for i in range(20):
            body = json.dumps({"model": "gpt-4o-mini", "messages": [{"role": "user", "content": f"n {i}"}]}).encode()
            request = urllib.request.Request(os.environ["OPENAI_BASE_URL"] + "/chat/completions", body, {
                "content-type": "application/json", "authorization": "Bearer " + os.environ["OPENAI_API_KEY"]})
            try:
                urllib.request.urlopen(request).read()
            except urllib.error.HTTPError as error:
                bad += error.code == 503
            except Exception:
                pass
        print("bad", bad)
        sys.exit(bad >= 2)
        """

    @Test("`shrink` prints a scenario with the fewest faults that still makes the program fail")
    func shrinks() async throws {
        let scratch = try ScratchDirectory()
        let scenario = try scratch.write(
            """
            # Half of all calls.
            schema: 1
            scenario: half
            seed: 3
            chaos:
              rate: 50%
              strikes:
                - { weight: 2, error: server_is_overloaded }
                - { weight: 1, error: server_error }
                - reset at start
            otherwise: auto
            """, to: "half.yaml")
        let program = try scratch.write(Self.program, to: "program.py")
        let shrunk = try await SparringBinary.run(["shrink", scenario, "--seed", "5", "--", "python3", program])
        #expect(shrunk.exitCode == 0, "\(shrunk.standardError)")
        let text = shrunk.standardOutput
        #expect(text.contains("scenario: half-seed-5-shrunk"), "\(text)")
        #expect(text.contains(#": POST /v1/chat/completions  gpt-4o-mini  "n "#), "\(text)")
        #expect(text.contains("2 are enough") && text.contains("otherwise: auto"), "\(text)")
        #expect(text.split(separator: "\n").count { $0.contains(#""error":"server_is_overloaded""#) } == 2, "\(text)")

        let file = try scratch.write(text, to: "shrunk.yaml")
        let again = try await SparringBinary.run(["run", file, "--", "python3", program])
        #expect(again.exitCode == 1 && again.standardOutput.contains("bad 2"), "\(again.standardError)")
        #expect(again.standardError.contains("seed 5"))
    }

    @Test("`shrink` rejects a program that passes and a scenario without random faults")
    func nothing() async throws {
        let passes = try await SparringBinary.run(["shrink", "chaos/calm", "--seed", "1", "--", "true"])
        #expect(passes.exitCode == 64 && passes.standardError.contains("there is no failure to shrink"))
        let still = try await SparringBinary.run(["shrink", "hello", "--", "true"])
        #expect(still.exitCode == 64 && still.standardError.contains("has no random faults"))
    }
}
