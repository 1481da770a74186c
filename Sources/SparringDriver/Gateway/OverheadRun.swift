import Sparring
package import SparringConformance
import SparringExchange
import SparringScenario

/// The machine is too busy for a measurement.
package struct BusyMachineError: Error, CustomStringConvertible {
    package var load: MachineLoad

    package var description: String {
        "this machine is too busy to measure a gateway: \(load.problem ?? "it was busy"); stop other work, measure on another "
            + "machine, or measure with --anyway, which marks the result as that of a busy machine"
    }
}

/// Measures the delay that a gateway adds. Plain calls and streams go alternately through the gateway and directly to the same upstream,
/// first one at a time, then many at once.
package struct OverheadRun: Sendable {
    package var gateway: GatewayClient
    package var direct: GatewayClient
    package var upstreams: UpstreamGroup
    /// The number of calls of each kind.
    package var count: Int
    /// Whether a busy machine is measured, too.
    package var isForced: Bool
    /// The memory of the gateway's processes in bytes; nil if it is unknown.
    package var memory: @Sendable () -> Int?

    package init(
        gateway: GatewayClient, direct: GatewayClient, upstreams: UpstreamGroup, count: Int, isForced: Bool = false,
        memory: @escaping @Sendable () -> Int? = { nil }
    ) {
        self.gateway = gateway
        self.direct = direct
        self.upstreams = upstreams
        self.count = count
        self.isForced = isForced
        self.memory = memory
    }

    /// The number of calls before the measurement. These calls open connections and fill caches.
    private static let warmUp = 10
    /// After this many pairs of calls, the machine's load is measured again.
    private static let stretch = 20
    /// How often a busy machine is measured again before the run: a gateway that has just started may still be working.
    private static let attempts = 5

    /// - Throws: `BusyMachineError` if the machine is busy before, during or after the measurement.
    package func run() async throws(BusyMachineError) -> GatewayOverhead {
        var load = try await calmLoad()
        upstreams.play(["primary": Self.paced, "secondary": Self.paced])
        var overhead = GatewayOverhead()
        for number in 0..<(Self.warmUp + count) where !Task.isCancelled {
            if number.isMultiple(of: Self.stretch) { load.add(await MachineLoadProbe.load(rounds: 1)) }
            for isDirect in number.isMultiple(of: 2) ? [true, false] : [false, true] {
                await measure(number, isDirect: isDirect, &overhead)
            }
        }
        load.add(await MachineLoadProbe.load(rounds: 10))
        overhead.load = load
        if load.isBusy, !isForced { throw BusyMachineError(load: load) }
        overhead.rates = await ThroughputRun(gateway: gateway, direct: direct, upstreams: upstreams).rates()
        overhead.memory = memory()
        return overhead
    }

    /// The load before the first call.
    private func calmLoad() async throws(BusyMachineError) -> MachineLoad {
        for attempt in 1... {
            let load = await MachineLoadProbe.load(rounds: 10)
            guard load.isBusy, !isForced else { return load }
            guard attempt < Self.attempts, !Task.isCancelled else { throw BusyMachineError(load: load) }
            try? await Task.sleep(for: .seconds(1))
        }
        return MachineLoad()
    }

    private func measure(_ number: Int, isDirect: Bool, _ overhead: inout GatewayOverhead) async {
        let token = "gwoverhead\(number)\(isDirect ? "d" : "t")e"
        let client = isDirect ? direct : gateway
        let plain = await client.make(GatewayCall(), token: token, timeout: .seconds(30))
        let stream = await client.make(
            GatewayCall(isStream: true, prompt: "one two three four"), token: "s\(token)", timeout: .seconds(30))
        await upstreams.rest(for: .seconds(1))
        guard number >= Self.warmUp, let answer = plain.answer, let streamed = stream.answer else { return }
        overhead.addAnswer(answer, isDirect: isDirect)
        let exchange = upstreams.observed(token: "s\(token)").flatMap(\.exchanges).last
        overhead.addStream(streamed, of: exchange, isDirect: isDirect)
    }

    /// A scenario that repeats the prompt, with one piece of content every 10 ms.
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
