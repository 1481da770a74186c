import SparringExchange
import SparringJSON
import SparringScenario
import SparringWire
import Testing

@testable import SparringConformance

/// CI uploads the logs of runs, so no event may contain a secret.
@Suite("Secrets in a run's log")
struct RunEventMaskingTests {
    private static let key = "sk-proj-0a1B2c3D4e5F6g7H8i9J"
    private static let azureKey = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"

    private static func start(_ command: [String]) -> RunEvent {
        .runStart(RunEvent.RunStart(kit: "0", command: command, cases: [], jobs: 1, seed: 1, startedAt: 0))
    }

    private static let end = RunEvent.CaseEnd(
        id: "a", round: 1, verdict: .pass, ending: "exited, printed api-key: \(azureKey)", milliseconds: 1,
        lagMilliseconds: 0, standardOutput: "using \(key)", standardError: "{'api-key': '\(azureKey)', 'a': 'b'}")

    private static let wire: RunEvent = {
        var exchange = Exchange(
            number: 1, session: key, connection: 1,
            request: Request(
                method: "POST", target: "/v1/x?api-key=\(azureKey)&token=\(azureKey)",
                headers: ["X-Client-Request-Id": key]),
            decision: Exchange.Decision(endpoint: nil, status: 400), timeline: Timeline())
        exchange.decision.unmatched = "last.user is \(key)"
        return .wire(caseID: "a", exchange: exchange.json(origin: Moment(nanoseconds: 0)))
    }()

    @Test(
        "An event of a run is written without secrets",
        arguments: [
            start(["app", "--key=\(key)", "--api-key", azureKey, "OPENAI_API_KEY=\(azureKey)"]), .caseEnd(end), wire,
            .check(
                caseID: "a",
                Check(
                    id: "a#b", level: .must, verdict: .fail, requirement: "r", expected: "e \(key)",
                    actual: "a later request sends back “\(key)”")),
            .runEnd(RunEvent.RunEnd(outcome: .broken, milliseconds: 1, reason: "it wrote Cookie: a=\(azureKey)")),
        ])
    func events(event: RunEvent) {
        let line = event.masked.line
        #expect(!line.contains(Self.key.dropFirst(8)) && !line.contains(Self.azureKey), "\(line)")
        #expect(line.contains("…(masked)"))
        #expect(event.masked.masked == event.masked)
    }

    @Test("The trace of an exchange shows the target without secrets")
    func trace() {
        guard case .wire(_, let exchange) = Self.wire else { return }
        let lines = WireTrace.lines([exchange]).joined(separator: "\n")
        #expect(lines.contains("/v1/x?api-key=…(masked)&token=…(masked)"))
        #expect(!lines.contains(Self.key.dropFirst(8)) && !lines.contains(Self.azureKey), "\(lines)")
    }
}
