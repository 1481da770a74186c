import SparringExchange
import SparringJSON
import SparringScenario
import SparringWire
import Testing

@testable import SparringConformance

@Suite("The grading of gateways")
struct GatewayGradingTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var question: GatewayRequirement.Question
        var sight: GatewayObservation
        var verdict: Verdict

        init(
            _ description: String, _ question: GatewayRequirement.Question, seeing sight: GatewayObservation,
            is verdict: Verdict
        ) {
            testDescription = description
            self.question = question
            self.sight = sight
            self.verdict = verdict
        }
    }

    private static func subject(_ question: GatewayRequirement.Question, first: String? = nil) -> GatewayCase {
        GatewayCase(
            id: "gateway.test", since: "", title: "", why: "", references: [], level: .must, needs: [], upstreams: [:],
            first: first, calls: [], requirements: [GatewayRequirement(question, level: .must)], timeout: .seconds(1),
            line: 1)
    }

    private static func grade(_ row: Row) throws -> Check {
        try #require(GatewayGrading.checks(of: subject(row.question), seeing: row.sight).first)
    }

    private static let truth = GatewaySight.exchange("gw1n1e", usage: Usage(input: 9, output: 2), requestID: "req_7")
    private static let failed = GatewaySight.exchange("gw1n1e", status: 500)

    @Test(
        "Each requirement of an answer gets the verdict that fits both ends",
        arguments: [
            Row(
                "the status of the call", .status([200]),
                seeing: GatewaySight.seen(["gw1n1e": [GatewaySight.text("a")]]),
                is: .pass),
            Row(
                "another status", .status([400]), seeing: GatewaySight.seen(["gw1n1e": [GatewaySight.text("a")]]),
                is: .fail),
            Row(
                "the prompt comes back", .text,
                seeing: GatewaySight.seen(["gw1n1e": [GatewaySight.text("ping gw1n1e")]]),
                is: .pass),
            Row(
                "half of the prompt comes back", .text,
                seeing: GatewaySight.seen(["gw1n1e": [GatewaySight.text("ping gw1")]]), is: .fail),
            Row(
                "two calls get each other's answers", .text,
                seeing: GatewaySight.seen([
                    "gw1n1e": [GatewaySight.text("ping gw1n2e")], "gw1n2e": [GatewaySight.text("ping gw1n1e")],
                ]), is: .fail),
            Row(
                "two calls get one text", .distinct,
                seeing: GatewaySight.seen(["gw1n1e": [GatewaySight.text("a")], "gw1n2e": [GatewaySight.text("a")]]),
                is: .fail),
            Row(
                "the usage of the upstream", .usage,
                seeing: GatewaySight.seen(["gw1n1e": [GatewaySight.text("a")]], primary: [failed], secondary: [truth]),
                is: .pass),
            Row(
                "a token more than the upstream counted", .usage,
                seeing: GatewaySight.seen(["gw1n1e": [GatewaySight.text("a", output: 3)]], primary: [truth]), is: .fail),
            Row(
                "the upstream's request id in another field", .requestID,
                seeing: GatewaySight.seen(
                    ["gw1n1e": [GatewaySight.text("a", headers: ["x-upstream-id": "req_7"])]], primary: [truth]),
                is: .pass),
            Row(
                "no request id", .requestID,
                seeing: GatewaySight.seen(["gw1n1e": [GatewaySight.text("a")]], primary: [truth]), is: .fail),
            Row(
                "a key of an upstream in the answer", .hidesKeys,
                seeing: GatewaySight.seen(["gw1n1e": [GatewaySight.text("Bearer sk-upstream-primary-1")]]), is: .fail),
            Row(
                "a key of an upstream in the head", .hidesKeys,
                seeing: GatewaySight.seen([
                    "gw1n1e": [GatewaySight.text("a", headers: ["x-debug": "sk-upstream-secondary-1"])]
                ]), is: .fail),
            Row(
                "no key in the answer", .hidesKeys,
                seeing: GatewaySight.seen(["gw1n1e": [GatewaySight.text("a")]]), is: .pass),
            Row(
                "the message of the upstream inside a longer one", .error(member: "message", contains: "too busy"),
                seeing: GatewaySight.seen([
                    "gw1n1e": [GatewaySight.answer(["error": ["message": "upstream: too busy"]], status: 503)]
                ]), is: .pass),
        ])
    func answers(row: Row) throws {
        let check = try Self.grade(row)
        #expect(check.verdict == row.verdict, "\(check.actual)")
    }

    private static let words = [(at: 10, text: "ping"), (at: 110, text: " gw1n1e")]

    @Test(
        "A stream that broke off must not look complete",
        arguments: [
            Row(
                "a clean end with half of the text", .brokenStream,
                seeing: GatewaySight.seen(["gw1n1e": [GatewaySight.stream([(at: 10, text: "ping")])]]), is: .fail),
            Row(
                "the whole text, which came from elsewhere", .brokenStream,
                seeing: GatewaySight.seen(["gw1n1e": [GatewaySight.stream(words)]]), is: .pass),
            Row(
                "a connection that broke", .brokenStream,
                seeing: GatewaySight.seen([
                    "gw1n1e": [GatewaySight.stream([(at: 10, text: "ping")], end: "", ending: .broken("reset"))]
                ]), is: .pass),
            Row(
                "an error event before the end", .brokenStream,
                seeing: GatewaySight.seen([
                    "gw1n1e": [
                        GatewaySight.stream(
                            [(at: 10, text: "ping")], end: "data: {\"error\":{\"message\":\"a\"}}\n\ndata: [DONE]\n\n")
                    ]
                ]), is: .pass),
            Row(
                "a stream without [DONE] is not whole", .wholeStream,
                seeing: GatewaySight.seen(["gw1n1e": [GatewaySight.stream(words, end: "")]]), is: .fail),
        ])
    func ends(row: Row) throws {
        let check = try Self.grade(row)
        #expect(check.verdict == row.verdict, "\(check.actual)")
    }

    private static func paced(
        _ arrived: [Int], last: String = "a", lateness: [Lateness] = []
    ) -> GatewayObservation {
        let sent = GatewaySight.exchange("gw1n1e", contents: [10, 260, 510, 760, 1010])
        let contents = arrived.map { (at: $0, text: $0 == arrived.last ? last : "a") }
        return GatewaySight.seen(["gw1n1e": [GatewaySight.stream(contents)]], primary: [sent], lateness: lateness)
    }

    @Test(
        "Events that a gateway holds until the next one count as delayed, also on a busy machine",
        arguments: [
            Row("each event at once", .paced, seeing: paced([11, 261, 511, 761, 1011]), is: .pass),
            Row("each event 200 ms later", .paced, seeing: paced([210, 460, 710, 960, 1210]), is: .pass),
            Row("all events at the end", .paced, seeing: paced([1020, 1020, 1020, 1020, 1020]), is: .fail),
            Row("one event with the whole text", .paced, seeing: paced([1020]), is: .fail),
            Row("two contents in one event", .paced, seeing: paced([11, 261, 511, 1011], last: "aa"), is: .pass),
            Row("all contents but the first in one event", .paced, seeing: paced([11, 1020], last: "aaaa"), is: .fail),
            Row(
                "half of the events late, on a machine that was late",
                .paced,
                seeing: paced(
                    [11, 261, 900, 1005, 1011],
                    lateness: [Lateness(due: GatewaySight.at(510), came: GatewaySight.at(890))]), is: .inconclusive),
        ])
    func paces(row: Row) throws {
        let check = try Self.grade(row)
        #expect(check.verdict == row.verdict, "\(check.actual)")
    }

    private static func left(_ exchanges: [Exchange]) -> GatewayObservation {
        GatewaySight.seen(
            ["gw1n1e": [GatewaySight.answer([:], ending: .left, endedAt: 1000)]], primary: exchanges)
    }

    @Test(
        "When a client has disconnected, the gateway must disconnect from its upstream and send no further request",
        arguments: [
            Row(
                "left after 40 ms", .stops(within: .seconds(3)),
                seeing: left([GatewaySight.exchange("gw1n1e", left: 1040, isLeft: true)]), is: .pass),
            Row(
                "left after 4 s", .stops(within: .seconds(3)),
                seeing: left([GatewaySight.exchange("gw1n1e", left: 5000, isLeft: true)]), is: .fail),
            Row(
                "read to its end", .stops(within: .seconds(3)),
                seeing: left([GatewaySight.exchange("gw1n1e", left: 2000)]), is: .fail),
            Row(
                "asked again", .stops(within: .seconds(3)),
                seeing: left([
                    GatewaySight.exchange("gw1n1e", left: 500), GatewaySight.exchange("gw1n1e", came: 1900, left: 1950),
                ]), is: .fail),
        ])
    func stops(row: Row) throws {
        let check = try Self.grade(row)
        #expect(check.verdict == row.verdict, "\(check.actual)")
    }

    @Test("A case whose upstream got no request is undecided, and its checks give this reason")
    func notAsked() throws {
        let seen = GatewaySight.seen(["gw1n1e": [GatewaySight.text("ping gw1n1e")]], secondary: [Self.truth])
        let checks = GatewayGrading.checks(of: Self.subject(.text, first: "primary"), seeing: seen)
        #expect(checks.map(\.verdict) == [.unobserved])
        #expect(try #require(checks.first).actual.contains("did not ask primary"))
    }

    @Test(
        "A limit holds if no more calls than it and a tenth reach an upstream; calls of up to two windows leave it open, and none says nothing",
        arguments: [
            (0, Verdict.unobserved), (1, .pass), (11, .pass), (12, .inconclusive), (22, .inconclusive), (23, .fail),
        ])
    func limit(passed: Int, verdict: Verdict) throws {
        let tokens = (1...40).map { "gw1n\($0)e" }
        let answers = Dictionary(uniqueKeysWithValues: tokens.map { ($0, [GatewaySight.text("a")]) })
        let seen = GatewaySight.seen(
            answers, primary: tokens.prefix(passed).map { GatewaySight.exchange($0) },
            terms: GatewayTerms(requestsPerMinute: 10))
        let check = try #require(GatewayGrading.checks(of: Self.subject(.limit), seeing: seen).first)
        #expect(check.verdict == verdict, "\(check.actual)")
    }

    @Test(
        "A second round decides a limit that calls of up to two windows left open, unless a minute can begin in both rounds",
        arguments: [(20, 20, Verdict.fail), (20, 43_000, .inconclusive), (18_000, 20, .inconclusive)])
    func repeatedLimit(first: Int, second: Int, verdict: Verdict) throws {
        let tokens = (1...40).map { "gw1n\($0)e" }
        let answer = GatewaySight.answer(["choices": []], endedAt: second)
        var seen = GatewaySight.seen(
            Dictionary(uniqueKeysWithValues: tokens.map { ($0, [answer]) }),
            primary: tokens.prefix(20).map { GatewaySight.exchange($0) }, terms: GatewayTerms(requestsPerMinute: 10))
        let start = try #require(seen.span).start.nanoseconds - 77_020_000_000
        seen.earlier = GatewayObservation.Span(
            start: Moment(nanoseconds: start), end: Moment(nanoseconds: start + Int64(first) * 1_000_000))
        let check = try #require(GatewayGrading.checks(of: Self.subject(.limit), seeing: seen).first)
        #expect(check.verdict == verdict, "\(check.actual)")
    }

    @Test("Without the limit of a key, the check of the limit says what to write into the adapter file")
    func unknownLimit() throws {
        let seen = GatewaySight.seen(["gw1n1e": [GatewaySight.text("a")]])
        let check = try #require(GatewayGrading.checks(of: Self.subject(.limit), seeing: seen).first)
        #expect(check.verdict == .unobserved)
        #expect(check.actual.contains("keys.limited"))
    }
}
