import Foundation
import Testing

@Suite("Exact token counts", .timeLimit(.minutes(20)))
struct TokensTests {
    private static let vocabularies = SparringBinary.root.appending(path: ".vocabularies").path
    private static let o200k = "fb374d419588a4632f3f557e76b4b70aebbca790"
    /// An environment without the developer's cache.
    private static let nothing = ["XDG_CACHE_HOME": "/no/where", "TIKTOKEN_CACHE_DIR": ""]

    private struct Comparison: Decodable {
        var count: Int
        var wrong: [String]
    }

    @Test(
        "Token counts agree with tiktoken in usage, cuts, streams and limits, through the openai package",
        .enabled(if: PythonClient.isInstalled, "\(PythonClient.missing)"))
    func client() async throws {
        let scratch = try ScratchDirectory()
        let scenario = try scratch.write(
            "schema: 1\nscenario: window\nmodels: { \"*\": { shutdown_date: never }, gpt-4o-mini: { context_window: 64 } }\notherwise: auto\n",
            to: "window.yaml")
        let server = try await ServerProcess([scenario], options: ["--vocabularies", Self.vocabularies])
        let outcome = try await ChildProcess(
            URL(filePath: PythonClient.interpreter), [PythonClient.script("tokens.py"), server.baseURL],
            environment: ["TIKTOKEN_CACHE_DIR": Self.vocabularies]
        ).outcome()
        let seen = try JSONDecoder().decode(Comparison.self, from: Data(outcome.standardOutput.utf8))
        #expect(seen.count > 500)
        #expect(seen.wrong == [], "\(outcome.standardError)")
    }

    @Test("A header and `health` report whether token counts are exact", arguments: [true, false])
    func honesty(isExact: Bool) async throws {
        let options = isExact ? ["--vocabularies", Self.vocabularies] : []
        let word = isExact ? "exact" : "estimated"
        let script = """
            import http.client, json, os, urllib.parse
            url = urllib.parse.urlsplit(os.environ["OPENAI_BASE_URL"])
            connection = http.client.HTTPConnection(url.hostname, url.port)
            body = json.dumps({"model": "gpt-4o", "messages": [{"role": "user", "content": "antidisestablishmentarianism"}]})
            connection.request("POST", url.path + "/chat/completions", body, {"Authorization": "Bearer sk"})
            answer = connection.getresponse()
            print(answer.headers["x-sparring-tokens"], json.loads(answer.read())["usage"]["prompt_tokens"])
            connection.request("GET", "/_sparring/health")
            print(json.loads(connection.getresponse().read())["tokens"])
            """
        let outcome = try await SparringBinary.run(
            ["run"] + options + ["--", "python3", "-c", script], environment: Self.nothing)
        #expect(outcome.standardOutput == "\(word) \(isExact ? 13 : 10)\n\(word)\n", "\(outcome.standardError)")
    }

    @Test("`serve` prints whether token counts are exact")
    func banner() async throws {
        let scratch = try ScratchDirectory()
        for (options, line) in [
            (["--vocabularies", Self.vocabularies], "tokens exact (o200k_base, cl100k_base)"),
            ([], "tokens estimated (exact after: sparring tokens install)"),
        ] {
            let ready = scratch.url.appending(path: "ready\(options.count)").path
            let child = try ChildProcess(
                SparringBinary.url, ["serve", "--port", "0", "--ready-file", ready] + options, environment: Self.nothing
            )
            #expect(try await eventually { child.standardOutput.contains(line) || !child.isRunning })
            #expect(child.standardOutput.contains(line), "\(child.standardOutput)\(child.standardError)")
            child.signal(SIGKILL)
        }
    }

    @Test("`serve` rejects a wrong vocabulary file or an empty vocabulary folder before it listens")
    func wrongSum() async throws {
        let scratch = try ScratchDirectory()
        let path = try scratch.write("YQ== 0\n", to: Self.o200k)
        let outcome = try await SparringBinary.run(["serve", "--port", "0", "--vocabularies", scratch.url.path])
        #expect(outcome.exitCode == 65)
        #expect(outcome.standardError.contains("\(path) is not the published o200k_base: its SHA-256 is"))
        let empty = try await SparringBinary.run(["serve", "--port", "0", "--vocabularies", "/no/where"])
        #expect(empty.exitCode == 64)
        #expect(empty.standardError.contains("--vocabularies: /no/where has no vocabulary"))
    }

    @Test("`tokens count` estimates until the vocabularies are installed and is exact afterwards")
    func command() async throws {
        let scratch = try ScratchDirectory()
        let text = try scratch.write("internationalization of naïve 日本語 🥊", to: "text.txt")
        var environment = Self.nothing
        environment["XDG_CACHE_HOME"] = scratch.url.path
        func count(_ options: String...) async throws -> String {
            let outcome = try await SparringBinary.run(["tokens", "count", text] + options, environment: environment)
            return outcome.exitCode == 0 ? outcome.standardOutput.trimmed : outcome.standardError.trimmed
        }
        #expect(try await count().hasPrefix("~"))
        let installed = try await SparringBinary.run(
            ["tokens", "install", "--from", Self.vocabularies], environment: environment)
        #expect(installed.standardOutput.contains("o200k_base  \(scratch.url.path)/sparring/\(Self.o200k)"))
        let exact = try await count()
        #expect(exact == "10")
        #expect(try await count("--encoding", "cl100k_base") == "12")
        #expect(try await count("--model", "gpt-4") == "12")
        #expect(try await count("--encoding", "klingon").contains("is not one of o200k_base, cl100k_base"))
    }
}
