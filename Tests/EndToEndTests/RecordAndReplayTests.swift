import Foundation
import TestSupport
import Testing

/// Tests recording and replaying of real traffic with the built program.
@Suite(
    "`record` and `replay` with real traffic", .enabled(if: PythonClient.isInstalled, "\(PythonClient.missing)"),
    .timeLimit(.minutes(20)))
struct RecordAndReplayTests {
    private struct Session: Decodable {
        var told: [String]
        var times: [Double]
    }

    private static let client = [PythonClient.interpreter, PythonClient.script("openai_session.py")]

    @Test("`replay` gives the openai package the recorded answers offline, with the recorded pauses")
    func session() async throws {
        let scratch = try ScratchDirectory()
        let cassette = scratch.url.appending(path: "cassette.sqlite").path
        let scenario = try scratch.write(
            """
            schema: 1
            scenario: upstream
            rules:
              - when: { endpoint: chat.completions, stream: true }
                then: last
                steps: [ { text: "one two three four five six", stream: { first: 50ms, every: 20ms } } ]
            otherwise: auto
            """, to: "upstream.yaml")
        let upstream = try await ServerProcess([scenario])
        let recorded = try await Slots.clients.use {
            try await SparringBinary.run(["record", cassette, "--upstream", upstream.baseURL, "--"] + Self.client)
        }
        upstream.child.signal(SIGINT)
        #expect(recorded.exitCode == 0, "\(recorded.standardError)")
        #expect(try await upstream.child.outcome().exitCode == 130)

        let replayed = try await Slots.clients.use {
            try await SparringBinary.run(["replay", cassette, "--"] + Self.client)
        }
        #expect(replayed.exitCode == 0, "\(replayed.standardError)")
        // The number of polls of the batch depends on the machine.
        #expect(
            replayed.standardError.contains("answered from the cassette · 0 missed · all recordings were used"),
            "\(replayed.standardError)")
        let (first, second) = (
            try JSONDecoder().decode(Session.self, from: Data(recorded.standardOutput.utf8)),
            try JSONDecoder().decode(Session.self, from: Data(replayed.standardOutput.utf8))
        )
        #expect(first.told == second.told)
        // The recording contains the pauses of the scenario. A replay may be late on a slow machine, but never early.
        #expect((second.times.last ?? 0) >= 0.14, "\(second.times)")
    }

    @Test("`replay --match conversation` answers agents that create new identifiers in every run")
    func conversation() async throws {
        let scratch = try ScratchDirectory()
        let cassette = scratch.url.appending(path: "cassette.sqlite").path
        let scenario = try scratch.write(
            #"""
            schema: 1
            scenario: upstream
            rules:
              - when:
                  endpoint: chat.completions
                  tool_result: { regex: '(?<sky>\w+)' }
                  system: { regex: 'Run (?<run>[0-9a-f-]+)' }
                text: "{{sky}} in run {{run}}."
              - when: { endpoint: chat.completions, offers_tool: get_weather }
                tools: [ { name: get_weather, arguments: { city: Paris } } ]
            otherwise: auto
            """#, to: "upstream.yaml")
        let agents = [PythonClient.interpreter, PythonClient.script("openai_agent.py")]
        let upstream = try await ServerProcess([scenario])
        let recorded = try await Slots.clients.use {
            try await SparringBinary.run(["record", cassette, "--upstream", upstream.baseURL, "--"] + agents)
        }
        upstream.child.signal(SIGINT)
        #expect(recorded.exitCode == 0, "\(recorded.standardError)")
        _ = try await upstream.child.outcome()

        func replay(_ arguments: String...) async throws -> ChildProcess.Outcome {
            try await Slots.clients.use {
                try await SparringBinary.run(["replay", cassette, "--time-scale", "0"] + arguments + ["--"] + agents)
            }
        }
        for _ in 1...2 {
            let replayed = try await replay("--match", "conversation")
            #expect(replayed.exitCode == 0, "\(replayed.standardError)")
            #expect(replayed.standardOutput == recorded.standardOutput)
        }
        let byName = try await replay()
        #expect(byName.exitCode != 0 && byName.standardError.contains("would match with   --match conversation"))
    }

    @Test("`replay --scenario` adds limits, faults and answers, and otherwise plays the recording")
    func scenario() async throws {
        let scratch = try ScratchDirectory()
        let cassette = scratch.url.appending(path: "cassette.sqlite").path
        let upstream = try await CassetteServerProcess(["serve"])
        let recorder = try await CassetteServerProcess(["record", cassette, "--upstream", upstream.baseURL])
        let key = ["Authorization: Bearer sk-x"]
        let body = #"{"model":"gpt-4o-mini","stream":true,"messages":[{"role":"user","content":"hi"}]}"#
        func ask(_ server: CassetteServerProcess, _ more: [String] = []) async throws -> (
            text: String, end: RawSocket.End
        ) {
            try await server.ask("/v1/chat/completions", headers: key + more, body: body)
        }
        let recorded = try await ask(recorder)
        _ = try await recorder.stop()
        _ = try await upstream.stop()
        let scenario = try scratch.write(
            """
            schema: 1
            scenario: over
            limits: { requests_per_minute: 4, tokens_per_minute: 100000 }
            rules:
              - when: { endpoint: chat.completions, last.user: hi }
                then: last
                steps:
                  - { error: rate_limit_exceeded, retry_after: 1s }
                  - { auto: true, faults: [ { at: event 3, end: reset } ] }
                  - { auto: true }
            """, to: "over.yaml")
        let player = try await CassetteServerProcess(["replay", cassette, "--time-scale", "0", "--scenario", scenario])
        #expect(try await ask(player).text.contains("HTTP/1.1 429"))
        let cut = try await ask(player)
        #expect(cut.end == .reset && cut.text.components(separatedBy: "data: ").count == 4, "\(cut)")
        func unlimited(_ text: String) -> [Substring] {
            text.split(separator: "\r\n").filter { !$0.hasPrefix("x-rate") }
        }
        let whole = try await ask(player)
        #expect(unlimited(whole.text) == unlimited(recorded.text))
        #expect(whole.text.contains("x-ratelimit-limit-requests: 4\r\n"), "\(whole)")
        let ordered = try await ask(player, ["X-Sparring-Fault: empty_body"])
        #expect(!ordered.text.contains("data:"), "\(ordered)")
        #expect(try await ask(player).text.contains("HTTP/1.1 429"), "the fifth of a minute")

        let socket = try RawSocket(port: player.port)
        try socket.send("GET /_sparring/journal HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        let journal = String(decoding: socket.receive().bytes, as: UTF8.self)
        #expect(journal.contains("at event 3: reset") && journal.contains(#""status":429"#), "\(journal)")
        #expect(try await player.stop().standardError.contains("3 answered from the cassette"))
    }

    @Test("`record` breaks off answers in the same way as the upstream, and `replay` repeats this")
    func failures() async throws {
        let scratch = try ScratchDirectory()
        let cassette = scratch.url.appending(path: "cassette.sqlite").path
        let upstream = try await CassetteServerProcess(upstream: "broken.py")
        let recorder = try await CassetteServerProcess([
            "record", cassette, "--upstream", upstream.baseURL, "--keep-failures",
        ])
        let cases: [(path: String, ends: RawSocket.End, has: String)] = [
            ("/v1/whole", .finished, "0\r\n\r\n"), ("/v1/cut", .finished, "{\"n\": 2}\n\n\r\n"),
            ("/v1/reset", .reset, "{\"n\": 2}"), ("/v1/silent", .finished, ""),
            ("/v1/other", .finished, "HTTP/1.1 502"),
            ("/v1/short", .finished, "short"), ("/v1/old", .finished, "until it closes"),
            ("/v1/failed", .finished, "HTTP/1.1 500"), ("/v1/empty", .finished, "204 No Content"),
        ]
        var passedOn: [String] = []
        for (path, end, text) in cases {
            let answer =
                path == "/v1/reset" ? try await Self.askForReset(recorder, upstream) : try await recorder.ask(path)
            #expect(answer.end == end && (text.isEmpty || answer.text.contains(text)), "\(path): \(answer)")
            passedOn.append(answer.text)
        }
        #expect(passedOn[1].hasSuffix("{\"n\": 2}\n\n\r\n"), "no end of the chunks where there was none")
        #expect(try await recorder.stop().exitCode == 130)

        let player = try await CassetteServerProcess(["replay", cassette, "--time-scale", "0"])
        for ((path, end, text), before) in zip(cases, passedOn) {
            let answer = try await player.ask(path)
            #expect(answer.end == end && (text.isEmpty || answer.text.contains(text)), "\(path): \(answer)")
            guard path != "/v1/other" else { continue }
            func body(_ text: String) -> Substring { text.split(separator: "\r\n\r\n", maxSplits: 1).last ?? "" }
            #expect(
                body(answer.text).filter { !$0.isNewline }.hasSuffix(body(before).suffix(3).filter { !$0.isNewline }))
        }
    }

    /// Delays the upstream's reset until the recorder has forwarded the earlier bytes, because a reset discards unread bytes.
    private static func askForReset(
        _ recorder: CassetteServerProcess, _ upstream: CassetteServerProcess
    ) async throws -> (text: String, end: RawSocket.End) {
        let port = recorder.port
        let socket = try await blocking { try RawSocket(port: port) }
        let before = try await blocking {
            try socket.send(
                "POST /v1/reset HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")
            return socket.receive(until: "{\"n\": 2}\n\n\r\n").bytes
        }
        _ = try await upstream.ask("/v1/go")
        let rest = try await blocking { socket.receive() }
        return (String(decoding: before + rest.bytes, as: UTF8.self), rest.end)
    }

    @Test("`record` trusts an upstream's certificate only with --upstream-ca")
    func certificates() async throws {
        let scratch = try ScratchDirectory()
        let (key, certificate) = (
            scratch.url.appending(path: "key.pem").path, scratch.url.appending(path: "ca.pem").path
        )
        let made = try await ChildProcess(
            URL(filePath: "/usr/bin/env"),
            [
                "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
                "-addext",
                "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", key, "-out", certificate,
            ]
        ).outcome()
        try #require(made.exitCode == 0, "\(made.standardError)")
        let upstream = try await CassetteServerProcess(upstream: "broken.py", [certificate, key])
        let address = "https://localhost:\(upstream.port)/v1"
        let cassette = scratch.url.appending(path: "cassette.sqlite").path

        let trusting = try await CassetteServerProcess([
            "record", cassette, "--upstream", address, "--upstream-ca", certificate,
        ])
        let whole = try await trusting.ask("/v1/whole")
        #expect(whole.text.contains(#"{"n": 2}"#) && whole.text.hasSuffix("0\r\n\r\n"), "\(whole)")
        #expect(try await trusting.ask("/v1/cut").text.hasSuffix("{\"n\": 2}\n\n\r\n"), "cut under TLS as well")
        _ = try await trusting.stop()
        let player = try await CassetteServerProcess(["replay", cassette, "--time-scale", "0"])
        #expect(try await player.ask("/v1/whole").text.contains(#"{"n": 2}"#))

        let doubting = try await CassetteServerProcess(["record", cassette, "--upstream", address])
        let refused = try await doubting.ask("/v1/whole")
        #expect(
            refused.text.contains("HTTP/1.1 502") && refused.text.contains("cannot reach the upstream"), "\(refused)")
    }

    @Test("A recording contains no secret, neither in the database nor in its log")
    func secrets() async throws {
        let scratch = try ScratchDirectory()
        let cassette = scratch.url.appending(path: "cassette.sqlite").path
        let upstream = try await CassetteServerProcess(upstream: "broken.py")
        let recorder = try await CassetteServerProcess(
            [
                "record", cassette, "--upstream", upstream.baseURL, "--upstream-key-env", "REAL_KEY", "--redact",
                "$.metadata.mail", "--redact", "/[0-9]{4} [0-9]{4}/",
            ], environment: ["REAL_KEY": "sk-proj-TheRealKeyOfTheUser1"])
        let body = #"{"metadata": {"mail": "me@example.org"}, "card": "1234 5678", "api_key": "plainkey"}"#
        for path in ["/v1/secret", "/v1/packed", "/v1/split", "/v1/failed"] {
            let answer = try await recorder.ask(
                "\(path)?token=urlsecret",
                headers: ["Authorization: Bearer sk-proj-KeyOfTheClient12345", "Cookie: a=jar"],
                body: body)
            #expect(answer.text.contains("HTTP/1.1 "), "\(answer)")
            if path == "/v1/split" {
                #expect(answer.text.contains("sk-proj-0123456789"), "the client gets what was sent")
            }
        }
        let secrets = [
            "TheRealKeyOfTheUser", "KeyOfTheClient", "me@example.org", "1234 5678", "plainkey", "urlsecret", "a=jar",
            "crumbs", "hunter2", "0123456789abcdef", "abcdefGHIJ",
        ]
        // The files are checked while the write-ahead log exists, and again after it was merged.
        let isWritten = try await eventually { try Self.bytes(scratch, "masked").count > 4 }
        #expect(isWritten)
        for secret in secrets { #expect(try Self.bytes(scratch, secret).isEmpty, "\(secret)") }
        _ = try await recorder.stop()
        for secret in secrets { #expect(try Self.bytes(scratch, secret).isEmpty, "\(secret)") }

        let player = try await CassetteServerProcess(["replay", cassette, "--time-scale", "0"])
        let again = try await player.ask("/v1/packed?token=urlsecret", body: body)
        #expect(again.text.contains("héllo") && again.text.contains("…(masked)") && !again.text.contains("gzip"))
        let other = try await player.ask("/v1/packed?token=othersecret", body: body)
        #expect(other.text.contains("héllo"), "a masked secret does not distinguish requests")
    }

    /// The files of the cassette that contain the text.
    private static func bytes(_ scratch: ScratchDirectory, _ text: String) throws -> [Int] {
        try FileManager.default.contentsOfDirectory(at: scratch.url, includingPropertiesForKeys: nil).flatMap { file in
            let data = try Data(contentsOf: file)
            var found: [Int] = []
            var rest = data.startIndex..<data.endIndex
            while let hit = data.range(of: Data(text.utf8), in: rest) {
                found.append(hit.lowerBound)
                rest = hit.upperBound..<data.endIndex
            }
            return found
        }
    }

    @Test("The error for a request without a recording names the nearest recording and a way to match it")
    func miss() async throws {
        let scratch = try ScratchDirectory()
        let cassette = scratch.url.appending(path: "cassette.sqlite").path
        let upstream = try await CassetteServerProcess(upstream: "broken.py")
        let recorder = try await CassetteServerProcess(["record", cassette, "--upstream", upstream.baseURL])
        _ = try await recorder.ask("/v1/whole", body: #"{"model": "m", "user": "me", "seed": 1}"#)
        _ = try await recorder.stop()

        let strict = try await CassetteServerProcess(["replay", cassette, "--time-scale", "0"])
        let refused = try await strict.ask("/v1/whole", body: #"{"seed":1.0,"model":"m","user":"you"}"#)
        #expect(refused.text.contains("HTTP/1.1 400") && refused.text.contains("x-should-retry: false"))
        #expect(refused.text.contains("\"Sparring: nothing in the cassette matches: "), "\(refused)")
        let log = try await strict.stop().standardError
        #expect(log.contains(#"$.user   recorded "me"   sent "you""#) && log.contains("ignore: $.user"), "\(log)")
        #expect(!log.contains("$.seed"), "another spelling of a number is no difference: \(log)")

        let lenient = try await CassetteServerProcess(["replay", cassette, "--time-scale", "0", "--ignore", "$.user"])
        #expect(
            try await lenient.ask("/v1/whole", body: #"{"seed":1,"model":"m","user":"you"}"#).text.contains("200 OK"))

        let inCI = try await CassetteServerProcess(
            ["replay", cassette, "--on-miss", "forward", "--upstream", upstream.baseURL], environment: ["CI": "true"])
        #expect(try await inCI.ask("/v1/whole", body: "{}").text.contains("HTTP/1.1 400"))
        let open = try await CassetteServerProcess([
            "replay", cassette, "--on-miss", "record", "--upstream", upstream.baseURL,
        ])
        #expect(try await open.ask("/v1/whole", body: "{}").text.contains("200 OK"))
        _ = try await open.stop()
        let grown = try await CassetteServerProcess(["replay", cassette, "--time-scale", "0"])
        #expect(try await grown.ask("/v1/whole", body: "{}").text.contains("200 OK"))
    }

    @Test("A cassette works after SIGKILL, and an exchange that was cut off does not answer")
    func kill() async throws {
        let scratch = try ScratchDirectory()
        let cassette = scratch.url.appending(path: "cassette.sqlite").path
        let upstream = try await CassetteServerProcess(upstream: "broken.py")
        let recorder = try await CassetteServerProcess(["record", cassette, "--upstream", upstream.baseURL])
        _ = try await recorder.ask("/v1/whole")
        async let endless = recorder.ask("/v1/endless")
        let isUnderWay = try await eventually { try Self.bytes(scratch, #"{"n": 9}"#).count > 0 }
        #expect(isUnderWay)
        recorder.child.signal(SIGKILL)
        _ = try await endless
        let player = try await CassetteServerProcess(["replay", cassette, "--time-scale", "0"])
        #expect(try await player.ask("/v1/whole").text.contains("200 OK"))
        #expect(try await player.ask("/v1/endless").text.contains("HTTP/1.1 400"), "what was cut cannot answer")
    }

    @Test("`record` passes back-pressure and a client's disconnect to the upstream")
    func pressure() async throws {
        let scratch = try ScratchDirectory()
        let cassette = scratch.url.appending(path: "cassette.sqlite").path
        let upstream = try await CassetteServerProcess(upstream: "broken.py")
        let recorder = try await CassetteServerProcess(["record", cassette, "--upstream", upstream.baseURL])
        do {
            let socket = try RawSocket(port: recorder.port)
            try socket.send("GET /v1/endless HTTP/1.1\r\nHost: x\r\n\r\n")
            _ = socket.receive(until: "\"n\": 3")
        }
        // The answer does not end, so the upstream is cancelled only because the client disconnected.
        let isTold = try await eventually { upstream.child.standardOutput.contains("left") }
        #expect(isTold)

        let slow = try RawSocket(port: recorder.port, receiveBuffer: 4096)
        try slow.send("GET /v1/flood HTTP/1.1\r\nHost: x\r\n\r\n")
        let isHeldUp = try await eventually { upstream.child.standardOutput.contains("held up after") }
        #expect(isHeldUp)
        let held = upstream.child.standardOutput.split(separator: "\n").first { $0.hasPrefix("held up") } ?? ""
        #expect((Int(held.split(separator: " ").last ?? "") ?? .max) < 32 << 20, "\(held)")
    }
}
