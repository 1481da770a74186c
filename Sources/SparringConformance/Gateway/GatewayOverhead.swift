package import SparringExchange
package import SparringJSON

/// The additional delay of answers through a gateway, compared with answers directly from the same upstream. Both kinds of calls are made
/// alternately.
package struct GatewayOverhead: Sendable {
    /// The times of one kind of call in milliseconds, with and without the gateway.
    package struct Series: Sendable {
        package var name: String
        package var direct: [Double] = []
        package var through: [Double] = []

        package init(name: String) { self.name = name }

        /// The difference of the medians, in milliseconds.
        package var added: Double { Self.quantile(0.5, of: through) - Self.quantile(0.5, of: direct) }

        /// - Parameter share: the share of the values that are less than the result: 0.5 for the median.
        package static func quantile(_ share: Double, of values: [Double]) -> Double {
            guard !values.isEmpty else { return 0 }
            let sorted = values.sorted()
            return sorted[min(sorted.count - 1, Int((Double(sorted.count) * share).rounded(.down)))]
        }
    }

    /// The number of answers a second with many calls at a time. The direct answers show Sparring's own limit.
    package struct Rate: Sendable {
        package var name: String
        private var direct = Amount()
        private var through = Amount()

        private struct Amount {
            var count = 0
            var time = Duration.zero
            var perSecond: Double { time > .zero ? Double(count) / (time / .seconds(1)) : 0 }
        }

        package init(name: String) { self.name = name }

        package var directPerSecond: Double { direct.perSecond }
        package var throughPerSecond: Double { through.perSecond }

        /// Adds the complete answers of a turn.
        package mutating func add(_ count: Int, in time: Duration, isDirect: Bool) {
            if isDirect {
                direct.count += count
                direct.time += time
            } else {
                through.count += count
                through.time += time
            }
        }
    }

    /// The time from the request to the first byte of the answer.
    package var firstByte = Series(name: "first byte of an answer")
    /// The time from the request of a stream to its first content.
    package var firstEvent = Series(name: "first content of a stream")
    /// The time from the moment when the upstream's kernel took a piece of content to the arrival of that piece.
    package var perEvent = Series(name: "each content of a stream")
    /// The number of pairs in which a call failed, with or without the gateway.
    package var failures = 0
    /// How busy the machine was.
    package var load = MachineLoad()
    package var rates: [Rate] = []
    /// The memory of the gateway's processes after the calls, in bytes; nil if it is unknown.
    package var memory: Int?

    package init() {}

    /// Adds an answer that was not streamed.
    package mutating func addAnswer(_ answer: GatewayAnswer, isDirect: Bool) {
        guard answer.status == 200, let headAt = answer.headAt else {
            failures += 1
            return
        }
        firstByte.add((headAt - answer.sentAt).inMilliseconds, isDirect: isDirect)
    }

    /// Adds a stream, and the upstream's record of it.
    package mutating func addStream(_ answer: GatewayAnswer, of exchange: Exchange?, isDirect: Bool) {
        let arrived = ReadAnswer(answer).events.filter { !($0.content ?? "").isEmpty }.map(\.at)
        guard answer.status == 200, let first = arrived.first, let exchange else {
            failures += 1
            return
        }
        firstEvent.add((first - answer.sentAt).inMilliseconds, isDirect: isDirect)
        let sent = exchange.contentMoments
        guard sent.count == arrived.count else { return }
        for (sent, arrived) in zip(sent, arrived) {
            perEvent.add((arrived - sent).inMilliseconds, isDirect: isDirect)
        }
    }

    package var series: [Series] { [firstByte, firstEvent, perEvent] }

    /// Times in milliseconds.
    package var json: JSONValue {
        let rows = series.map { series -> JSONValue in
            func times(_ values: [Double]) -> JSONValue {
                let shares = [("median", 0.5), ("p90", 0.9), ("p99", 0.99)]
                var object = JSONObject([JSONObject.Member("count", .int(values.count))])
                for (name, share) in shares {
                    object[name] = .number(JSONNumber(Series.quantile(share, of: values)))
                }
                return .object(object)
            }
            return [
                "name": .string(series.name), "direct": times(series.direct), "through": times(series.through),
                "added_median": .number(JSONNumber(series.added)),
            ]
        }
        let rates = rates.map { rate -> JSONValue in
            [
                "name": .string(rate.name), "direct": .number(JSONNumber(rate.directPerSecond)),
                "through": .number(JSONNumber(rate.throughPerSecond)),
            ]
        }
        return [
            "schema": 1, "unit": "ms", "failures": .int(failures), "series": .array(rows), "rates": .array(rates),
            "memory": memory.map { .int($0) } ?? .null, "machine": load.json,
        ]
    }
}

extension GatewayOverhead.Series {
    fileprivate mutating func add(_ value: Double, isDirect: Bool) {
        if isDirect { direct.append(value) } else { through.append(value) }
    }
}

extension Duration {
    fileprivate var inMilliseconds: Double {
        Double(components.seconds) * 1e3 + Double(components.attoseconds) / 1e15
    }
}
