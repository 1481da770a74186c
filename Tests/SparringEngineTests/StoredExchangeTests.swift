import SparringExchange
import SparringWire
import Testing

@testable import SparringEngine

@Suite("Exchanges that servers share")
struct StoredExchangeTests {
    private static func at(_ milliseconds: Int64) -> Moment { Moment(nanoseconds: milliseconds * 1_000_000) }

    private static func exchange(_ body: String = #"{"input":"hi"}"#) -> Exchange {
        var decision = Exchange.Decision(
            endpoint: "responses", model: "gpt-5.2", status: 429, step: "rule 1, step 2", attempt: 3,
            faults: ["at event 5: reset"])
        decision.refusal = Exchange.Refusal("no")
        decision.warning = "old"
        decision.chaos = Exchange.Drawn(strike: "reset", digest: 7, call: 4, source: "{}")
        let request = Request(
            method: "POST", target: "/v1/responses",
            headers: ["content-type": "application/json", "authorization": "Bearer sk-0123456789abcdefghij"],
            body: Array(body.utf8))
        return Exchange(
            number: 4, session: "a", connection: 9, request: request, decision: decision, marbles: "-a|",
            timeline: Timeline(entries: [Timeline.Entry(at: at(1_500), .decided)]))
    }

    /// The offset of a server that started `seconds` before another one.
    private static func offset(_ seconds: Int64) -> StoreOffset {
        StoreOffset(nanoseconds: 1_795_000_000_000_000_000 - seconds * 1_000_000_000)
    }

    @Test("Another server reads what was decided, in its own time and with its server, without secrets")
    func decided() throws {
        let stored = StoredExchange(Self.exchange(), Self.offset(0))
        #expect(stored.number == 4 && stored.connection == 9)
        let read = try #require(
            StoredExchange.exchange(stored.document, ending: nil, replica: "one", Self.offset(60)))
        #expect(read.replica == "one" && read.number == 4 && read.session == "a" && read.connection == 9)
        #expect(read.startedAt == Self.at(61_500), "its server started a minute earlier")
        #expect(read.decision.model == "gpt-5.2" && read.decision.status == 429 && read.decision.attempt == 3)
        #expect(read.decision.step == "rule 1, step 2" && read.decision.warning == "old")
        #expect(read.decision.refusal?.words == "no" && read.decision.chaos?.strike == "reset")
        #expect(read.request.body == Array(#"{"input":"hi"}"#.utf8) && read.isRunning)
        #expect(!String(decoding: stored.document, as: UTF8.self).contains("0123456789abcdefghij"))
    }

    @Test("The end of an exchange has its timeline, also from before the reader's start")
    func ended() throws {
        var exchange = Self.exchange()
        let stored = StoredExchange(exchange, Self.offset(0))
        exchange.timeline = Timeline(entries: [
            Timeline.Entry(at: Self.at(1_400), .requestStart), Timeline.Entry(at: Self.at(1_500), .decided),
            Timeline.Entry(at: Self.at(1_600), .accepted(.head, due: Self.at(1_590))),
            Timeline.Entry(at: Self.at(1_700), .faultDelivered(FaultID(0))),
            Timeline.Entry(at: Self.at(1_700), .ended(.keepAlive)),
        ])
        let ending = StoredExchange.ending(of: exchange, Self.offset(0))
        let read = try #require(
            StoredExchange.exchange(stored.document, ending: ending, replica: "one", Self.offset(-60)))
        let moved = exchange.timeline.entries.map { $0.at.nanoseconds - 60_000_000_000 }
        #expect(read.timeline.entries.map(\.at.nanoseconds) == moved)
        #expect(read.timeline.entries[2].happening == .accepted(.head, due: Self.at(-58_410)))
        #expect(read.deliveredFaultNames == ["reset"] && !read.isRunning)
    }

    @Test(
        "A body of more than a megabyte, or any body of a journal of heads, is left out, but stays equal to itself only"
    )
    func withheld() throws {
        let long = String(repeating: "x", count: 1 << 20)
        func body(_ text: String, _ extent: StoredExchange.Extent) throws -> [UInt8] {
            let stored = StoredExchange(Self.exchange(#"{"input":"\#(text)"}"#), Self.offset(0), extent)
            #expect(stored.document.count < 10_000)
            let read = StoredExchange.exchange(stored.document, ending: nil, replica: nil, Self.offset(0))
            return try #require(read).request.body
        }
        #expect(try body(long + "a", .whole) == body(long + "a", .whole))
        #expect(try body(long + "a", .whole) != body(long + "b", .whole))
        #expect(try body("a", .heads) == body("a", .heads))
        #expect(try body("a", .heads) != body("b", .heads))
        #expect(try !String(decoding: body("marker", .heads), as: UTF8.self).contains("marker"))
    }
}
