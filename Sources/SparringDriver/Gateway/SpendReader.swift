import SparringConformance
import SparringExchange
import SparringHTTP

/// Asks a gateway for the amounts that it has booked for the keys of clients.
struct SpendReader: Sendable {
    let interface: SpendInterface
    let client: GatewayClient
    let clock: MonotonicClock

    /// The longest time for one answer.
    private static let patience = Duration.seconds(5)
    /// The names of each key. Two names of one key belong together, because the gateway books their calls together.
    private var keys: [(key: String, names: [GatewayCall.Key])] {
        var keys: [(key: String, names: [GatewayCall.Key])] = []
        for name in GatewayCall.Key.allCases {
            guard let key = client.identity.keys[name] else { continue }
            if let place = keys.firstIndex(where: { $0.key == key }) {
                keys[place].names.append(name)
            } else {
                keys.append((key, [name]))
            }
        }
        return keys
    }

    /// The amounts as they are now.
    ///
    /// - Parameter used: only keys with one of these names; nil for all keys.
    func amounts(of used: Set<GatewayCall.Key>? = nil) async -> [SpendAccount] {
        await withTaskGroup(of: (Int, SpendAccount).self) { group in
            for (index, item) in keys.enumerated() where used.map({ !$0.isDisjoint(with: item.names) }) ?? true {
                group.addTask { (index, await account(item.key, names: item.names)) }
            }
            var accounts: [(Int, SpendAccount)] = []
            for await account in group { accounts.append(account) }
            return accounts.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    /// The amounts when all calls are booked.
    func settledAmounts(of used: Set<GatewayCall.Key>? = nil) async -> [SpendAccount] {
        let first = await amounts(of: used)
        var settling = SpendSettling(interface, first: first, at: clock.now)
        while !Task.isCancelled {
            if let amounts = settling.amounts(at: clock.now) { return amounts }
            try? await Task.sleep(for: settling.pause)
            settling.add(await amounts(of: used), at: clock.now)
        }
        return first
    }

    private func account(_ key: String, names: [GatewayCall.Key]) async -> SpendAccount {
        let answer = await client.ask(
            interface.target(for: key), headers: interface.fields(for: key), timeout: Self.patience)
        do throws(SpendProblem) {
            return SpendAccount(names: names, booked: .success(try interface.amounts(in: answer)))
        } catch {
            return SpendAccount(names: names, booked: .failure(error))
        }
    }
}

extension [SpendAccount] {
    /// The amounts that were booked after the earlier reading.
    func since(_ earlier: [SpendAccount]) -> [SpendAccount] {
        map { account in account.since(earlier.first { $0.names == account.names }) }
    }
}
