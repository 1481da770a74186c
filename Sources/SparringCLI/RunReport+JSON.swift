import SparringEngine
import SparringExchange
import SparringJSON
import SparringWire

extension RunReport {
    /// One line: everything that the five lines say, and the timeline of every exchange in milliseconds since the first one began.
    func json(baseURL: String, childExit: Int32) -> String {
        let origin = exchanges.first?.startedAt ?? Moment(nanoseconds: 0)
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("scenario", scenario)
            writer.member("seed", .number(JSONNumber(text: String(seed))))
            writer.member("base_url", baseURL)
            writer.member("calls", calls)
            writer.member("attempts", attempts)
            writer.member(
                "faults",
                ["ordered": .int(faultsOrdered), "delivered": .int(faultsDelivered), "missed": .strings(faultsMissed)])
            writer.member("unmatched", .strings(unmatched))
            writer.member("left_over", .strings(leftOver))
            writer.member("unexpected", orNull: unexpected)
            writer.member("dropped_exchanges", droppedExchanges)
            writer.member("child_exit", Int(childExit))
            writer.member("held", held)
            writer.member("exchanges", .array(exchanges.map { $0.json(origin: origin) }))
        }
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}
