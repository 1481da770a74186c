import SparringExchange
import SparringWire
import TestSupport
import Testing

@testable import SparringHTTP

/// Tests that `accepted` is not `delivered`: bytes that a reset may destroy, and bytes that it must not.
@Suite("Delivery of bytes", .timeLimit(.minutes(20)))
struct DeliveryTests {
    private static let long = String(repeating: "0123456789", count: 30_000)
    /// More bytes than one segment of the loopback interface can contain.
    private static let segment = 65_536

    @Test("A reader that starts late gets every byte that was sent before a reset")
    func lateReader() async throws {
        let script = WireScript.steps([.text(Self.long, .done), .step(.fault(0)), .step(.end(.reset))])
        try await Fixture.with(["/long": script]) { fixture in
            let received = try await fixture.talk(receiveBuffer: 4096) { client in
                try client.send(Fixture.get("/long"))
                client.awaitByte()
                // A server that does not wait would send its reset before another client has received a hundred
                // answers.
                let other = try RawSocket(port: fixture.server.port)
                for _ in 0..<100 {
                    try other.send(Fixture.get("/"))
                    #expect(other.receiveText(endingWith: ".").text == "GET / 1.1 [] .")
                }
                return client.receiveText()
            }
            #expect(received.text.utf8.count == 300_000)
            #expect(received.end == .reset)
            let ended = await fixture.responder.ended(101)
            let timeline = try #require(ended.first { $0.request.path == "/long" }).timeline
            #expect(timeline.play == ["accepted done", "drained", "fault 0", "ended reset"])
        }
    }

    @Test("Bytes that the client does not read before a reset are counted as lost", arguments: [300_000, 20_000_000])
    func lost(size: Int) async throws {
        var limits = ConnectionLimits.patient
        limits.acknowledgeDeadline = .milliseconds(50)
        let text = String(repeating: "x", count: size)
        let script = WireScript.steps([.text(text, .done), .step(.fault(0)), .step(.end(.reset))])
        try await Fixture.with(["/": script], limits: limits) { fixture in
            let client = try await fixture.talk(receiveBuffer: 4096) { client in
                try client.send(Fixture.get("/"))
                return client
            }
            let timeline = try #require(await fixture.responder.ended(1).first).timeline
            let received = try await blocking { client.receiveText() }
            let lost = timeline.entries.compactMap { if case .lost(let bytes) = $0.happening { bytes } else { nil } }
            #expect(lost.count == 1)
            // Every byte is acknowledged or lost. The last segment counts as both if it arrived but its acknowledgement
            // did not.
            let sum = received.text.utf8.count + (lost.first ?? 0)
            #expect((size...size + Self.segment).contains(sum))
            #expect(received.text.utf8.count < size)
            #expect(received.end == .reset)
            #expect(timeline.play.suffix(3) == ["lost", "fault 0", "ended reset"])
        }
    }

    @Test("A fault after bytes that the kernel never took is missed")
    func missedBehindTheBuffer() async throws {
        var limits = ConnectionLimits.patient
        limits.acknowledgeDeadline = .milliseconds(50)
        let text = String(repeating: "x", count: 20_000_000)
        let script = WireScript.steps([
            .text(text, .event(1)), .step(.fault(0)), .text("y", .done), .step(.fault(1)), .step(.end(.reset)),
        ])
        try await Fixture.with(["/": script], limits: limits) { fixture in
            let client = try await fixture.talk(receiveBuffer: 4096) { client in
                try client.send(Fixture.get("/"))
                return client
            }
            let timeline = try #require(await fixture.responder.ended(1).first).timeline
            withExtendedLifetime(client) {}
            #expect(
                timeline.play == [
                    "lost", "missed 0: the client did not read the bytes before the fault", "fault 1", "ended reset",
                ]
            )
        }
    }

    @Test("A script can wait until the client's kernel has received everything")
    func drained() async throws {
        let script = WireScript.steps([
            .text("head ", .head), .step(.await(.drained, timeout: .seconds(10))), .text("rest", .done),
            .step(.end(.fin)),
        ])
        try await Fixture.with(["/": script]) { fixture in
            _ = try await fixture.talk { client in
                try client.send(Fixture.get("/"))
                return client.receiveText()
            }
            let timeline = try #require(await fixture.responder.ended(1).first).timeline
            #expect(timeline.play == ["accepted head", "drained", "accepted done", "ended fin"])
        }
    }

    @Test("Clients that never read do not delay others, and closing them ends their exchanges")
    func neverReads() async throws {
        let script = WireScript.answer(String(repeating: "x", count: 5_000_000))
        try await Fixture.with(["/long": script]) { fixture in
            try await fixture.talk { client in
                let deaf = try (0..<8).map { _ in try RawSocket(port: fixture.server.port, receiveBuffer: 2048) }
                for client in deaf { try client.send(Fixture.get("/long")) }
                for client in deaf { client.awaitByte() }
                for _ in 0..<50 {
                    try client.send(Fixture.get("/"))
                    #expect(client.receiveText(endingWith: ".").text == "GET / 1.1 [] .")
                }
            }
            let ended = await fixture.responder.ended(58)
            let deaf = ended.filter { $0.request.path == "/long" }
            #expect(deaf.count == 8)
            #expect(deaf.allSatisfy { $0.timeline.words.contains { $0.hasPrefix("gone") } })
        }
    }

    @Test("A script can stop the reading of requests and resume it")
    func reading() async throws {
        let script = WireScript.steps([
            .step(.read(false)), .text("head ", .head), .step(.await(.nextRequestByte, timeout: .milliseconds(30))),
            .text("rest ", .done), .step(.end(.keepAlive)),
        ])
        try await Fixture.with(["/deaf": script]) { fixture in
            let received = try await fixture.talk { client in
                try client.send(Fixture.get("/deaf"))
                client.awaitByte()
                try client.send(Fixture.get("/next"))
                return client.receiveText(endingWith: ".").text
            }
            #expect(received == "head rest GET /next 1.1 [] .")
            let timelines = await fixture.responder.ended(2).map(\.timeline)
            let resumed = try #require(timelines[0].moment(of: "accepted done"))
            let next = try #require(timelines[1].moment(of: "request start"))
            #expect(next > resumed)
        }
    }
}
