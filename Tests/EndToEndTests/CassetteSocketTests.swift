import Foundation
import TestSupport
import Testing

/// Tests recording and replaying of WebSockets with the built program and the client of the `websockets` package.
@Suite(
    "`record` and `replay` of WebSockets", .enabled(if: PythonClient.isInstalled, "\(PythonClient.missing)"),
    .timeLimit(.minutes(20)))
struct CassetteSocketTests {
    private struct Seen: Decodable {
        var messages: [String]
        /// The seconds of each turn.
        var times: [Double]
        var close: [String]
    }

    private static let key = "sk-proj-0123456789abcdefghij"

    /// Two turns on one socket, the second of which continues the first, or one turn with another text.
    private static let program = """
        import json, os, sys, time
        from websockets.exceptions import ConnectionClosed
        from websockets.sync.client import connect

        url = os.environ["OPENAI_BASE_URL"].replace("http", "ws", 1) + "/responses"
        messages, times, close, previous = [], [], [], None
        with connect(url, additional_headers={"Authorization": "Bearer \(key)"}, proxy=None) as socket:
            try:
                for text in sys.argv[1:]:
                    event = {"type": "response.create", "model": "gpt-4o-mini", "input": text + " \(key)"}
                    if previous:
                        event["previous_response_id"] = previous
                    start = time.monotonic()
                    socket.send(json.dumps(event))
                    while True:
                        messages.append(socket.recv())
                        event = json.loads(messages[-1])
                        if event["type"] == "response.completed":
                            previous = event["response"]["id"]
                            break
                    times.append(time.monotonic() - start)
                socket.ping().wait(10)
            except ConnectionClosed as error:
                close = [str(error.rcvd.code), error.rcvd.reason]
        print(json.dumps({"messages": messages, "times": times, "close": close}))
        """

    private static func run(_ arguments: [String], _ texts: [String]) async throws -> (ChildProcess.Outcome, Seen?) {
        let outcome = try await Slots.clients.use {
            try await SparringBinary.run(arguments + ["--", PythonClient.interpreter, "-c", program] + texts)
        }
        return (outcome, try? JSONDecoder().decode(Seen.self, from: Data(outcome.standardOutput.utf8)))
    }

    @Test(
        "`replay` sends the recorded messages with the recorded pauses, and the cassette has no secret",
        arguments: [("cassette.sqlite", false), ("folder", false), ("cassette.sqlite", true)])
    func session(name: String, isTLS: Bool) async throws {
        let scratch = try ScratchDirectory()
        let cassette = scratch.url.appending(path: name).path
        let authority = scratch.url.appending(path: "ca.pem").path
        let scenario = try scratch.write(
            """
            schema: 1
            scenario: upstream
            rules:
              - when: { endpoint: responses }
                then: last
                steps: [ { text: one two three four five six, stream: { first: 50ms, every: 20ms } } ]
            """, to: "upstream.yaml")
        let upstream = try await CassetteServerProcess(
            ["serve", scenario] + (isTLS ? ["--tls", "--tls-ca-out", authority] : []))
        let address = isTLS ? "https://localhost:\(upstream.port)/v1" : upstream.baseURL
        let (recorded, first) = try await Self.run(
            ["record", cassette, "--upstream", address] + (isTLS ? ["--upstream-ca", authority] : []), ["one", "two"])
        #expect(recorded.exitCode == 0, "\(recorded.standardError)")
        #expect(recorded.standardError.contains("1 exchange recorded on"), "\(recorded.standardError)")
        _ = try await upstream.stop()
        let sent = try #require(first)
        #expect(sent.messages.count > 20 && sent.times.count == 2 && sent.close == [], "\(sent)")

        let (replayed, second) = try await Self.run(["replay", cassette], ["one", "two"])
        #expect(replayed.exitCode == 0, "\(replayed.standardError)")
        #expect(
            replayed.standardError.contains("1 answered from the cassette · 0 missed · all recordings were used"),
            "\(replayed.standardError)")
        let repeated = try #require(second)
        #expect(repeated.messages == sent.messages && repeated.close == [])
        // The upstream waits 150 ms in each turn. A replay may be late on a slow machine, but never early.
        #expect(repeated.times.count == 2 && repeated.times.allSatisfy { $0 >= 0.14 }, "\(repeated.times)")

        let shown = try await SparringBinary.run(["cassette", "show", cassette, "1"])
        #expect(shown.standardOutput.contains("] client: {\"type\": \"response.create\""), "\(shown.standardOutput)")
        #expect(shown.standardOutput.contains("] server: {\"type\":\"response.created\""), "\(shown.standardOutput)")
        #expect(shown.standardOutput.contains("] client: Close 1000"), "\(shown.standardOutput)")
        for text in [shown.standardOutput, try Self.everything(in: cassette)] {
            #expect(!text.contains(Self.key) && text.contains("sk-…(masked)"))
        }
    }

    /// The bytes of the files of a cassette.
    private static func everything(in cassette: String) throws -> String {
        let files = try FileManager.default.subpathsOfDirectory(atPath: cassette)
        let paths = files.isEmpty ? [cassette] : files.map { "\(cassette)/\($0)" }
        return try paths.map { String(decoding: try Data(contentsOf: URL(filePath: $0)), as: UTF8.self) }.joined()
    }

    @Test("A message that is not in the cassette ends the socket with an error event that names the nearest one")
    func miss() async throws {
        let scratch = try ScratchDirectory()
        let cassette = scratch.url.appending(path: "cassette.sqlite").path
        let upstream = try await CassetteServerProcess(["serve"])
        let (recorded, _) = try await Self.run(["record", cassette, "--upstream", upstream.baseURL], ["one"])
        #expect(recorded.exitCode == 0, "\(recorded.standardError)")
        _ = try await upstream.stop()
        let (replayed, seen) = try await Self.run(["replay", cassette, "--time-scale", "0"], ["three"])
        #expect(replayed.exitCode == 1, "\(replayed.standardError)")
        let ended = try #require(seen)
        #expect(ended.close == ["1008", "Sparring: the message is not in the cassette"])
        #expect(ended.messages.count == 1 && ended.messages[0].contains("default#1 GET /v1/responses, message 1"))
        #expect(
            replayed.standardError.contains("$.input   recorded \"one sk-…(masked)\"   sent \"three sk-…(masked)\""))
        let (ignoring, again) = try await Self.run(["replay", cassette, "--ignore", "$.input"], ["three"])
        #expect(ignoring.exitCode == 0 && again?.times.count == 1, "\(ignoring.standardError)")
    }

    /// A socket that has sent a handshake.
    private static func open(_ port: UInt16, _ more: [String] = []) throws -> RawSocket {
        let handshake = [
            "GET /v1/responses HTTP/1.1", "Host: x", "Connection: Upgrade", "Upgrade: websocket",
            "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        ]
        let socket = try RawSocket(port: port)
        try socket.send((handshake + more + ["", ""]).joined(separator: "\r\n"))
        return socket
    }

    @Test("An upstream that refuses the handshake is passed on, and a killed recording keeps the messages so far")
    func refusedAndKilled() async throws {
        let scratch = try ScratchDirectory()
        let cassette = scratch.url.appending(path: "cassette.sqlite").path
        let upstream = try await CassetteServerProcess(["serve"])
        let recorder = try await CassetteServerProcess(["record", cassette, "--upstream", upstream.baseURL])
        let port = recorder.port
        let refused = try await blocking { try Self.open(port).receive() }
        #expect(String(decoding: refused.bytes, as: UTF8.self).hasPrefix("HTTP/1.1 401"), "\(refused)")
        let socket = try await blocking {
            let socket = try Self.open(port, ["Authorization: Bearer x"])
            #expect(
                String(decoding: socket.receive(until: "\r\n\r\n").bytes, as: UTF8.self).hasPrefix("HTTP/1.1 101"))
            // `{}` with the mask 0, in which a byte is its own mask.
            try socket.send([0x81, 0x82, 0, 0, 0, 0] + Array("{}".utf8))
            #expect(String(decoding: socket.receive(until: "error").bytes, as: UTF8.self).contains("error"))
            return socket
        }
        // The messages are written within 50 ms. A run of the program takes longer than that.
        var running = ""
        for _ in 1...600 where !running.contains("  2 messages") {
            running = try await SparringBinary.run(["cassette", "ls", cassette]).standardOutput
        }
        recorder.child.signal(SIGKILL)
        _ = try await recorder.child.outcome()
        _ = try await upstream.stop()
        let list = try await SparringBinary.run(["cassette", "ls", cassette]).standardOutput
        #expect(list.contains("  2 messages  unfinished"), "\(list)")
        withExtendedLifetime(socket) {}
    }
}
