import Sparring
package import SparringConformance
import SparringExchange
import SparringScenario

/// Measures the delay that a gateway adds. Plain calls and streams go in turn through the gateway and directly to the
/// same upstream.
package struct OverheadRun: Sendable {
    package var gateway: GatewayClient
    package var direct: GatewayClient
    package var upstreams: UpstreamGroup
    /// The number of calls of each kind.
    package var count: Int

    package init(gateway: GatewayClient, direct: GatewayClient, upstreams: UpstreamGroup, count: Int) {
        self.gateway = gateway
        self.direct = direct
        self.upstreams = upstreams
        self.count = count
    }

    /// The number of calls before the measurement. They open connections and fill caches.
    private static let warmUp = 10
    /// If timers are later than this in one wait of ten, the machine is too busy for a measurement.
    private static let tolerated = Duration.milliseconds(5)

    /// - Throws: `LaunchError` if the machine is busy before or after the measurement.
    package func run() async throws(LaunchError) -> GatewayOverhead {
        try await checkCalm()
        upstreams.play(["primary": Self.paced, "secondary": Self.paced])
        var overhead = GatewayOverhead()
        for number in 0..<(Self.warmUp + count) where !Task.isCancelled {
            for isDirect in number.isMultiple(of: 2) ? [true, false] : [false, true] {
                let token = "gwoverhead\(number)\(isDirect ? "d" : "t")e"
                let client = isDirect ? direct : gateway
                let plain = await client.make(GatewayCall(), token: token, timeout: .seconds(30))
                let stream = await client.make(
                    GatewayCall(isStream: true, prompt: "one two three four"), token: "s\(token)", timeout: .seconds(30)
                )
                await upstreams.rest(for: .seconds(1))
                guard number >= Self.warmUp, let answer = plain.answer, let streamed = stream.answer else { continue }
                overhead.addAnswer(answer, isDirect: isDirect)
                let exchange = upstreams.observed(token: "s\(token)").flatMap(\.exchanges).last
                overhead.addStream(streamed, of: exchange, isDirect: isDirect)
            }
        }
        try await checkCalm()
        return overhead
    }

    /// A busy machine adds more delay than a gateway does.
    private func checkCalm() async throws(LaunchError) {
        let clock = ContinuousClock()
        var late: [Duration] = []
        for _ in 0..<50 {
            let due = clock.now + .milliseconds(4)
            try? await clock.sleep(until: due, tolerance: .zero)
            late.append(clock.now - due)
        }
        let tenth = late.sorted()[44]
        guard tenth > Self.tolerated else { return }
        throw LaunchError(
            description:
                "this machine is too busy to measure a gateway: one timer in ten is \(tenth.inWords) late or more, "
                + "and \(Self.tolerated.inWords) is the limit; stop other work, or measure on another machine")
    }

    /// A scenario that repeats the prompt, with one content every 10 ms.
    private static let paced: Scenario = {
        let text = """
            schema: 1
            scenario: paced
            models: lenient
            rules: [{ then: last, text: "{{last.user}}", stream: { every: 10ms } }]
            """
        guard
            case .success(let scenario) = ScenarioLoader.load(text: text, file: "paced", errors: MockScenario.catalogue)
        else { return .auto }
        return scenario
    }()
}
