import SparringExchange
import SparringWire
import TestSupport
import Testing

@testable import SparringHTTP

@Suite("The pace of writes", .timeLimit(.minutes(20)))
struct PaceTests {
    @Test("Writes are never early, and their due times do not drift")
    func pace() async throws {
        let pieces: [WireScript.Piece] = (1...20).flatMap { n in
            [.step(.pause(.milliseconds(5))), .text("\(n) ", .event(n))]
        }
        try await Fixture.with(["/": .steps(pieces + [.step(.end(.fin))])]) { fixture in
            _ = try await fixture.talk { client in
                try client.send(Fixture.get("/"))
                return client.receiveText()
            }
            let timeline = try #require(await fixture.responder.ended(1).first).timeline
            let start = try #require(timeline.moment(of: "decided"))
            let writes = timeline.entries.compactMap { entry in
                if case .accepted(_, let due) = entry.happening { (at: entry.at, due: due) } else { nil }
            }
            #expect(writes.map { $0.due - start } == (1...20).map { .milliseconds($0 * 5) })
            #expect(writes.allSatisfy { $0.at >= $0.due })
        }
    }

    @Test("A disconnect in a pause is recorded once, and a finite script continues")
    func peerGone() async throws {
        let script = WireScript.steps([
            .text("head ", .head), .step(.await(.peerGone, timeout: .seconds(20))), .step(.pause(.milliseconds(1))),
            .text("rest", .done), .step(.end(.keepAlive)),
        ])
        try await Fixture.with(["/": script]) { fixture in
            let received = try await fixture.talk { client in
                try client.send(Fixture.get("/"))
                client.awaitByte()
                client.finishSending()
                return client.receiveText()
            }
            #expect(received == RawSocket.Text(text: "head rest", end: .finished))
            let timeline = try #require(await fixture.responder.ended(1).first).timeline
            #expect(timeline.play == ["accepted head", "gone: closed its side", "accepted done", "ended keep_alive"])
        }
    }

    @Test("Faults after the client's disconnect are missed, with the reason")
    func missed() async throws {
        let script = WireScript.steps([
            .text("head ", .head), .step(.fault(0)), .step(.await(.peerGone, timeout: nil)), .text("one", .event(1)),
            .step(.pause(.milliseconds(20))), .text("two", .event(2)), .step(.pause(.seconds(30))), .step(.fault(1)),
            .text("rest", .done), .step(.fault(2)), .step(.end(.reset)),
        ])
        try await Fixture.with(["/": script]) { fixture in
            try await fixture.talk { client in
                try client.send(Fixture.get("/"))
                client.awaitByte()
                // The client closes with unread input, so its kernel answers the server's next bytes with a reset.
            }
            let timeline = try #require(await fixture.responder.ended(1).first).timeline
            #expect(timeline.words.contains("fault 0"))
            #expect(timeline.words.filter { $0.hasPrefix("gone") }.count == 1)
            #expect(
                timeline.words.suffix(2) == [
                    "missed 1: the client had disconnected", "missed 2: the client had disconnected",
                ])
        }
    }

    @Test("A script stops waiting for a condition after its timeout")
    func timeout() async throws {
        let script = WireScript.steps([
            .step(.await(.nextRequestByte, timeout: .milliseconds(20))), .text("late", .done), .step(.end(.fin)),
        ])
        try await Fixture.with(["/": script]) { fixture in
            let received = try await fixture.talk { client in
                try client.send(Fixture.get("/"))
                return client.receiveText()
            }
            #expect(received.text == "late")
            let timeline = try #require(await fixture.responder.ended(1).first).timeline
            let start = try #require(timeline.moment(of: "decided"))
            let accepted = try #require(timeline.moment(of: "accepted done"))
            #expect(accepted - start >= .milliseconds(20))
        }
    }

    @Test("A script that awaits the next request continues at its first byte")
    func nextRequestByte() async throws {
        let script = WireScript.steps([
            .text("head ", .head), .step(.await(.nextRequestByte, timeout: nil)), .text("rest ", .done),
            .step(.end(.keepAlive)),
        ])
        try await Fixture.with(["/wait": script]) { fixture in
            let received = try await fixture.talk { client in
                try client.send(Fixture.get("/wait"))
                client.awaitByte()
                try client.send("G")
                let first = client.receiveText(endingWith: "rest ")
                try client.send("ET /next HTTP/1.1\r\n\r\n")
                return first.text + client.receiveText(endingWith: ".").text
            }
            #expect(received == "head rest GET /next 1.1 [] .")
        }
    }

    @Test("An interim response comes before the answer")
    func interim() async throws {
        let script = WireScript.steps([.step(.interim(103)), .text("answer", .done), .step(.end(.fin))])
        try await Fixture.with(["/": script]) { fixture in
            let received = try await fixture.talk { client in
                try client.send(Fixture.get("/"))
                return client.receiveText()
            }
            #expect(received.text == "HTTP/1.1 103 Early Hints\r\n\r\nanswer")
        }
    }
}
