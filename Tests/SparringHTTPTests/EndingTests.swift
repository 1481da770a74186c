import SparringExchange
import SparringWire
import TestSupport
import Testing

@testable import SparringHTTP

@Suite("Endings on the wire", .timeLimit(.minutes(20)))
struct EndingTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var ending: Ending
        /// The end that a client detects if it never closes its own side.
        var end: RawSocket.End
        var play: [String]
        var testDescription: String { "\(ending)" }
    }

    static let rows = [
        Row(
            ending: .keepAlive, end: .open,
            play: ["accepted event(2)", "fault 1", "ended keep_alive"]
        ),
        Row(ending: .fin, end: .finished, play: ["accepted event(2)", "fault 1", "ended fin"]),
        Row(ending: .halfClose, end: .finished, play: ["accepted event(2)", "fault 1", "ended half_close"]),
        Row(ending: .reset, end: .reset, play: ["accepted event(2)", "drained", "fault 1", "ended reset"]),
        Row(
            ending: .hang(.milliseconds(50)), end: .finished,
            play: ["accepted event(2)", "fault 1", "ended \(Ending.hang(.milliseconds(50)))"]
        ),
        Row(
            ending: .hang(nil), end: .open,
            play: ["accepted event(2)", "fault 1", "gone: closed its side", "ended hang"]
        ),
        Row(
            ending: .stream(8), end: .finished,
            play: ["accepted event(2)", "missed 1: HTTP/1 has no streams", "ended fin"]
        ),
    ]

    @Test("An ending sends everything before it and then ends the connection as ordered", arguments: rows)
    func endings(row: Row) async throws {
        let script = WireScript.steps([
            .text("head ", .head), .text("one ", .event(1)), .step(.fault(0)), .text("two", .event(2)),
            .step(.fault(1)),
            .step(.end(row.ending)),
        ])
        try await Fixture.with(["/": script]) { fixture in
            let text = "head one two"
            let received = try await fixture.talk { client in
                try client.send(Fixture.get("/"))
                return client.receiveText(quietAfter: row.end == .open ? text.utf8.count : nil)
            }
            #expect(received == RawSocket.Text(text: text, end: row.end))
            let timeline = try #require(await fixture.responder.ended(1).first).timeline
            #expect(timeline.words.prefix(4) == ["request start", "request head", "request end", "decided"])
            #expect(timeline.play == ["accepted event(1)", "fault 0"] + row.play)
            #expect(timeline.entries.map(\.at) == timeline.entries.map(\.at).sorted())
        }
    }

    @Test("A hang with a duration lasts at least that long")
    func hangDuration() async throws {
        let script = WireScript.steps([.text("x", .head), .step(.end(.hang(.milliseconds(80))))])
        try await Fixture.with(["/": script]) { fixture in
            _ = try await fixture.talk { client in
                try client.send(Fixture.get("/"))
                return client.receiveText()
            }
            let timeline = try #require(await fixture.responder.ended(1).first).timeline
            let start = try #require(timeline.moment(of: "decided"))
            let end = try #require(timeline.entries.last?.at)
            #expect(end - start >= .milliseconds(80))
        }
    }

    @Test("A client's disconnect is detected behind input that the server has not read", arguments: [true, false])
    func goneBehindInput(stopsReading: Bool) async throws {
        var limits = ConnectionLimits.patient
        limits.pipelinedRequests = 2
        let script = WireScript.steps(
            (stopsReading ? [.step(.read(false))] : []) + [.text("head", .head), .step(.end(.hang(nil)))])
        try await Fixture.with(["/hang": script], limits: limits) { fixture in
            try await fixture.talk { client in
                try client.send(Fixture.get("/hang"))
                _ = client.receiveText(endingWith: "head")
                // More bytes than the queue and one read can hold.
                try client.send(String(repeating: Fixture.get("/next"), count: 5_000))
            }
            let timeline = await fixture.responder.ended("/hang")
            #expect(timeline.words.contains { $0.hasPrefix("gone") })
            #expect(timeline.words.last == "ended hang")
            try await fixture.untilNoConnection()
        }
    }

    @Test("A half-closed connection stays until the client closes it")
    func halfClose() async throws {
        try await Fixture.with(["/": .answer("x", end: .halfClose)]) { fixture in
            try await fixture.talk { client in
                try client.send(Fixture.get("/"))
                #expect(client.receiveText() == RawSocket.Text(text: "x.", end: .finished))
            }
            await fixture.responder.decided(1)
            try await fixture.untilNoConnection()
        }
    }

    @Test("Input that arrives after a FIN does not cause a reset")
    func drains() async throws {
        try await Fixture.with(["/": .answer("bye", end: .fin)]) { fixture in
            let client = try await fixture.talk { client in
                try client.send(Fixture.get("/"))
                return client
            }
            _ = await fixture.responder.ended(1)
            let received = try await blocking {
                try client.send(String(repeating: "more ", count: 10_000))
                return client.receiveText()
            }
            #expect(received == RawSocket.Text(text: "bye.", end: .finished))
        }
    }

    @Test("A client that never closes is closed after the drain deadline")
    func drainDeadline() async throws {
        var limits = ConnectionLimits.patient
        limits.drainDeadline = .milliseconds(30)
        try await Fixture.with(["/": .answer("bye", end: .fin)], limits: limits) { fixture in
            try await fixture.talk { client in
                try client.send(Fixture.get("/"))
                #expect(client.receiveText().end == .finished)
                // The client's side is still open. Writing to a closed socket causes a reset.
                while (try? client.send("still here")) != nil, client.receiveText().end != .reset {}
            }
        }
    }
}
