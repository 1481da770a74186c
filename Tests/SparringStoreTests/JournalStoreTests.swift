import Foundation
import SparringExchange
import SparringWire
import Testing

@testable import SparringStore

@Suite("The journal store")
struct JournalStoreTests {
    struct Kind: Sendable, CustomTestStringConvertible {
        var name: String
        var exchange: Exchange
        var testDescription: String { name }
    }

    private static func kind(_ name: String, _ change: (inout Exchange) -> Void) -> Kind {
        var exchange = Exchange.call(1)
        change(&exchange)
        return Kind(name: name, exchange: exchange)
    }

    static let kinds =
        [
            kind("a plain call") { _ in },
            kind("by rule and step, third attempt") {
                $0.decision.step = #"rule 2 "two rate limits", step 1"#
                $0.decision.attempt = 3
                $0.marbles = "H d·d·dD."
            },
            kind("unmatched") {
                $0.decision.status = 400
                $0.decision.unmatched = "no rule matches: nearest is rule 1; last.user is \"a\\b\", not\n\u{1}é🥊"
            },
            kind("refused, with a warning") {
                $0.decision.status = 400
                $0.decision.refusal = Exchange.Refusal("Unknown parameter: 'foo'.")
                $0.decision.warning = "the model gpt-4o-mni is unknown"
            },
            kind("auxiliary, without body, endpoint or model") {
                $0.request = Request(method: "GET", target: "/nowhere?limit=2", version: .http10, headers: [:])
                $0.decision = Exchange.Decision(endpoint: nil, status: 404, isAuxiliary: true)
            },
            kind("bytes that are not a request") {
                $0.request = Request(method: "?", target: "?")
                $0.decision = Exchange.Decision(endpoint: nil, status: 400)
                $0.timeline = Timeline()
                $0.number = 0
            },
            kind("headers in order and spelling, one twice, one empty") {
                $0.request.headers = ["Host": "a", "x-A": "1", "X-a": "2", "Empty": "", "Quote": #""\"#]
            },
            kind("a body that is not UTF-8") { $0.request.body = [0, 0xFF, 0x80, 10, 0] },
            kind("an empty target and session") {
                $0.request.target = ""
                $0.session = ""
            },
            kind("faults, delivered and missed") {
                $0.decision.faults = ["at event 5: reset", #"at done: error "x""#]
                $0.timeline.stamp(.faultDelivered(0), at: Moment(nanoseconds: 3))
                $0.timeline.stamp(.faultMissed(1, reason: "the client had disconnected"), at: Moment(nanoseconds: 4))
            },
            kind("every happening") { exchange in
                let accepted = [Mark.head, .event(1), .content(20), .done, .piece, nil].enumerated().map {
                    Timeline.Happening.accepted($1, due: Moment(nanoseconds: Int64($0) * 7 - 3))
                }
                exchange.timeline = Timeline()
                for (index, happening)
                    in ([.requestStart, .requestHead, .requestEnd, .decided] + accepted
                    + [.held(at: "event 3"), .released(after: .nanoseconds(7), reason: "it was let go")]
                    + [.drained, .lost(bytes: 713), .peerGone(reason: "closed its side")]).enumerated()
                {
                    exchange.timeline.stamp(happening, at: Moment(nanoseconds: 1 << 40 + Int64(index)))
                }
            },
        ]
        + [
            Ending.keepAlive, .fin, .halfClose, .reset, .cut, .stream(.max), .hang(nil), .hang(.seconds(3)),
            .hang(.milliseconds(250)), .hang(.milliseconds(1_500)), .hang(.milliseconds(61_001)),
        ].map { ending in
            kind("ended by \(ending)") { $0.timeline.stamp(.ended(ending), at: Moment(nanoseconds: 9_000_000)) }
        }

    @Test("The journal store returns every kind of exchange unchanged", arguments: kinds)
    func roundTrip(kind: Kind) async throws {
        let fixture = try JournalFixture()
        let store = try fixture.open()
        store.receive(kind.exchange, played: .answer())
        let kept = try await store.exchanges(JournalQuery())
        let missing = await store.close(endedAt: 0)
        let exchange = try #require(kept.first)
        #expect(kept.count == 1 && missing == nil)
        #expect(exchange.number == kind.exchange.number && exchange.session == kind.exchange.session)
        #expect(exchange.connection == kind.exchange.connection && exchange.marbles == kind.exchange.marbles)
        #expect(exchange.decision == kind.exchange.decision)
        #expect(exchange.timeline == kind.exchange.timeline)
        #expect(exchange.request.method == kind.exchange.request.method)
        #expect(exchange.request.target == kind.exchange.request.target)
        #expect(exchange.request.version == kind.exchange.request.version)
        #expect(exchange.request.headers == kind.exchange.request.headers)
        #expect(exchange.request.body == kind.exchange.request.body)
    }

    struct Asked: Sendable, CustomTestStringConvertible {
        var query: JournalQuery
        var numbers: [Int]
        var testDescription: String { "\(query)" }
    }

    @Test(
        "A query of the journal store returns the matching exchanges of its run, oldest first",
        arguments: [
            Asked(query: JournalQuery(), numbers: [1, 2, 3, 4]),
            Asked(query: JournalQuery(session: "b"), numbers: [2, 4]),
            Asked(query: JournalQuery(session: "nobody"), numbers: []),
            Asked(query: JournalQuery(endpoint: "chat.completions"), numbers: [1, 2, 3, 4]),
            Asked(query: JournalQuery(endpoint: "models"), numbers: []),
            Asked(query: JournalQuery(status: 429), numbers: [3, 4]),
            Asked(query: JournalQuery(since: Moment(nanoseconds: 2_000_000)), numbers: [2, 3, 4]),
            Asked(query: JournalQuery(since: Moment(nanoseconds: 2_000_001)), numbers: [3, 4]),
            Asked(query: JournalQuery(after: 1, limit: 2), numbers: [2, 3]),
            Asked(query: JournalQuery(session: "b", status: 429, after: 2), numbers: [4]),
            Asked(query: JournalQuery(limit: 0), numbers: []),
            Asked(query: JournalQuery(limit: -1), numbers: []),
        ])
    func queries(asked: Asked) async throws {
        let fixture = try JournalFixture()
        try await fixture.keep([(.call(99), .answer())])
        let store = try fixture.open()
        for number in 1...4 {
            let session = number.isMultiple(of: 2) ? "b" : "a"
            store.receive(.call(number, session: session, status: number > 2 ? 429 : 200), played: .answer())
        }
        let kept = try await store.exchanges(asked.query)
        _ = await store.close(endedAt: 0)
        #expect(kept.map(\.number) == asked.numbers, "an earlier run in the same file does not count")
    }

    @Test("The journal store keeps the answer, its head and both sizes")
    func answer() async throws {
        let fixture = try JournalFixture()
        try await fixture.keep([
            (.call(1, body: "hello"), .answer("5\r\nabcde", head: "HTTP/1.1 200 OK\r\nA: b\r\n\r\n"))
        ])
        let rows = try fixture.query(
            "SELECT request, answer_head, answer FROM calls; ")
        #expect(rows == ["hello|HTTP/1.1 200 OK\r\nA: b\r\n\r\n|5\r\nabcde"])
        let sizes = try fixture.query("SELECT request_bytes, answer_bytes, body_dropped FROM exchanges")
        #expect(sizes == ["5|33|"])
    }

    @Test("The journal store with `heads` stores no body, and records the reason")
    func heads() async throws {
        let fixture = try JournalFixture()
        var settings = fixture.settings
        settings.keeps = .heads
        try await fixture.keep([(.call(1, body: "hello"), .answer("world"))], settings)
        let rows = try fixture.query("SELECT body_dropped, request, answer_head, answer, ms FROM calls")
        let bodies = try fixture.query("SELECT count(*) FROM bodies")
        let run = try fixture.query("SELECT keeps FROM runs")
        #expect(rows == ["heads||HTTP/1.1 200 OK\r\n\r\n||0.5"])
        #expect(bodies == ["0"] && run == ["heads"])
    }

    @Test("A run in the journal has its scenario, seed, version, times and end")
    func runs() async throws {
        let fixture = try JournalFixture()
        try await fixture.keep([(.call(1), .answer())])
        let rows = try fixture.query(
            "SELECT id, scenario, seed, version, started_ns, ended_ns - started_ns, lost FROM runs")
        #expect(rows == ["1|test|18446744073709551615|0|1767225600000000000|5000000000|0"])
        let times = try fixture.query("SELECT started, ms FROM calls")
        #expect(times == ["2026-01-01T00:00:00.001Z|0.5"])
    }

    @Test("Two servers can write to one journal file")
    func shared() async throws {
        let fixture = try JournalFixture()
        async let one: Void = write(to: fixture)
        async let two: Void = write(to: fixture)
        _ = try await (one, two)
        let rows = try fixture.query("SELECT run, count(*) FROM exchanges GROUP BY run")
        let bytes = try fixture.query(
            "SELECT bytes - (SELECT sum(length(request) + length(answer)) FROM bodies) FROM body_budget")
        #expect(rows == ["1|200", "2|200"] && bytes == ["0"])
    }

    private func write(to fixture: JournalFixture) async throws {
        let store = try fixture.open()
        for number in 1...200 {
            store.receive(.call(number), played: .answer())
            if number.isMultiple(of: 20) { _ = try await store.exchanges(JournalQuery(limit: 1)) }
        }
        let missing = await store.close(endedAt: 0)
        #expect(missing == nil)
    }
}
