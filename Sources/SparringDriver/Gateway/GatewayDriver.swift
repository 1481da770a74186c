package import SparringConformance
import SparringExchange
import SparringHTTP
import SparringJSON
import SparringScenario

/// A client under test that makes the calls of gateway cases in the place of Sparring's own client.
package struct GatewayDriver: Sendable {
    let driver: any Driver
    package let reach: ClientReach

    package init(_ driver: any Driver, reach: ClientReach) {
        self.driver = driver
        self.reach = reach
    }

    /// Makes a call. A call that the driver cannot make has a report with the reason.
    func make(
        _ call: GatewayCall, token: String, timeout: Duration, through client: GatewayClient,
        to upstreams: UpstreamGroup
    ) async -> GatewayObservation.Call {
        let clock = upstreams.clock
        let start = clock.now
        let report = await report(of: call, token: token, timeout: timeout, through: client, to: upstreams)
        let answer = GatewayAnswer(sentAt: start, endedAt: clock.now)
        var made = GatewayObservation.Call(
            call: call, token: token, request: call.request(model: client.identity.model, token: token),
            answers: [answer])
        made.report = report
        return made
    }

    private func report(
        of call: GatewayCall, token: String, timeout: Duration, through client: GatewayClient,
        to upstreams: UpstreamGroup
    ) async -> ClientReport {
        guard let server = upstreams.upstreams.first?.server else { return .failed("there is no upstream") }
        var subject = Case.open("gateway", scenario: .auto, limit: timeout, timeout: timeout)
        subject.task = CaseTask(
            operation: call.isStream ? .chatStream : .chat, prompt: call.text(token: token),
            model: client.identity.model)
        let session = CaseSession(
            subject: subject, round: 1, token: token, server: server, front: client.front(for: call.key), bytes: nil)
        do throws(LaunchError) {
            let result = try await driver.play(session) {
                try? await Task.sleep(for: timeout)
                return "it was waiting for the gateway"
            }
            return ClientReport(result)
        } catch {
            return .failed(error.description)
        }
    }
}

extension ClientReport {
    fileprivate static func failed(_ problem: String) -> ClientReport {
        var report = ClientReport(isOK: false, words: problem)
        report.problem = problem
        return report
    }

    fileprivate init(_ result: DriverResult) {
        if case .skipped(let reason) = result.ending {
            self.init(isOK: false, words: result.ending.words)
            skipped = reason
            return
        }
        if let outcome = result.outcome, !result.ending.isAbrupt {
            self.init(
                isOK: outcome.isOK, text: outcome.text, status: outcome.json["error"]?["status"]?.int,
                words: outcome.isOK ? "the client reports an answer" : "the client reports \(outcome.failureWords)")
            return
        }
        let isOK = result.ending == .exited(0)
        self.init(isOK: isOK, text: isOK ? result.standardOutput : nil, words: result.ending.words)
    }
}

extension Outcome {
    /// `rate_limit, “429 …”`
    fileprivate var failureWords: String {
        let message = error?.message.map { ", “\($0.prefix(120))”" } ?? ""
        return (error?.kind.rawValue ?? "a failure") + message
    }
}
