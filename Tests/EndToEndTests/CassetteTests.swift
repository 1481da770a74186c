import Foundation
import Testing

/// Tests the commands for cassettes, with real recordings if they are installed.
@Suite(
    "The `sparring cassette` commands", .enabled(if: PythonClient.isInstalled, "\(PythonClient.missing)"),
    .timeLimit(.minutes(20)))
struct CassetteTests {
    private static let vcr = SparringBinary.root.deletingLastPathComponent().appending(path: "shared/recordings/vcr")
        .path
    private static let hasRecordings = FileManager.default.fileExists(atPath: vcr)

    @discardableResult
    private static func cassette(_ arguments: String..., fails code: Int32 = 0) async throws -> ChildProcess.Outcome {
        let outcome = try await SparringBinary.run(["cassette"] + arguments)
        #expect(outcome.exitCode == code, "\(arguments): \(outcome.standardError)")
        return outcome
    }

    /// Records a cassette of three exchanges, one of which is cut off.
    private static func cassette(_ path: String) async throws {
        let upstream = try await CassetteServerProcess(upstream: "broken.py")
        let recorder = try await CassetteServerProcess([
            "record", path, "--upstream", upstream.baseURL, "--keep-failures",
        ])
        for name in ["whole", "cut", "secret"] { _ = try await recorder.ask("/v1/\(name)", body: #"{"mail": "me@x"}"#) }
        _ = try await recorder.stop()
    }

    @Test("A cassette converts from a file to a folder and back without loss")
    func forms() async throws {
        let scratch = try ScratchDirectory()
        func path(_ name: String) -> String { scratch.url.appending(path: name).path }
        try await Self.cassette(path("a.sqlite"))
        let first = try await Self.cassette("export", path("a.sqlite")).standardOutput
        try await Self.cassette("import", path("folder"), path("a.sqlite"))
        #expect(try String(contentsOfFile: path("folder/default.jsonl"), encoding: .utf8) == first)
        try await Self.cassette("import", path("b.sqlite"), path("folder"))
        #expect(try await Self.cassette("export", path("b.sqlite")).standardOutput == first)
        #expect(
            try await Self.cassette("diff", path("a.sqlite"), path("folder")).standardOutput.contains(
                "no difference in 3"))
        let player = try await CassetteServerProcess([
            "replay", path("folder"), "--match", "exact", "--time-scale", "0",
        ])
        #expect(try await player.ask("/v1/whole", body: #"{"mail": "me@x"}"#).text.contains("200 OK"))
    }

    @Test("A folder cassette lists an exchange that SIGKILL cut as unfinished, until `trim` removes it")
    func folder() async throws {
        let scratch = try ScratchDirectory()
        let folder = scratch.url.appending(path: "cassette").path
        let upstream = try await CassetteServerProcess(upstream: "broken.py")
        let killed = try await CassetteServerProcess(["record", folder, "--upstream", upstream.baseURL])
        async let endless = killed.ask("/v1/endless")
        _ = try await killed.ask("/v1/whole")
        let isWritten = try await eventually {
            let lines = try? String(contentsOfFile: folder + "/default.jsonl", encoding: .utf8)
            // A running exchange is in the database next to the files, in its write-ahead log.
            let underWay = try? Data(contentsOf: URL(filePath: folder + "/.recording.sqlite-wal"))
            return lines?.contains("/v1/whole") ?? false
                && underWay?.range(of: Data("/v1/endless".utf8)) != nil
        }
        #expect(isWritten)
        killed.child.signal(SIGKILL)
        _ = try await endless
        let again = try await CassetteServerProcess(["record", folder, "--upstream", upstream.baseURL])
        _ = try await again.ask("/v1/old")
        _ = try await again.stop()
        let list = try await Self.cassette("ls", folder).standardOutput
        #expect(list.contains("/v1/whole") && list.contains("/v1/old"), "\(list)")
        #expect(
            list.split(separator: "\n").contains { $0.contains("/v1/endless") && $0.hasSuffix("unfinished") }, "\(list)"
        )
        try await Self.cassette("trim", folder)
        #expect(try await !Self.cassette("ls", folder).standardOutput.contains("endless"))
    }

    @Test("`cassette scrub` leaves no byte of a redacted value on disk")
    func scrub() async throws {
        let scratch = try ScratchDirectory()
        let cassette = scratch.url.appending(path: "a.sqlite").path
        try await Self.cassette(cassette)
        #expect(try Data(contentsOf: URL(filePath: cassette)).range(of: Data("me@x".utf8)) != nil)
        let outcome = try await Self.cassette("scrub", cassette, "--redact", "$.mail")
        #expect(outcome.standardOutput.contains("3 of 3 exchanges changed"))
        for file in try FileManager.default.contentsOfDirectory(at: scratch.url, includingPropertiesForKeys: nil) {
            #expect(try Data(contentsOf: file).range(of: Data("me@x".utf8)) == nil, "\(file)")
        }
        let player = try await CassetteServerProcess(["replay", cassette, "--time-scale", "0"])
        #expect(try await player.ask("/v1/whole", body: #"{"mail":"you@x"}"#).text.contains("200 OK"))
    }

    @Test(
        "`cassette import` masks secrets in binary bodies, and replays bodies without secrets byte for byte"
    )
    func secrets() async throws {
        let scratch = try ScratchDirectory()
        func path(_ name: String) -> String { scratch.url.appending(path: name).path }
        // {"echo":"sk-svcacct-…","api_key":"…"} and {"echo":"hello from the tape"}, both gzip.
        let secret =
            "H4sIAAAAAAACAw3KywpAUBAA0H+ZNXXfD0tJ8hMac+ciC4qU5N856/MA07xBBcdaHhch0VkKlLUi3Ri2rZt8F5bYQwG4L8PK939FlqySJjNadNGH4KNDOxrSSbHMAt4P090WbFcAAAA="
        let harmless = "H4sIAAAAAAACA6tWSk3OyFeyUspIzcnJV0grys9VKMlIVShJLEhVqgUAtBtnuR4AAAA="
        func interaction(_ name: String, _ coding: String, _ body: String) -> String {
            """
            - request:
                body: '{}'
                headers:
                  ? !!python/object/apply:multidict._multidict.istr
                  - api-key
                  : - 0f1e2d3c4b5a69788796a5b4c3d2e1f0
                method: POST
                uri: https://example.org/v1/\(name)?api-key=0f1e2d3c4b5a69788796a5b4c3d2e1f0
              response:
                body: { string: !!binary "\(body)" }
                headers: { content-encoding: [\(coding)], content-type: [application/json], content-length: ['1'] }
                status: { code: 200, message: OK }

            """
        }
        let cassette =
            "interactions:\n" + interaction("secret", "gzip", secret) + interaction("clean", "gzip", harmless)
            + interaction("closed", "br", "CwKA/w==")
        try Data(cassette.utf8).write(to: URL(filePath: path("c.yaml")))
        let outcome = try await Self.cassette("import", path("folder"), path("c.yaml"))
        #expect(outcome.standardOutput.hasPrefix("2 exchanges added to"))
        #expect(
            outcome.standardError.contains(
                "left out: \(path("c.yaml")): POST /v1/closed?api-key=…(masked): its answer is coded"))
        let written = try String(contentsOfFile: path("folder/default.jsonl"), encoding: .utf8)
        #expect(!written.contains("0f1e2d3c4b5a") && !written.contains("0a1B2c3D4e5F") && !written.contains(secret))
        #expect(!outcome.standardError.contains("0f1e2d3c4b5a"))
        try Data(("interactions:\n" + interaction("closed", "br", "CwKA/w==")).utf8).write(
            to: URL(filePath: path("closed.yaml")))
        try await Self.cassette("import", path("other"), path("closed.yaml"), fails: 65)
        let player = try await CassetteServerProcess(["replay", path("folder"), "--time-scale", "0"])
        let target = "?api-key=0f1e2d3c4b5a69788796a5b4c3d2e1f0"
        let masked = try await player.ask("/v1/secret\(target)")
        #expect(masked.text.hasSuffix(#"{"echo":"sk-…(masked)","api_key":"…(masked)"}"#), "\(masked.text)")
        let clean = try await player.ask("/v1/clean\(target)")
        let bytes = try #require(Data(base64Encoded: harmless))
        #expect(clean.text.hasSuffix(String(decoding: bytes, as: UTF8.self)))
        #expect(clean.text.contains("content-encoding: gzip") && clean.text.contains("content-length: \(bytes.count)"))
    }

    @Test(
        "`cassette import` reads real VCR.py cassettes, and the HAR archives that `export` makes from them",
        .enabled(if: hasRecordings))
    func recordings() async throws {
        let scratch = try ScratchDirectory()
        func path(_ name: String) -> String { scratch.url.appending(path: name).path }
        let files = try FileManager.default.contentsOfDirectory(atPath: Self.vcr).sorted().map { "\(Self.vcr)/\($0)" }
        let imported = try await SparringBinary.run(["cassette", "import", path("a.sqlite")] + files)
        #expect(imported.standardOutput.contains("13 exchanges added to"), "\(imported.standardError)")
        try await Self.cassette("export", path("a.sqlite"), "--format", "har", "--out", path("a.har"))
        try await Self.cassette("import", path("b.sqlite"), path("a.har"))
        #expect(
            try await Self.cassette("diff", path("a.sqlite"), path("b.sqlite")).standardOutput.contains(
                "no difference in 13"))
        let request = try scratch.write(
            #"{"model":"gpt-4","messages":[{"content":"Say this is a test","role":"user"}],"stream":true,"stream_options":{"include_usage":true}}"#,
            to: "request.json")
        #expect(try await Self.cassette("explain", path("a.sqlite"), request).standardOutput.contains("answered by"))
        try await Self.cassette("merge", path("c.sqlite"), path("a.sqlite"), path("b.sqlite"))
        #expect(
            try await Self.cassette("trim", path("c.sqlite"), "--repeats", "--failures").standardOutput.contains(
                "of 26"))
    }

    @Test("`cassette import` reads mitmproxy flows and removes the API key from them")
    func mitmproxy() async throws {
        let scratch = try ScratchDirectory()
        let cassette = scratch.url.appending(path: "a.sqlite").path
        let flows = SparringBinary.root.appending(path: "fixtures/cassettes/flows.mitm").path
        #expect(try Data(contentsOf: URL(filePath: flows)).range(of: Data("sk-proj-abcdefgh".utf8)) != nil)
        #expect(try await Self.cassette("import", cassette, flows).standardOutput.contains("2 exchanges added to"))
        #expect(try Data(contentsOf: URL(filePath: cassette)).range(of: Data("sk-proj-abcdefgh".utf8)) == nil)
        let player = try await CassetteServerProcess(["replay", cassette, "--time-scale", "0"])
        let body = #"{"model":"gpt-4o-mini","stream":true,"messages":[{"role":"user","content":"Count."}]}"#
        let answer = try await player.ask("/v1/chat/completions", body: body)
        #expect(answer.text.contains("HTTP/1.1 200") && answer.text.contains("data: [DONE]"), "\(answer)")
        let cut = try scratch.write("3675:9:websocket;0:~", to: "cut.mitm")
        #expect(try await Self.cassette("import", cassette, cut, fails: 65).standardError.contains("flow 1"))
    }

    @Test("A scenario that is exported from a cassette serves the recorded bodies")
    func scenario() async throws {
        let scratch = try ScratchDirectory()
        let cassette = scratch.url.appending(path: "a.sqlite").path
        let upstream = try await CassetteServerProcess(["serve"])
        let recorder = try await CassetteServerProcess(["record", cassette, "--upstream", upstream.baseURL])
        let requests = [
            ("/v1/chat/completions", #"{"model":"gpt-4o-mini","messages":[{"role":"user","content":"hi"}]}"#),
            (
                "/v1/chat/completions",
                #"{"model":"gpt-4o-mini","stream":true,"messages":[{"role":"user","content":"hi"}]}"#
            ),
            ("/v1/chat/completions", #"{"model":"gpt-4o-mini","messages":[{"role":"user","content":"hi"}]}"#),
            ("/v1/embeddings", #"{"model":"text-embedding-3-small","input":["a","b"]}"#),
            ("/v1/responses", #"{"model":"gpt-4o-mini","input":"hi"}"#),
        ]
        func bodies(_ server: CassetteServerProcess) async throws -> [String] {
            var bodies: [String] = []
            for (path, body) in requests {
                let answer = try await server.ask(path, headers: ["Authorization: Bearer sk-x"], body: body)
                let whole = answer.text.components(separatedBy: "\r\n\r\n").dropFirst().joined()
                // The chunks of a stream differ in each run.
                let lines = whole.components(separatedBy: "\r\n").filter { Int($0, radix: 16) == nil }
                bodies.append(lines.joined())
            }
            return bodies
        }
        let recorded = try await bodies(recorder)
        _ = try await recorder.stop()
        let scenario = scratch.url.appending(path: "mine.yaml").path
        try await Self.cassette("export", cassette, "--format", "scenario", "--out", scenario)
        #expect(try await SparringBinary.run(["lint", scenario]).exitCode == 0)
        let served = try await CassetteServerProcess(["serve", scenario])
        #expect(try await bodies(served) == recorded)
        #expect(recorded.allSatisfy { $0.count > 100 })

        let apart = scratch.url.appending(path: "apart.yaml").path
        try await Self.cassette("export", cassette, "--format", "scenario", "--out", apart, "--files")
        let names = try FileManager.default.contentsOfDirectory(atPath: scratch.url.appending(path: "apart").path)
        #expect(names.count == recorded.count, "\(names)")
        let fromFiles = try await CassetteServerProcess(["serve", apart])
        #expect(try await bodies(fromFiles) == recorded)
        let nowhere = try await SparringBinary.run(["cassette", "export", cassette, "--format", "scenario", "--files"])
        #expect(nowhere.exitCode == 64 && nowhere.standardError.contains("--out"), "\(nowhere.standardError)")
    }

    @Test("`cassette verify` compares a cassette with the upstream's current answers")
    func verify() async throws {
        let scratch = try ScratchDirectory()
        let cassette = scratch.url.appending(path: "a.sqlite").path
        let upstream = try await CassetteServerProcess(["serve"])
        let recorder = try await CassetteServerProcess(["record", cassette, "--upstream", upstream.baseURL])
        let body = #"{"model":"gpt-4o-mini","messages":[{"role":"user","content":"hi"}]}"#
        _ = try await recorder.ask("/v1/chat/completions", headers: ["Authorization: Bearer sk-x"], body: body)
        _ = try await recorder.stop()
        func verify(_ server: CassetteServerProcess, _ more: String..., fails code: Int32) async throws -> String {
            let outcome = try await SparringBinary.run(
                ["cassette", "verify", cassette, "--upstream", server.baseURL, "--upstream-key-env", "KEY"] + more,
                environment: ["KEY": "sk-y"])
            #expect(outcome.exitCode == code, "\(outcome.standardOutput) \(outcome.standardError)")
            return outcome.standardOutput
        }
        #expect(try await verify(upstream, fails: 0).contains("as recorded"))
        #expect(try await verify(upstream, "--dry-run", fails: 0).contains("1 would be sent, about $0.0001"))
        #expect(try await verify(upstream, "--budget", "0", fails: 64).contains("left out"))
        let drifted = try scratch.write(
            """
            schema: 1
            scenario: drifted
            steps:
              - raw: { headers: { content-type: application/json }, json: { id: x, object: chat.completion, choices: [] } }
                times: forever
            """, to: "drifted.yaml")
        let now = try await CassetteServerProcess(["serve", drifted], port: FreePort.next())
        #expect(try await verify(now, fails: 1).contains("$.usage   gone, was object"))
        _ = try await now.stop()
        #expect(try await verify(now, fails: 70).contains("cannot be reached"))
    }

    private static func mapping(_ number: Int) -> String {
        #"{"request":{"url":"/v1/\#(number)","method":"POST","bodyPatterns":[{"equalToJson":"{}"}]},"response":{"status":200,"bodyFileName":"\#(number).txt"}}"#
    }

    @Test("`cassette import` reads folders and patterns, and imports the rest if a file is bad")
    func folders() async throws {
        let scratch = try ScratchDirectory()
        func path(_ name: String) -> String { scratch.url.appending(path: name).path }
        for folder in ["in/mappings/deep", "in/__files"] {
            try FileManager.default.createDirectory(atPath: path(folder), withIntermediateDirectories: true)
        }
        func write(_ text: String, _ name: String) throws {
            try Data(text.utf8).write(to: URL(filePath: path(name)))
        }
        try write(Self.mapping(1), "in/mappings/one.json")
        try write(Self.mapping(2), "in/mappings/deep/two.json")
        try write("{ interactions: [", "in/mappings/bad.yaml")
        try write("not looked at", "in/mappings/notes.md")
        for number in 1...2 { try write("answer \(number)", "in/__files/\(number).txt") }
        for argument in ["in", "in/mappings/**/*.*", "in/mapping?/**"] {
            let cassette = path("\(argument.count).sqlite")
            let outcome = try await Self.cassette("import", cassette, path(argument))
            #expect(outcome.standardOutput.hasPrefix("2 exchanges added to"), "\(argument)")
            #expect(outcome.standardError.contains("not imported: \(path("in/mappings/bad.yaml")): line "))
        }
        let player = try await CassetteServerProcess(["replay", path("2.sqlite"), "--time-scale", "0"])
        for number in 1...2 {
            #expect(try await player.ask("/v1/\(number)", body: "{}").text.contains("answer \(number)"))
        }
        let named = try await Self.cassette(
            "import", path("n.sqlite"), path("in/mappings/bad.yaml"), path("gone.har"), path("in/mappings/one.json"),
            fails: 65)
        #expect(named.standardOutput.hasPrefix("1 exchange added to"))
        for name in ["in/mappings/bad.yaml: line ", "gone.har: no such file"] {
            #expect(named.standardError.contains("not imported: \(path(name))"), "\(named.standardError)")
        }
    }

    @Test(
        "A failed import creates no cassette, and keeps an existing one",
        arguments: ["t.sqlite", "t"])
    func failedImport(name: String) async throws {
        let scratch = try ScratchDirectory()
        let cassette = scratch.url.appending(path: name).path
        for (text, file) in [
            ("a: 1", "x.yaml"), ("interactions: []", "y.yaml"), (#"{"log":{"entries":[1]}}"#, "z.har"),
        ] {
            let source = try scratch.write(text, to: file)
            let outcome = try await Self.cassette("import", cassette, source, fails: 65)
            #expect(outcome.standardError.contains("no exchange was added to \(cassette)"))
            #expect(!FileManager.default.fileExists(atPath: cassette), "\(file)")
        }
        try await Self.cassette(
            "import", cassette, try scratch.write(#"{"log":{"entries":[]}}"#, to: "w.har"), fails: 65)
        let good =
            "interactions: [{request: {method: get, uri: 'https://x/v1/a'}, response: {status: {code: 200}, body: hi}}]"
        try await Self.cassette("import", cassette, try scratch.write(good, to: "good.yaml"))
        try await Self.cassette("import", cassette, scratch.url.appending(path: "x.yaml").path, fails: 65)
        #expect(try await Self.cassette("ls", cassette).standardOutput.contains("GET  /v1/a"))
    }

    @Test("`cassette import` reports recordings with a masked URI, and `replay` answers from them")
    func maskedURI() async throws {
        let scratch = try ScratchDirectory()
        let cassette = scratch.url.appending(path: "a.sqlite").path
        let file = """
            interactions:
            - request: { method: POST, uri: '**REDACTED**', body: '{"model":"m"}', headers: {} }
              response: { status: { code: 200, message: OK }, headers: {}, body: { string: masked } }
            - request: { method: POST, uri: 'https://x/v1/responses', body: '{"model":"n"}', headers: {} }
              response: { status: { code: 200, message: OK }, headers: {}, body: { string: known } }
            """
        let outcome = try await Self.cassette("import", cassette, try scratch.write(file, to: "c.yaml"))
        #expect(outcome.standardOutput.hasPrefix("2 exchanges added to \(cassette)\n1 of them without a path"))
        let player = try await CassetteServerProcess(["replay", cassette, "--time-scale", "0"])
        #expect(try await player.ask("/v1/responses", body: #"{ "model": "m" }"#).text.contains("masked"))
        #expect(try await player.ask("/v1/chat/completions", body: #"{"model":"n"}"#).text.contains("400 Bad Request"))
    }

    @Test("`replay` rejects a cassette without recordings")
    func emptyCassette() async throws {
        let scratch = try ScratchDirectory()
        let cassette = scratch.url.appending(path: "a.sqlite").path
        let upstream = try await CassetteServerProcess(upstream: "broken.py")
        _ = try await CassetteServerProcess(["record", cassette, "--upstream", upstream.baseURL]).stop()
        let outcome = try await SparringBinary.run(["replay", cassette, "--", "true"])
        #expect(outcome.exitCode == 65 && outcome.standardError.contains("no recording in this cassette"))
    }

    @Test("`cassette ls` and `cassette import` report what is wrong with a file that is not a cassette")
    func mistakes() async throws {
        let scratch = try ScratchDirectory()
        let text = try scratch.write("hello, this is not a database, and rather long for one", to: "a.sqlite")
        #expect(try await Self.cassette("ls", text, fails: 65).standardError.contains("is not an SQLite database"))
        #expect(
            try await Self.cassette("ls", text + "x.sqlite", fails: 65).standardError.contains(
                "there is no such cassette"))
        let har = try scratch.write(#"{"log":{"entries":[{"request":1}]}}"#, to: "a.har")
        let cassette = scratch.url.appending(path: "b.sqlite").path
        #expect(try await Self.cassette("import", cassette, har, fails: 65).standardError.contains("entry 1"))
    }
}
