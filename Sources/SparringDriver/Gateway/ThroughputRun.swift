import SparringConformance
import SparringExchange

/// Measures how many answers and streams a second come through a gateway, and how many come directly from the same upstream. The direct
/// answers are the most that Sparring's client and upstream can reach.
struct ThroughputRun: Sendable {
    var gateway: GatewayClient
    var direct: GatewayClient
    var upstreams: UpstreamGroup

    /// The number of calls at the same time.
    private static let callers = 16
    /// The time of one turn. Turns with and without the gateway alternate.
    private static let turn = Duration.seconds(1)
    private static let turns = 3

    func rates() async -> [GatewayOverhead.Rate] {
        // If an upstream has no script, it repeats the prompt at once.
        upstreams.play([:])
        var rates: [GatewayOverhead.Rate] = []
        for (name, isStream) in [("answers a second", false), ("streams a second", true)] {
            var rate = GatewayOverhead.Rate(name: name)
            for turn in 0..<Self.turns where !Task.isCancelled {
                for isDirect in turn.isMultiple(of: 2) ? [true, false] : [false, true] {
                    let (count, time) = await calls(isStream: isStream, through: isDirect ? direct : gateway)
                    rate.add(count, in: time, isDirect: isDirect)
                    // The sessions' exchanges of this turn are dropped.
                    upstreams.play([:])
                }
            }
            rates.append(rate)
        }
        return rates
    }

    /// The number of complete answers, and the time from the first call to the last answer.
    private func calls(isStream: Bool, through client: GatewayClient) async -> (Int, Duration) {
        let clock = ContinuousClock()
        let start = clock.now
        let count = await withTaskGroup(of: Int.self) { group in
            for caller in 0..<Self.callers {
                group.addTask {
                    var (answered, number) = (0, 0)
                    while clock.now - start < Self.turn, !Task.isCancelled {
                        number += 1
                        let made = await client.make(
                            GatewayCall(isStream: isStream), token: "gwrate\(caller)n\(number)e", timeout: .seconds(30))
                        if made.answer?.status == 200, made.answer?.ending == .complete { answered += 1 }
                    }
                    return answered
                }
            }
            return await group.reduce(0, +)
        }
        return (count, clock.now - start)
    }
}
