import Foundation
import SparringExchange
import SparringWire
import Testing

@testable import SparringStore

@Suite("Limits of the journal")
struct JournalLimitsTests {
    private static let key = "sk-proj-AbC0123456789_xyz-987"

    @Test("No secret reaches the journal file, wherever the client puts it")
    func secrets() async throws {
        let fixture = try JournalFixture()
        var exchange = Exchange.call(
            1, session: Self.key, target: "/v1/chat/completions?api_key=hunter2&q=\(Self.key)",
            headers: [
                "Authorization": "Bearer hunter2", "X-Api-Key": "hunter2", "Cookie": "hunter2", "Prompt": Self.key,
            ], body: #"{"model":"gpt-4o-mini","user":"\#(Self.key)"}"#)
        exchange.decision.model = Self.key
        exchange.decision.unmatched = "last.user is \(Self.key)"
        try await fixture.keep([(exchange, .answer(Self.key, head: "HTTP/1.1 200\r\nSet-Cookie: hunter2\r\n\r\n"))])
        let bytes = try fixture.everyByte()
        #expect(bytes.range(of: Data("hunter2".utf8)) == nil)
        #expect(bytes.range(of: Data("AbC0123456789".utf8)) == nil)
        let rows = try fixture.query("SELECT session, model, target FROM exchanges")
        #expect(rows == ["sk-…(masked)|sk-…(masked)|/v1/chat/completions?api_key=…(masked)&q=sk-…(masked)"])
    }

    /// A hundred bodies of 100 bytes, with a budget.
    @Test(
        "Beyond the budget the oldest bodies are dropped, and their exchanges record it",
        arguments: [(100_000, 0), (10_000, 0), (9_999, 10), (1_000, 91), (99, 100), (0, 100)])
    func budget(bytes: Int, dropped: Int) async throws {
        let fixture = try JournalFixture()
        var settings = fixture.settings
        settings.budget = bytes
        let calls = (1...100).map {
            (
                Exchange.call($0, body: String(repeating: "q", count: 60)),
                WireScript.answer(String(repeating: "a", count: 40))
            )
        }
        try await fixture.keep(calls, settings)
        let rows = try fixture.query(
            "SELECT count(*), count(body_dropped), max(CASE WHEN body_dropped = 'budget' THEN number END) FROM exchanges"
        )
        #expect(rows == ["100|\(dropped)|\(dropped == 0 ? "" : "\(dropped)")"])
        let kept = try fixture.query("SELECT count(*), (SELECT bytes FROM body_budget) FROM bodies")
        #expect(kept == ["\(100 - dropped)|\((100 - dropped) * 100)"])
        let masked = try fixture.query(
            "SELECT count(*) FROM calls WHERE (request IS NULL) <> (body_dropped IS NOT NULL) OR answer_head IS NULL")
        #expect(masked == ["0"])
    }

    @Test("The journal budget applies across runs")
    func budgetOverRuns() async throws {
        let fixture = try JournalFixture()
        var settings = fixture.settings
        settings.budget = 250
        let body = String(repeating: "q", count: 98)
        for number in 1...4 { try await fixture.keep([(.call(number, body: body), .answer())], settings) }
        let rows = try fixture.query("SELECT number, body_dropped FROM exchanges ORDER BY id")
        #expect(rows == ["1|budget", "2|budget", "3|", "4|"])
    }

    @Test("A filling journal queue drops bodies first, keeps heads, and recovers when it is written")
    func queue() throws {
        let exchange = Exchange.call(1, body: String(repeating: "q", count: 5_000))
        var queue = JournalQueue(bounds: JournalQueue.Bounds(bodies: 10_000, facts: 16_000))
        let outcomes = (1...20).map { _ in queue.append(exchange, played: .answer(String(repeating: "a", count: 1_000)))
        }
        let full = try #require(outcomes.firstIndex(of: .full))
        #expect(outcomes[0] == .whole && outcomes[1] == .withoutBodies)
        #expect(outcomes[1..<full].allSatisfy { $0 == .withoutBodies } && outcomes[full...].allSatisfy { $0 == .full })
        let batch = queue.take()
        let items = batch.items
        #expect(items.count == full)
        #expect(items[0].exchange.request.body.count == 5_000 && items[0].dropped == nil)
        #expect(items[1].exchange.request.body.isEmpty && items[1].dropped == .queue)
        #expect(items[1].requestBytes == 5_000 && items[1].answerBytes == 1_019)
        #expect(String(decoding: items[1].answer, as: UTF8.self) == "HTTP/1.1 200 OK\r\n\r\n")
        #expect(queue.append(exchange, played: nil) == .full, "what is being written counts until it is written")
        queue.settle(batch)
        #expect(queue.cost == 0)
        #expect(queue.append(exchange, played: nil) == .whole)
    }

    @Test("Exchanges that are put back into the queue come first and count once")
    func putBack() {
        var queue = JournalQueue(bounds: JournalQueue.Bounds())
        _ = queue.append(.call(1), played: nil)
        let taken = queue.take()
        _ = queue.append(.call(2), played: nil)
        let cost = queue.cost
        queue.putBack(taken)
        #expect(queue.cost == cost)
        #expect(queue.take().items.map(\.exchange.number) == [1, 2])
    }

    @Test("Only the unwritten rest of a batch is put back into the queue, with its own cost")
    func putBackRest() {
        var queue = JournalQueue(bounds: JournalQueue.Bounds())
        _ = queue.append(.call(2), played: nil)
        let cost = queue.cost
        let second = queue.take()
        queue.settle(second)
        for number in 1...2 { _ = queue.append(.call(number), played: nil) }
        let taken = queue.take()
        queue.putBack(taken, written: 1)
        #expect(queue.cost == cost)
        #expect(queue.take().items.map(\.exchange.number) == [2])
        #expect(queue.isEmpty)
    }

    @Test("Bodies of any size are in the journal, with secrets masked", arguments: [0, 2, 60_000, 3_000_000])
    func sizes(count: Int) async throws {
        let fixture = try JournalFixture()
        let filler = String(repeating: ".", count: count)
        let call = Exchange.call(1, body: filler + Self.key)
        try await fixture.keep([(call, .answer(Self.key + filler)), (call, .answer())])
        let rows = try fixture.query(
            """
            SELECT length(request), length(answer), request LIKE '%sk-…(masked)', answer LIKE 'sk-…(masked)%', answer_head
            FROM calls
            """)
        let masked = filler.utf8.count + "sk-…(masked)".count
        #expect(
            rows == [
                "\(masked)|\(masked)|1|1|HTTP/1.1 200 OK\r\n\r\n", "\(masked)|2|1|0|HTTP/1.1 200 OK\r\n\r\n",
            ])
        let bytes = try fixture.query(
            "SELECT bytes - (SELECT sum(length(request) + length(answer)) FROM bodies) FROM body_budget")
        #expect(bytes == ["0"])
        #expect(try fixture.everyByte().range(of: Data("AbC0123456789".utf8)) == nil)
    }

    @Test("A full journal queue drops bodies, but no exchange")
    func facts() async throws {
        let fixture = try JournalFixture()
        var settings = fixture.settings
        settings.bounds = JournalQueue.Bounds(bodies: 4_000, facts: 8_000)
        try await fixture.keep((1...2_000).map { (.call($0), .answer()) }, settings)
        let rows = try fixture.query(
            "SELECT count(*), max(number), count(body_dropped) > 0, (SELECT lost FROM runs) FROM exchanges")
        #expect(rows == ["2000|2000|1|0"])
        let reasons = try fixture.query("SELECT DISTINCT body_dropped FROM exchanges WHERE body_dropped IS NOT NULL")
        #expect(reasons == ["queue"])
    }

    @Test("Exchanges that cannot be written are counted and reported once")
    func failing() async throws {
        let fixture = try JournalFixture()
        var settings = fixture.settings
        settings.bounds = JournalQueue.Bounds(bodies: 4_000, facts: 8_000)
        let (said, saying) = AsyncStream.makeStream(of: String.self)
        let store = try JournalStore(settings, run: JournalFixture.run) { saying.yield($0) }
        try fixture.execute("DROP TABLE bodies; DROP TABLE exchanges")
        for number in 1...1_000 { store.receive(.call(number), played: .answer()) }
        let missing = await store.close(endedAt: 1)
        saying.finish()
        var warnings: [String] = []
        for await warning in said { warnings.append(warning) }
        #expect(warnings.count == 1 && warnings.first?.contains("no such table") == true, "\(warnings)")
        #expect(missing?.contains(": 1000 exchanges are missing: no such table") == true, "\(missing ?? "nothing")")
        let rows = try fixture.query("SELECT lost, ended_ns FROM runs")
        #expect(rows == ["1000|1"])
    }

    @Test("Exchanges that could not be written are written later")
    func recovers() async throws {
        let fixture = try JournalFixture()
        let (said, saying) = AsyncStream.makeStream(of: String.self)
        let store = try JournalStore(fixture.settings, run: JournalFixture.run) { saying.yield($0) }
        try fixture.execute("ALTER TABLE bodies RENAME TO elsewhere")
        for number in 1...10 { store.receive(.call(number), played: .answer()) }
        for await _ in said { break }
        store.receive(.call(11), played: .answer())
        try fixture.execute("ALTER TABLE elsewhere RENAME TO bodies")
        let missing = await store.close(endedAt: 1)
        #expect(missing == nil)
        let rows = try fixture.query("SELECT group_concat(e.number), (SELECT lost FROM runs) FROM exchanges e")
        #expect(rows == ["1,2,3,4,5,6,7,8,9,10,11|0"])
    }
}
