import SparringConformance
import Synchronization

/// The answers of the upstreams during a run, by the key of the client.
final class SpendCount: Sendable {
    private let sums = Mutex(SpendTruth())

    var truth: SpendTruth { sums.withLock(\.self) }

    func add(_ seen: GatewayObservation) { sums.withLock { $0.add(seen) } }
}

/// The amounts that the gateway books during a run.
extension GatewayRun {
    /// Nil if the adapter file does not say how to ask for the amounts.
    var spendReader: SpendReader? {
        terms.spend.map { SpendReader(interface: $0, client: client, clock: upstreams.clock) }
    }

    /// The keys whose booked amounts the case is about; empty if it is not about amounts.
    static func booked(in subject: GatewayCase) -> Set<GatewayCall.Key> {
        let asks = subject.requirements.contains { requirement in
            if case .spend = requirement.question { true } else { false }
        }
        return asks ? Set(subject.calls.map(\.key)) : []
    }

    /// Counts the answers to calls that belong to no case. The gateway books them, too.
    func count(_ calls: [GatewayObservation.Call]) async {
        guard terms.spend != nil else { return }
        await upstreams.rest(for: .seconds(1))
        for call in calls {
            spend.add(
                GatewayObservation(
                    token: call.token, calls: [call], upstreams: upstreams.observed(token: call.token)))
        }
    }

    /// Adds to the ledger what the gateway has booked since `start`.
    func book(since start: [SpendAccount], in ledger: inout TruthLedger) async {
        guard let reader = spendReader, !Task.isCancelled else { return }
        let accounts = await reader.settledAmounts().since(start)
        ledger.book(accounts, of: Set(reader.interface.places.keys), truth: spend.truth)
    }
}
