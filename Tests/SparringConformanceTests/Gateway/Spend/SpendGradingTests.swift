import SparringExchange
import SparringJSON
import SparringScenario
import SparringWire
import Testing

@testable import SparringConformance

@Suite("The cost that a gateway booked, compared with the upstreams'")
struct SpendGradingTests {
    /// $0.00045 each: 1,000 tokens at $0.15 and 500 at $0.60 a million.
    private static let usage = Usage(input: 1000, output: 500)

    /// Two calls with the key `usual` and one with `other`, and the first attempt of one of them failed.
    private static func seen(_ booked: [SpendAccount]) -> GatewayObservation {
        let keys = ["gw1n1e": GatewayCall.Key.usual, "gw1n2e": .usual, "gw1n3e": .other]
        var seen = GatewaySight.seen(
            [:],
            primary: [
                GatewaySight.exchange("gw1n1e", usage: usage), GatewaySight.exchange("gw1n2e", status: 500),
                GatewaySight.exchange("gw1n3e", usage: usage),
            ], secondary: [GatewaySight.exchange("gw1n2e", usage: usage)])
        seen.calls = keys.sorted { $0.key < $1.key }.map { token, key in
            let call = GatewayCall(key: key)
            return GatewayObservation.Call(
                call: call, token: token, request: call.request(model: "gpt-4o-mini", token: token), answers: [])
        }
        seen.booked = booked
        return seen
    }

    private static func account(_ names: [GatewayCall.Key], _ dollars: Double) -> SpendAccount {
        SpendAccount(names: names, booked: .success([.cost: dollars]))
    }

    /// The booked amounts, the verdict, and a part of the finding.
    struct Sample: Sendable {
        var booked: [SpendAccount]
        var verdict: Verdict
        var words: String
    }

    @Test(
        "Each key is compared with its own calls, and an unknown amount is unobserved",
        arguments: [
            Sample(
                booked: [account([.usual], 0.0009), account([.other], 0.00045)], verdict: .pass,
                words: "booked $0.000900 for the key usual"),
            Sample(
                booked: [account([.usual], 0.00135), account([.other], 0.00045)], verdict: .fail,
                words: "booked $0.00135 for the key usual, but its answers cost $0.000900"),
            Sample(
                booked: [account([.usual], 0.00135), account([.other], 0)], verdict: .fail,
                words: "booked $0 for the key other"),
            Sample(booked: [account([.usual], -0.0009)], verdict: .fail, words: "booked -$0.000900"),
            Sample(
                booked: [account([.usual, .other], 0.00135)], verdict: .pass,
                words: "booked $0.00135 for the key usual, other"),
            Sample(booked: [], verdict: .unobserved, words: "write spend.path"),
            Sample(
                booked: [SpendAccount(names: [.usual], booked: .success([.tokens: 3000]))], verdict: .unobserved,
                words: "write spend.path"),
            Sample(
                booked: [SpendAccount(names: [.usual], booked: .failure(SpendProblem("GET /a answers 404")))],
                verdict: .unobserved, words: "GET /a answers 404"),
        ])
    func booked(sample: Sample) {
        let finding = GatewayGrading.spend(0.1, .must, Self.seen(sample.booked))
        #expect(finding.verdict == sample.verdict, "\(finding.actual)")
        #expect(finding.actual.contains(sample.words), "\(finding.actual)")
    }

    @Test("A case that no upstream answered is unobserved, although nothing is booked")
    func unanswered() {
        var seen = GatewaySight.seen(["gw1n1e": []], primary: [GatewaySight.exchange("gw1n1e", status: 500)])
        seen.booked = [Self.account([.usual], 0)]
        let finding = GatewayGrading.spend(0.1, .must, seen)
        #expect(finding.verdict == .unobserved)
        #expect(finding.actual.contains("no upstream answered"))
    }

    @Test("Only the amounts after the earlier reading count, and a reading that failed is not taken as zero")
    func since() {
        let failed = SpendAccount(names: [.usual], booked: .failure(SpendProblem("it failed")))
        let later = Self.account([.usual], 3)
        #expect(later.since(Self.account([.usual], 1)).booked == .success([.cost: 2]))
        #expect(later.since(failed).booked == failed.booked)
        #expect(failed.since(later).booked == failed.booked)
        #expect(throws: SpendProblem.self) { try later.since(nil).booked.get() }
    }

    @Test("The ledger has a line for each key and stated figure, with the difference or the reason why it is unknown")
    func ledger() throws {
        var truth = SpendTruth()
        truth.add(Self.seen([]))
        var ledger = TruthLedger()
        ledger.book(
            [
                SpendAccount(names: [.usual], booked: .success([.cost: 0.00135, .tokens: 4500])),
                SpendAccount(names: [.other], booked: .failure(SpendProblem("it answers 404"))),
            ], of: [.cost, .tokens], truth: truth)
        #expect(ledger.booked.map(\.key) == ["usual", "other"])
        let lines = try #require(ledger.booked.first).lines
        #expect(lines.map(\.name) == ["dollars", "tokens"])
        #expect(abs(try #require(lines.first?.difference) - 0.00045) < 1e-9)
        #expect(lines.last == TruthLedger.Line(name: "tokens", truth: 3000, reported: 4500))
        #expect(ledger.booked.last?.problem == "it answers 404")
        #expect(ledger.booked.last?.lines.map(\.reported) == [nil, nil])
        #expect(ledger.json["booked"]?[1]?["problem"] == "it answers 404")
    }
}
