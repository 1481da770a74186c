import SparringExchange
import SparringWire

/// What the upstreams answered, by the key of the client that made the call. It includes calls outside the cases, because the
/// gateway books them too.
package struct SpendTruth: Sendable, Hashable {
    private var sums: [GatewayCall.Key: Sum] = [:]

    /// The sums of the requests that a model answered. Other requests cost nothing.
    package struct Sum: Sendable, Hashable {
        package var requests = 0
        package var tokens = 0
        package var dollars = 0.0
        /// Requests of models without a price.
        package var unpriced = 0

        package func value(of figure: SpendFigure) -> Double {
            switch figure {
            case .cost: dollars
            case .requests: Double(requests)
            case .tokens: Double(tokens)
            }
        }
    }

    package init() {}

    package mutating func add(_ seen: GatewayObservation) {
        let names = Set(seen.calls.map(\.call.key))
        if names.count == 1, let name = names.first {
            for exchange in seen.exchanges { add(exchange, of: name) }
            return
        }
        for call in seen.calls {
            for exchange in seen.exchanges(of: call) { add(exchange, of: call.call.key) }
        }
    }

    private mutating func add(_ exchange: Exchange, of name: GatewayCall.Key) {
        guard let usage = exchange.decision.usage else { return }
        var sum = sums[name] ?? Sum()
        sum.requests += 1
        sum.tokens += usage.input + usage.output
        if let dollars = exchange.dollars { sum.dollars += dollars } else { sum.unpriced += 1 }
        sums[name] = sum
    }

    /// The sum of the keys with these names, which are one and the same key.
    package func sum(of names: [GatewayCall.Key]) -> Sum {
        names.compactMap { sums[$0] }.reduce(into: Sum()) { all, sum in
            all.requests += sum.requests
            all.tokens += sum.tokens
            all.dollars += sum.dollars
            all.unpriced += sum.unpriced
        }
    }
}
