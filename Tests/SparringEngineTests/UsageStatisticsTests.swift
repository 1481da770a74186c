import SparringAPI
import SparringExchange
import SparringJSON
import SparringWire
import Testing

@testable import SparringEngine

@Suite("The usage ledger")
struct UsageStatisticsTests {
    private static func exchange(
        session: String = "a", model: String = "gpt-4o", status: Int = 200,
        usage: Usage? = Usage(input: 100, output: 10),
        tags: [Exchange.Tag] = [], body: String = "{}",
        key: String = "Bearer sk-0123456789abcd",
        happenings: [(Int, Timeline.Happening)] = [
            (0, .requestStart), (3, .accepted(.head, due: at(2))), (5, .ended(.keepAlive)),
        ]
    ) -> Exchange {
        var decision = Exchange.Decision(endpoint: "chat.completions", model: model, status: status)
        (decision.usage, decision.tags) = (usage, tags)
        let timeline = Timeline(entries: happenings.map { Timeline.Entry(at: at($0), $1) })
        return Exchange(
            number: 1, session: session, connection: 1,
            request: Request(
                method: "POST", target: "/v1/chat/completions", headers: ["authorization": key], body: Array(body.utf8)),
            decision: decision, timeline: timeline)
    }

    private static func at(_ milliseconds: Int) -> Moment { Moment(nanoseconds: Int64(milliseconds) * 1_000_000) }

    private static func report(
        _ exchanges: [Exchange], by dimensions: [String] = ["session", "model"],
        only: [(dimension: UsageReport.Dimension, value: String)] = []
    ) -> UsageReport {
        let ledger = UsageStatistics()
        for exchange in exchanges { ledger.receive(exchange) }
        return UsageReport(ledger.reading, by: dimensions.compactMap { UsageReport.Dimension($0) }, only: only)
    }

    @Test("A line that is read from its JSON has the same totals, and no secret key")
    func json() throws {
        let ledger = UsageStatistics()
        var usage = Usage(input: 1, output: 2)
        (usage.cached, usage.audioInput, usage.reasoning, usage.audioOutput) = (3, 4, 5, 6)
        (usage.milliseconds, usage.characters, usage.images) = (7, 8, 9)
        ledger.receive(Self.exchange(usage: usage, tags: [Exchange.Tag("user", "ada")]))
        ledger.receive(Self.exchange(status: 429, usage: nil, tags: [Exchange.Tag("user", "ada")]))
        let line = try #require(ledger.reading.lines.first)
        let read = UsageStatistics.Line(line.json, of: "a", ledger.prices)
        #expect(read.json.text() == line.json.text())
        #expect(read.requests == 2 && read.usage == line.usage && read.cost == line.cost && read.total == line.total)
        #expect(read.price == line.price && read.key.tags == line.key.tags)
        #expect(!line.json.text().contains("0123456789abcd"))
        #expect(read.key.keyName == "sk-…abcd")
    }

    @Test("Tokens and dollars are summed for each session and model")
    func sums() {
        let report = Self.report([
            Self.exchange(), Self.exchange(), Self.exchange(model: "gpt-4o-mini"), Self.exchange(session: "b"),
        ])
        #expect(report.rows.map(\.values) == [["a", "gpt-4o"], ["a", "gpt-4o-mini"], ["b", "gpt-4o"]])
        #expect(report.rows[0].line.usage == Usage(input: 200, output: 20))
        // The cost of 200 tokens at $2.50 and 20 tokens at $10 per million.
        #expect(report.rows[0].dollars == 0.0007)
        #expect(report.total.line.requests == 4)
    }

    @Test("A model without a price makes the total unknown and is listed")
    func unpriced() {
        let report = Self.report([Self.exchange(), Self.exchange(model: "mine")])
        #expect(report.total.dollars == nil)
        #expect(report.total.unpriced == ["mine"])
        #expect(Self.report([Self.exchange(model: "mine", status: 404, usage: nil)]).total.dollars == 0)
    }

    @Test("Faults are counted by name, and calls with chaos are counted with and without a fault")
    func faults() {
        var reset = Self.exchange(happenings: [(0, .requestStart), (1, .faultDelivered(FaultID(0)))])
        reset.decision.faults = ["at event 5: reset"]
        reset.decision.chaos = Exchange.Drawn(strike: "at event 5: reset", digest: 1, call: 1, source: "{}")
        var error = Self.exchange(status: 500)
        error.decision.chaos = Exchange.Drawn(strike: "error server_error", digest: 2, call: 2, source: "{}")
        let line = Self.report([Self.exchange(), reset, reset, error]).total.line
        #expect(line.faultNames == ["reset": 2] && line.faults == 2 && line.chaos == 3)
    }

    @Test("A usage report groups by the chosen dimensions and filters by their values")
    func dimensions() {
        let tag = Exchange.Tag("metadata.team", "red")
        let exchanges = [Self.exchange(tags: [tag]), Self.exchange(), Self.exchange(session: "b", tags: [tag])]
        #expect(Self.report(exchanges, by: ["metadata.team"]).rows.map(\.values) == [[nil], ["red"]])
        #expect(Self.report(exchanges, only: [(.session, "b")]).total.line.requests == 1)
        #expect(Self.report(exchanges, by: ["key"]).rows.map(\.values) == [["sk-…abcd"]])
    }

    @Test("An equal call after a failed one is a retry, until one succeeds")
    func retries() {
        let failed = Self.exchange(status: 500, usage: nil)
        let report = Self.report([
            Self.exchange(), failed, failed, Self.exchange(body: "[]"), Self.exchange(), Self.exchange(),
        ])
        #expect(report.total.line.retries == 2)
        #expect(report.total.errors == 2)
    }

    @Test("The ledger measures times to the first content, for each token and to the end")
    func times() {
        let report = Self.report([
            Self.exchange(happenings: [
                (10, .requestStart), (20, .accepted(.head, due: Self.at(20))),
                (30, .accepted(.content(1), due: Self.at(28))),
                (40, .accepted(.content(2), due: Self.at(40))), (70, .accepted(.content(3), due: Self.at(69))),
                (80, .ended(.keepAlive)), (90, .peerGone(reason: "end of file")),
            ])
        ])
        let line = report.total.line
        #expect(line.firstToken.maximum == .milliseconds(20))
        #expect(line.perToken.maximum == .milliseconds(20))
        #expect(line.total.maximum == .milliseconds(70))
        #expect(line.abandoned == 0)
        #expect(report.lateness.count == 4)
        #expect(report.lateness.maximum == .milliseconds(2))
    }

    @Test("The lateness of a long stream counts every event")
    func longStreams() {
        let happenings = (1...500).map { ($0, Timeline.Happening.accepted(.content($0), due: Self.at($0 - 1))) }
        let report = Self.report([Self.exchange(happenings: [(0, .requestStart)] + happenings)])
        #expect(report.lateness.count == 500)
        #expect(report.lateness.mean == .milliseconds(1))
    }

    @Test("A call counts as abandoned if its client disconnects early")
    func abandoned() {
        let report = Self.report([
            Self.exchange(happenings: [(0, .requestStart), (5, .peerGone(reason: "reset")), (6, .ended(.cut))])
        ])
        #expect(report.total.line.abandoned == 1)
    }

    @Test("The ledger forgets the usage of a deleted session")
    func forgets() {
        let ledger = UsageStatistics()
        for session in ["a", "b", "a"] { ledger.receive(Self.exchange(session: session)) }
        ledger.forget("a")
        ledger.receive(Self.exchange(session: "b"))
        #expect(UsageReport(ledger.reading, by: [.session]).rows.map(\.values) == [["b"]])
        #expect(ledger.reading.lines.map(\.requests) == [2])
    }

    @Test("Calls beyond the ledger's 10,000 groups are counted in one additional group")
    func bounded() {
        let ledger = UsageStatistics()
        for number in 0..<10_050 { ledger.receive(Self.exchange(tags: [Exchange.Tag("user", String(number))])) }
        #expect(ledger.reading.lines.count == 10_001)
        #expect(UsageReport(ledger.reading, by: []).total.line.requests == 10_050)
    }
}
