import SparringExchange
import SparringJSON
import SparringScenario
import SparringWire
import Testing

@testable import SparringConformance

@Suite("The grading of budgets of gateways")
struct GatewayBudgetTests {
    private static func check(
        _ question: GatewayRequirement.Question, seeing seen: GatewayObservation
    ) throws -> Check {
        let subject = GatewayCase(
            id: "gateway.test", since: "", title: "", why: "", references: [], level: .must, needs: [], upstreams: [:],
            first: nil, calls: [], requirements: [GatewayRequirement(question, level: .must)], timeout: .seconds(1),
            line: 1)
        return try #require(GatewayGrading.checks(of: subject, seeing: seen).first)
    }

    /// Ten calls of the key with a budget: the first ones are answered for $0.00015 each, the others are refused. gpt-4o-mini costs
    /// $0.15 and $0.60 for a million tokens.
    private static func seen(answered: Int, budget: Double?, before: Double = 0, price: Int = 200) -> GatewayObservation
    {
        let tokens = (1...10).map { "gw1n\($0)e" }
        let answers = tokens.enumerated().map { index, token in
            (token, [index < answered ? GatewaySight.text("a") : GatewaySight.answer(["error": [:]], status: 429)])
        }
        var seen = GatewaySight.seen(
            Dictionary(uniqueKeysWithValues: answers), call: GatewayCall(key: .budget),
            terms: GatewayTerms(dollars: budget))
        // Calls are sorted by their tokens, so each request belongs to an answered call.
        let exchanges = seen.calls.filter { $0.answer?.status == 200 }.map {
            GatewaySight.exchange($0.token, usage: Usage(input: price, output: price))
        }
        seen.upstreams[0].exchanges = exchanges
        seen.spentBefore = before
        return seen
    }

    @Test(
        "A key is refused too early if the upstreams cost less than its budget without a tenth and one call",
        arguments: [
            (10, 0.0015, 0.0, Verdict.pass), (8, 0.0015, 0, .pass), (7, 0.0015, 0, .fail), (2, 0.0015, 0, .fail),
            (2, 0.0015, 0.001, .pass), (10, 0.1, 0, .unobserved), (2, 0.1, 0, .fail), (0, 0.0015, 0, .unobserved),
        ])
    func early(answered: Int, budget: Double, before: Double, verdict: Verdict) throws {
        let check = try Self.check(.fullBudget, seeing: Self.seen(answered: answered, budget: budget, before: before))
        #expect(check.verdict == verdict, "\(check.actual)")
    }

    @Test(
        "A budget is exceeded if the calls cost a tenth and one call more, together with the calls of earlier cases",
        arguments: [
            (10, 0.0013, 0.0, Verdict.pass), (10, 0.001, 0, .fail), (8, 0.001, 0, .pass), (8, 0.001, 0.0002, .fail),
            (10, 0.1, 0, .unobserved), (0, 0.001, 0, .unobserved),
        ])
    func late(answered: Int, budget: Double, before: Double, verdict: Verdict) throws {
        let check = try Self.check(.budget, seeing: Self.seen(answered: answered, budget: budget, before: before))
        #expect(check.verdict == verdict, "\(check.actual)")
    }

    @Test(
        "Without the budget of a key, the checks say what to write into the adapter file",
        arguments: [GatewayRequirement.Question.budget, .fullBudget])
    func unknown(question: GatewayRequirement.Question) throws {
        let check = try Self.check(question, seeing: Self.seen(answered: 2, budget: nil))
        #expect(check.verdict == .unobserved)
        #expect(check.actual.contains("keys.budget"), "\(check.actual)")
    }

    @Test("The cost of a key is that of its own calls")
    func cost() {
        let seen = Self.seen(answered: 2, budget: 1)
        #expect(abs(seen.cost(of: .budget) - 0.0003) < 1e-9)
        #expect(seen.cost(of: .usual) == 0)
    }
}
