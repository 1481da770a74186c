package import SparringExchange
import SparringJSON
import SparringWire

/// An exchange in the form that servers share: JSON, with secrets masked. The store receives the exchange with the commit that decides its
/// answer, and receives its timeline when the exchange has ended.
package struct StoredExchange: Sendable, Hashable {
    package var number: Int
    package var connection: Int
    package var document: [UInt8]

    /// How much of each exchange is stored.
    package enum Extent: Sendable, Hashable {
        case whole
        /// Exchanges are stored without the bodies of requests.
        case heads
        case nothing
    }

    /// A longer body is not stored.
    private static let longestBody = 1 << 20

    /// - Parameters:
    ///   - exchange: when the exchange was decided.
    ///   - extent: how much of the exchange is stored.
    init(_ exchange: Exchange, _ offset: StoreOffset, _ extent: Extent = .whole) {
        (number, connection) = (exchange.number, exchange.connection)
        let start = exchange.startedAt
        var short = exchange
        let body = exchange.request.body
        if body.count > (extent == .whole ? Self.longestBody : 0) {
            // Equal requests stay equal: attempts of one call are recognized by their bodies.
            var hash = FNV1a()
            hash.add(body)
            short.request.body = Array("(not kept: \(body.count) bytes, hash \(String(hash.value, radix: 16)))".utf8)
        }
        guard case .object(var json) = short.fullJSON(origin: start) else {
            document = []
            return
        }
        json["at"] = offset.stored(start)
        json["model"] = exchange.decision.model.map { .string(Redaction.text($0)) }
        document = JSONValue.object(json).serialized()
    }

    /// The timeline of an exchange that has ended.
    package static func ending(of exchange: Exchange, _ offset: StoreOffset) -> [UInt8] {
        let start = exchange.startedAt
        let json = exchange.json(origin: start)
        let ending: JSONValue = ["at": offset.stored(start), "timeline": json["timeline"] ?? []]
        return ending.serialized()
    }

    /// - Parameters:
    ///   - ending: from `ending(of:_:)`; nil while the answer is being sent.
    ///   - replica: the server that answered.
    /// - Returns: nil if another version wrote the exchange in a form that this version cannot read. The times are those of this server's
    ///   clock; times from before its start are negative.
    package static func exchange(
        _ document: [UInt8], ending: [UInt8]?, replica: String?, _ offset: StoreOffset
    ) -> Exchange? {
        guard case .object(var entry)? = try? JSONValue.parse(document) else { return nil }
        if let ending, let end = try? JSONValue.parse(ending) {
            (entry["at"], entry["timeline"]) = (end["at"], end["timeline"])
        }
        guard var exchange = Exchange(entry: .object(entry)) else { return nil }
        exchange.replica = replica
        if let strike = entry["chaos"]?.string {
            exchange.decision.chaos = Exchange.Drawn(strike: strike, digest: 0, call: exchange.number, source: "")
        }
        exchange.timeline.move(by: offset.moment(entry["at"])?.nanoseconds ?? 0)
        return exchange
    }
}

extension Timeline {
    fileprivate mutating func move(by nanoseconds: Int64) {
        entries = entries.map { entry in
            var happening = entry.happening
            if case .accepted(let mark, let due) = happening {
                happening = .accepted(mark, due: Moment(nanoseconds: due.nanoseconds + nanoseconds))
            }
            return Entry(at: Moment(nanoseconds: entry.at.nanoseconds + nanoseconds), happening)
        }
    }
}
