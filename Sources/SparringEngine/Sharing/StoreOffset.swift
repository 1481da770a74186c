package import SparringExchange
import SparringJSON

/// The time of a store's clock, computed from this server's own clock. A store has one clock for all servers, whose own clocks may differ.
package struct StoreOffset: Sendable, Hashable {
    /// The store's time minus the server's, in nanoseconds.
    var nanoseconds: Int64

    func stored(_ moment: Moment) -> JSONValue { .int(Int(moment.nanoseconds + nanoseconds)) }

    func stored(_ moment: Moment?) -> JSONValue { moment.map { stored($0) } ?? .null }

    /// - Returns: nil for null.
    func moment(_ json: JSONValue?) -> Moment? {
        json?.int.map { Moment(nanoseconds: Int64($0) - nanoseconds) }
    }

    /// The store's time minus the server's, in whole seconds.
    var seconds: Int64 { nanoseconds / 1_000_000_000 }
}

/// Estimates the offset of a store from the times in its answers. Never estimates the store's clock to be ahead of its true time, so that
/// no window of a limit ends early.
package struct StoreTime: Sendable {
    private var best: (offset: Int64, at: Int64)?

    package init() {}

    /// An upper bound for the difference in speed of two clocks.
    private static let drift = 0.0002
    /// If the store's clock is behind by more than this, it was set back.
    private static let step: Int64 = 1_000_000_000

    /// - Parameters:
    ///   - stored: the store's time when it made the answer, in nanoseconds.
    ///   - received: when the answer arrived.
    package mutating func sample(_ stored: Int64, received: Moment) -> StoreOffset {
        let offset = stored - received.nanoseconds
        if let best {
            let faded = best.offset - Int64(Double(received.nanoseconds - best.at) * Self.drift)
            if offset < faded, offset > faded - Self.step { return StoreOffset(nanoseconds: faded) }
        }
        best = (offset, received.nanoseconds)
        return StoreOffset(nanoseconds: offset)
    }
}
