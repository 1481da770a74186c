import SparringExchange
import SparringScenario
import Testing

@testable import SparringConformance

@Suite("Gateway checks of a client under test")
struct ClientGradingTests {
    private static func seen(_ reports: [ClientReport], primary: [Exchange] = []) -> GatewayObservation {
        var seen = GatewaySight.seen([:], primary: primary)
        seen.calls = reports.enumerated().map { index, report in
            let call = GatewayCall()
            let token = "gw1n\(index + 1)e"
            var made = GatewayObservation.Call(
                call: call, token: token, request: call.request(model: "gpt-4o-mini", token: token),
                answers: [GatewayAnswer(sentAt: GatewaySight.at(0), endedAt: GatewaySight.at(9))])
            made.report = report
            return made
        }
        return seen
    }

    private static func answered(_ text: String) -> ClientReport {
        ClientReport(isOK: true, text: text, words: "exit code 0")
    }

    private static let failed = ClientReport(isOK: false, words: "exit code 1")
    private static let refused = ClientReport(isOK: false, status: 400, words: "the client reports bad_request")

    private static func checks(
        _ questions: [GatewayRequirement.Question], _ seen: GatewayObservation
    ) -> [Check] {
        let subject = GatewayCase(
            id: "mine.case", since: "", title: "", why: "", references: [], level: .must, needs: [], upstreams: [:],
            calls: [], requirements: questions.map { GatewayRequirement($0, level: .must) }, timeout: .seconds(1),
            line: 1)
        return GatewayGrading.checks(of: subject, seeing: seen)
    }

    /// A report about one call whose prompt is `ping gw1n1e`, a requirement, and its verdict.
    struct Sample: Sendable {
        var report: ClientReport
        var question: GatewayRequirement.Question
        var verdict: Verdict
    }

    @Test(
        "Status, text and ending are judged by what the client reports",
        arguments: [
            Sample(report: answered("ping gw1n1e\n"), question: .status([200]), verdict: .pass),
            Sample(report: failed, question: .status([200]), verdict: .fail),
            Sample(report: failed, question: .status([400, 422]), verdict: .pass),
            Sample(report: refused, question: .status([400, 422]), verdict: .pass),
            Sample(report: refused, question: .status([500]), verdict: .fail),
            Sample(report: answered("ping gw1n1e"), question: .status([400]), verdict: .fail),
            Sample(report: answered("ping gw1n1e\n"), question: .text, verdict: .pass),
            Sample(report: answered("ping gw1"), question: .text, verdict: .fail),
            Sample(report: failed, question: .text, verdict: .fail),
            Sample(report: answered("ping gw1n1e"), question: .wholeStream, verdict: .pass),
            Sample(report: answered("ping"), question: .brokenStream, verdict: .fail),
            Sample(report: failed, question: .brokenStream, verdict: .pass),
            Sample(report: answered("ping gw1n1e"), question: .brokenStream, verdict: .pass),
            Sample(report: answered("ping gw1n1e"), question: .usage, verdict: .unobserved),
            Sample(report: answered("ping gw1n1e"), question: .hidesKeys, verdict: .unobserved),
        ])
    func judged(sample: Sample) {
        let check = Self.checks([sample.question], Self.seen([sample.report])).first
        #expect(check?.verdict == sample.verdict, "\(check?.actual ?? "")")
    }

    @Test("The upstreams' side is judged as without a client under test")
    func upstreams() {
        let seen = Self.seen([Self.failed], primary: (1...7).map { _ in GatewaySight.exchange("gw1n1e", status: 500) })
        let checks = Self.checks([.attempts(upstream: nil, 0...6), .attemptsPerCall(1...7)], seen)
        #expect(checks.map(\.verdict) == [.fail, .pass, .pass])
        #expect(checks.first?.actual == "7 requests")
    }

    @Test("Two calls that get one text are found")
    func distinct() {
        let seen = Self.seen([Self.answered("ping gw1n1e"), Self.answered("ping gw1n1e")])
        #expect(Self.checks([.distinct], seen).first?.actual == "call 2: it got the text of call 1")
    }

    @Test("A call that the driver skips leaves the case unobserved, with the driver's reason")
    func skipped() {
        var report = Self.failed
        report.skipped = "no streams yet"
        let check = Self.checks([.text], Self.seen([report])).first
        #expect(check?.verdict == .unobserved)
        #expect(check?.actual == "the driver skipped a call: no streams yet")
    }

    @Test("The ledger does not know the attempts of a client under test")
    func ledger() throws {
        var ledger = TruthLedger()
        ledger.add(Self.seen([Self.answered("ping gw1n1e"), Self.failed], primary: [GatewaySight.exchange("gw1n1e")]))
        let lines = Dictionary(uniqueKeysWithValues: ledger.lines.map { ($0.name, $0) })
        #expect(lines["requests"] == TruthLedger.Line(name: "requests", truth: 1, reported: nil))
        #expect(lines["answered"]?.reported == 1)
    }
}
