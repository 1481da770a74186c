import SparringExchange
import SparringWire
import TestSupport
import Testing

@testable import SparringHTTP

@Suite("The HTTP server", .timeLimit(.minutes(20)))
struct HTTPServerTests {
    @Test("The server answers on both loopback addresses at one port")
    func loopback() async throws {
        try await Fixture.with { fixture in
            let port = fixture.server.port
            for address in fixture.server.addresses {
                let answer = try await blocking {
                    let client = try RawSocket(port: port, host: address)
                    try client.send(Fixture.get("/"))
                    return client.receiveText(endingWith: ".").text
                }
                #expect(answer == "GET / 1.1 [] .")
            }
            #expect(fixture.server.addresses.first == "127.0.0.1")
        }
    }

    @Test("A port in use is an error with the port and the remedy")
    func portInUse() async throws {
        try await Fixture.with { fixture in
            let port = fixture.server.port
            let error = await #expect(throws: HTTPServer.StartError.self) {
                try await HTTPServer.start(
                    HTTPServer.Configuration(port: port),
                    responder: fixture.responder,
                    clock: MonotonicClock()
                )
            }
            #expect(error?.reason == .portInUse)
            #expect(
                error?.description
                    == "port \(port) on 127.0.0.1 is in use. Stop the program that uses the port, or choose another port; 0 chooses a free port."
            )
        }
    }

    @Test("An address of another machine is rejected")
    func addressUnavailable() async throws {
        let error = await #expect(throws: HTTPServer.StartError.self) {
            // TEST-NET-1 (RFC 5737), which no machine has.
            try await HTTPServer.start(
                HTTPServer.Configuration(host: "192.0.2.1"),
                responder: ScriptedResponder([:]),
                clock: MonotonicClock()
            )
        }
        #expect(error?.reason == .addressUnavailable)
    }

    /// Starts a server on a port below the ephemeral range, so that no other test gets the port when this server has stopped.
    private static func startBelow(_ responder: ScriptedResponder) async throws -> HTTPServer {
        while true {
            do {
                return try await HTTPServer.start(
                    HTTPServer.Configuration(port: Int.random(in: 20_000..<32_000)), responder: responder,
                    clock: MonotonicClock())
            } catch let error as HTTPServer.StartError where error.reason == .portInUse {
                continue
            }
        }
    }

    @Test("A port can be used again immediately after a stop")
    func restart() async throws {
        let responder = ScriptedResponder([:])
        let first = try await Self.startBelow(responder)
        let port = first.port
        try await blocking {
            let client = try RawSocket(port: port)
            try client.send(Fixture.get("/"))
            _ = client.receiveText(endingWith: ".")
        }
        await first.stop(grace: .seconds(10))
        let second = try await HTTPServer.start(
            HTTPServer.Configuration(port: port),
            responder: responder,
            clock: MonotonicClock()
        )
        #expect(second.port == port)
        await second.stopNow()
        await second.stopNow()
    }

    // MARK: Stopping. A grace period of an hour is longer than the suite's time limit, so no test may wait for it.

    struct Row: Sendable, CustomTestStringConvertible {
        var name: String
        var script: WireScript
        var received: String
        var play: [String]
        var testDescription: String { name }
    }

    static let rows = [
        Row(
            name: "a hang",
            script: .steps([.text("head", .head), .step(.fault(0)), .step(.end(.hang(nil)))]),
            received: "head",
            play: ["accepted head", "fault 0", "ended hang"]
        ),
        Row(
            name: "a hang that has not begun",
            script: .steps([
                .text("head ", .head), .step(.pause(.milliseconds(50))), .text("rest", .done), .step(.end(.hang(nil))),
            ]),
            received: "head rest",
            play: ["accepted head", "accepted done", "ended hang"]
        ),
        Row(
            name: "a wait for the client to disconnect",
            script: .steps([
                .text("head ", .head), .step(.await(.peerGone, timeout: nil)), .text("rest", .done), .step(.end(.fin)),
            ]),
            received: "head rest",
            play: ["accepted head", "accepted done", "ended fin"]
        ),
        Row(
            name: "a finite answer",
            script: .steps([
                .text("head ", .head), .step(.pause(.milliseconds(50))), .text("rest", .done), .step(.end(.keepAlive)),
            ]),
            received: "head rest",
            play: ["accepted head", "accepted done", "ended keep_alive"]
        ),
        Row(
            name: "a half-closed connection",
            script: .steps([.text("head", .head), .step(.end(.halfClose))]),
            received: "head",
            play: ["accepted head", "ended half_close"]
        ),
    ]

    @Test("A stop lets finite answers finish and ends endless ones", arguments: rows)
    func stop(row: Row) async throws {
        try await Fixture.with(["/": row.script]) { fixture in
            async let received = fixture.talk { client in
                try client.send(Fixture.get("/"))
                return client.receiveText()
            }
            await fixture.responder.decided(1)
            await fixture.server.stop(grace: .seconds(3600))
            let seen = try await received
            #expect(seen == RawSocket.Text(text: row.received, end: .finished))
            #expect(await fixture.responder.ended(1).first?.timeline.play == row.play)
            #expect(fixture.server.connections.count == 0)
        }
    }

    @Test("A stop closes idle connections immediately")
    func idle() async throws {
        try await Fixture.with { fixture in
            let port = fixture.server.port
            let (fresh, answered) = try await blocking {
                let clients = (try RawSocket(port: port), try RawSocket(port: port))
                try clients.1.send(Fixture.get("/"))
                _ = clients.1.receiveText(endingWith: ".")
                return clients
            }
            await fixture.server.stop(grace: .seconds(3600))
            #expect(
                try await blocking { [fresh.receiveText().end, answered.receiveText().end] } == [.finished, .finished])
        }
    }

    /// A client whose kernel has received the first bytes of the answer. From that moment on, every grace period is long enough for these
    /// bytes.
    private static func clientWithHead(_ fixture: Fixture) async throws -> RawSocket {
        try await fixture.talk { client in
            try client.send(Fixture.get("/"))
            client.awaitByte()
            return client
        }
    }

    @Test("An answer that outlasts the grace period is cut, and its faults are missed")
    func grace() async throws {
        let script = WireScript.steps([
            .text("head", .head), .step(.pause(.seconds(3600))), .step(.fault(0)), .text("rest", .done),
            .step(.end(.fin)),
        ])
        try await Fixture.with(["/": script]) { fixture in
            let client = try await Self.clientWithHead(fixture)
            await fixture.server.stop(grace: .milliseconds(50))
            let seen = try await blocking { client.receiveText() }
            #expect(seen.text == "head")
            #expect(
                await fixture.responder.ended(1).first?.timeline.play
                    == ["accepted head", "missed 0: the server was stopped"]
            )
        }
    }

    @Test("A stop in a cancelled task keeps its grace period")
    func cancelledStop() async throws {
        let script = WireScript.steps([
            .text("head", .head), .step(.pause(.seconds(3600))), .step(.fault(0)), .step(.end(.fin)),
        ])
        try await Fixture.with(["/": script]) { fixture in
            let client = try await Self.clientWithHead(fixture)
            let stopping = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                await fixture.server.stop(grace: .milliseconds(50))
            }
            await stopping.value
            let seen = try await blocking { client.receiveText() }
            #expect(seen.text == "head")
            #expect(
                await fixture.responder.ended(1).first?.timeline.play
                    == ["accepted head", "missed 0: the server was stopped"]
            )
        }
    }

    @Test("A stopped server accepts no connection")
    func closed() async throws {
        let server = try await Self.startBelow(ScriptedResponder([:]))
        let port = server.port
        await server.stop(grace: .zero)
        await #expect(throws: RawSocket.Failure.self) { try await blocking { try RawSocket(port: port) } }
    }

    @Test("A stop during the decision on a large request waits for the decision and reports it")
    func stopWhileDeciding() async throws {
        try await Fixture.with { fixture in
            let port = fixture.server.port
            let client = try await blocking {
                let client = try RawSocket(port: port)
                try client.send("POST / HTTP/1.1\r\nContent-Length: 30000000\r\n\r\n")
                try client.send([UInt8](repeating: 0x78, count: 30_000_000))
                return client
            }
            await fixture.responder.decided(1)
            await fixture.server.stopNow()
            #expect(await fixture.responder.ended(1).count == 1)
            withExtendedLifetime(client) {}
        }
    }

    @Test("Listeners and connections are not inherited by child processes")
    func closeOnExec() async throws {
        try await Fixture.with { fixture in
            let port = fixture.server.port
            let client = try await blocking {
                let client = try RawSocket(port: port)
                try client.send(Fixture.get("/"))
                _ = client.receiveText(endingWith: ".")
                return client
            }
            let sockets = OpenSocket.all(port: port)
            #expect(sockets.count == fixture.server.addresses.count + 1)
            #expect(sockets.map(\.closesOnExec) == sockets.map { _ in true })
            withExtendedLifetime(client) {}
        }
    }

    @Test("The limit of open files is raised as far as the system allows")
    func fileDescriptors() {
        let (soft, hard) = FileDescriptorLimit.raise()
        #expect(soft > 0)
        #expect(soft == hard || hard > 10_240)
    }
}
