import SparringExchange
import SparringJSON
import SparringWire
import Testing

@Suite("Exchanges read from lines of logs")
struct ExchangeEntryTests {
    /// An exchange with every event of a timeline.
    private static var exchange: Exchange {
        var exchange = Exchange(
            number: 3, session: "mine", connection: 2,
            request: Request(
                method: "POST", target: "/v1/chat/completions", headers: ["x-client-request-id": "abc"]),
            decision: Exchange.Decision(
                endpoint: "chat.completions", status: 429, step: "rule 1, step 2", attempt: 2,
                faults: ["at event 2: reset", "at done: fin"]),
            marbles: "H!")
        exchange.decision.requestID = "req_1"
        exchange.decision.hint = Exchange.Hint(ordered: .seconds(2), told: .seconds(1))
        let happenings: [Timeline.Happening] = [
            .requestStart, .requestHead, .requestEnd, .decided, .held(at: "start"),
            .released(after: .milliseconds(5), reason: "let go"),
            .accepted(.event(1), due: Moment(nanoseconds: 2_000_000)),
            .faultDelivered(FaultID(0)), .faultMissed(FaultID(1), reason: "the peer had gone"),
            .peerGone(reason: "closed its side"), .drained, .lost(bytes: 7), .ended(.reset),
        ]
        for (index, happening) in happenings.enumerated() {
            exchange.timeline.stamp(happening, at: Moment(nanoseconds: Int64(index) * 1_000_000))
        }
        return exchange
    }

    @Test("A line of the journal gives the same line again")
    func journal() throws {
        let line = Self.exchange.json(origin: Moment(nanoseconds: 0))
        let read = try #require(Exchange(entry: line))
        #expect(read.json(origin: Moment(nanoseconds: 0)) == line)
        #expect(read.timeline == Self.exchange.timeline)
    }

    @Test("A line of `serve --log json` has the duration that it names")
    func served() throws {
        let line: JSONValue = [
            "event": "exchange", "session": "default", "number": 1, "method": "GET", "path": "/v1/models",
            "status": 200,
            "ms": 12.5, "attempt": 1, "faults": [], "model": nil,
        ]
        let read = try #require(Exchange(entry: line))
        #expect(read.leftAt == Moment(nanoseconds: 12_500_000))
        #expect(!read.isRunning && read.request.event == nil)
    }

    @Test(
        "A line without a member that every exchange has is not one",
        arguments: [
            "{}", #"{"event":"end","ms":1}"#, #"{"number":1,"session":"a","method":"GET","path":"/"}"#,
            #"{"number":"1","session":"a","method":"GET","path":"/","status":200}"#, "[]", "7",
        ])
    func foreign(line: String) throws {
        #expect(Exchange(entry: try JSONValue.parse(line)) == nil)
    }

    @Test("A body that is not text is read from its base64")
    func binary() throws {
        let line = #"{"number":1,"session":"a","method":"POST","path":"/","status":200,"body_base64":"/wA="}"#
        #expect(try #require(Exchange(entry: try JSONValue.parse(line))).request.body == [0xFF, 0])
    }

    @Test("Times and events that no server writes do no harm")
    func hostile() throws {
        let line = """
            {"number":1,"session":"a","method":"GET","path":"/","status":200,"timeline":
            [{"ms":1e300,"what":"ended","ending":"keep_alive"},{"what":"x"},{"ms":-1e300,"what":"decided"},{"ms":1,"what":"new"}]}
            """
        let read = try #require(Exchange(entry: try JSONValue.parse(line)))
        #expect(read.timeline.entries.count <= 2)
    }
}
