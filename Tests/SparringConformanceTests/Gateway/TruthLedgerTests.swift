import SparringExchange
import SparringJSON
import SparringWire
import Testing

@testable import SparringConformance

@Suite("The ledger of both ends of a gateway")
struct TruthLedgerTests {
    @Test("The upstreams' side contains every attempt, and the difference is the part that no answer reports")
    func bothEnds() throws {
        var ledger = TruthLedger()
        let usage = Usage(input: 1000, output: 500)
        ledger.add(
            GatewaySight.seen(
                ["gw1n1e": [GatewaySight.text("a", input: 1000, output: 500, headers: ["x-cost": "0.00045"])]],
                primary: [
                    GatewaySight.exchange("gw1n1e", status: 500),
                    GatewaySight.exchange("gw1n1e", usage: usage, isLeft: true),
                ], secondary: [GatewaySight.exchange("gw1n1e", usage: usage)], terms: GatewayTerms(costHeader: "x-cost")
            ))
        #expect(ledger.rows.map(\.upstream) == ["primary", "secondary"])
        #expect(ledger.total.requests == 3)
        #expect(ledger.total.failed == 1)
        #expect(ledger.total.cancelled == 1)
        let lines = Dictionary(uniqueKeysWithValues: ledger.lines.map { ($0.name, $0) })
        #expect(lines["output tokens"]?.truth == 1000)
        #expect(lines["output tokens"]?.difference == -500)
        // The tokens cost: 1,000 at $0.15 and 500 at $0.60 per million, twice.
        let dollars = try #require(lines["dollars"])
        #expect(abs(dollars.truth - 0.0009) < 1e-9)
        #expect(abs(try #require(dollars.difference) + 0.00045) < 1e-9)
    }

    @Test(
        "An answer that a fault only delayed has not failed, and one that a fault broke has",
        arguments: [("stall 1s at start", 0), ("at event 5: reset", 1)])
    func faults(fault: String, failed: Int) {
        var exchange = GatewaySight.exchange("gw1n1e")
        exchange.decision.faults = [fault]
        exchange.timeline.stamp(.faultDelivered(0), at: GatewaySight.at(5))
        var ledger = TruthLedger()
        ledger.add(GatewaySight.seen([:], primary: [exchange]))
        #expect(ledger.total.failed == failed)
    }

    @Test("Keys, users and models have separate rows, and a key is shown by its last four letters")
    func rows() {
        var ledger = TruthLedger()
        ledger.add(
            GatewaySight.seen(
                [:],
                primary: [
                    GatewaySight.exchange("gw1n1e", key: "sk-upstream-primary-1"),
                    GatewaySight.exchange("gw1n2e", key: "sk-upstream-primary-2"),
                ]))
        #expect(ledger.rows.map(\.key) == ["ry-1", "ry-2"])
    }

    @Test("Tags have separate rows, whatever their order in the request, and the user is no tag of the row")
    func tags() {
        let (team, step) = (Exchange.Tag("metadata.team", "red"), Exchange.Tag("metadata.step", "1"))
        var exchanges = (1...4).map { GatewaySight.exchange("gw1n\($0)e") }
        exchanges[0].decision.tags = [Exchange.Tag("user", "ada"), team, step]
        exchanges[1].decision.tags = [Exchange.Tag("user", "ada"), step, team]
        exchanges[2].decision.tags = [Exchange.Tag("user", "ada"), Exchange.Tag("metadata.team", "blue")]
        var ledger = TruthLedger()
        ledger.add(GatewaySight.seen([:], primary: exchanges))
        #expect(ledger.rows.map(\.requests) == [2, 1, 1])
        #expect(ledger.rows.map(\.user) == ["ada", "ada", ""])
        #expect(ledger.rows.map(\.tags) == [[step, team], [Exchange.Tag("metadata.team", "blue")], []])
        #expect(ledger.json["rows"]?[0]?["tags"]?.text() == #"{"metadata.step":"1","metadata.team":"red"}"#)
    }

    @Test(
        "Dollars are written with three digits",
        arguments: [(0.0, "$0"), (0.00045, "$0.000450"), (1.234, "$1.23"), (250, "$250"), (0.000001234, "$0.00000123")])
    func dollars(value: Double, text: String) { #expect(value.dollarsInWords == text) }
}
