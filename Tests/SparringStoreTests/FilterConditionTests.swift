import SparringExchange
import SparringWire
import Testing

@testable import SparringStore

@Suite("Filters that SQLite checks")
struct FilterConditionTests {
    /// Exchanges with the values that filters compare, and texts that SQLite and Swift compare differently.
    private static var exchanges: [Exchange] {
        var all = [
            Exchange.call(1), .call(2, session: "Kelvin \u{212A}", status: 429), .call(3, session: "50%_a\\b"),
            .call(
                4, status: 500, faults: ["at event 5: reset"],
                happenings: [.requestStart, .faultDelivered(0), .ended(.reset)]),
            .call(5, happenings: [.requestStart, .decided, .peerGone(reason: "reset")]),
            .call(6, headers: ["X-Client-Request-Id": "MINE-6"]), .call(7, session: "ÄÖ"),
        ]
        all[0].decision.unmatched = "no rule \"x\" matched"
        all[1].decision.attempt = 3
        all[2].decision.refusal = Exchange.Refusal("Missing 'model'")
        all[3].decision.warning = "100% wrong"
        return all
    }

    private static let filters = [
        "", "status:429", "-status:429", "status:4xx,500", "status:>=400", "number:<=2", "-number:>2", "attempt:>1",
        "ms:>0.4", "ms:<0.6", "-ms:>0.4", "is:unmatched", "-is:unmatched", "is:refused,warned", "is:faulted",
        "-is:faulted", "is:left",
        "is:running", "is:retried -is:left", "session:kelvin", "session:k", "session:%", "session:_", "session:b\\b",
        "session:\\", "session:äö",
        "-session:default", "fault:reset", "fault:RESET", "id:mine", "id:req", "path:chat", "method:post", "model:MINI",
        "endpoint:chat.completions",
        "step:x", "\"no rule\"", "100%", "wrong", "missing", "'model'", "default -wrong", "Ä", "reset status:500",
    ]

    @Test("A search through a journal finds what the filter selects of all its exchanges", arguments: filters)
    func same(text: String) async throws {
        let fixture = try JournalFixture()
        try await fixture.keep(
            Self.exchanges.map { ($0, .answer(head: "HTTP/1.1 200 OK\r\nx-request-id: REQ_\($0.number)\r\n\r\n")) })
        let (file, filter) = (try JournalFile(fixture.path), try ExchangeFilter(text))
        let all = try file.exchanges(at: 0..<file.count)
        #expect(all.map(\.position) == Array(0..<7))
        let wanted = all.filter { filter.selects($0.exchange) }.map(\.position)
        let found = try file.exchanges(at: 0..<file.count, for: filter).filter { filter.selects($0.exchange) }.map(
            \.position)
        #expect(found == wanted)
    }

    @Test(
        "Most terms leave out rows that they do not select",
        arguments: [
            ("status:429", 1), ("-status:200", 2), ("is:unmatched", 1), ("is:faulted", 1), ("fault:reset", 1),
            ("\"no rule\"", 1), ("ms:>0.4", 7),
            ("number:>6", 1), ("session:kelvin", 1), ("-session:kelvin", 7),
        ])
    func rows(text: String, count: Int) async throws {
        let fixture = try JournalFixture()
        try await fixture.keep(Self.exchanges.map { ($0, .answer()) })
        let file = try JournalFile(fixture.path)
        #expect(try file.exchanges(at: 0..<file.count, for: ExchangeFilter(text)).count == count)
    }

    @Test("An exchange that another program deleted leaves its position empty")
    func deleted() async throws {
        let fixture = try JournalFixture()
        try await fixture.keep(Self.exchanges.map { ($0, .answer()) })
        try fixture.execute(
            "DELETE FROM bodies WHERE exchange IN (1, 4); DELETE FROM exchanges WHERE id IN (1, 4)")
        let file = try JournalFile(fixture.path)
        #expect(file.count == 6)
        #expect(try file.exchanges(at: 0..<6).map(\.position) == [0, 1, 3, 4, 5])
        #expect(try file.whole(at: 2) == nil)
        #expect(try file.whole(at: 3)?.exchange.number == 5)
    }

    @Test("A journal without exchanges has no position")
    func empty() async throws {
        let fixture = try JournalFixture()
        try await fixture.keep([])
        #expect(try JournalFile(fixture.path).count == 0)
    }
}
