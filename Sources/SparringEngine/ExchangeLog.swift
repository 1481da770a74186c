package import SparringExchange

/// The last exchanges of a session, in the order in which they ended. Bounded: a server that runs for days keeps its size,
/// and says how many it has let go.
package struct ExchangeLog: Sendable {
    let capacity: Int
    private var ring: [Exchange] = []
    private var oldest = 0
    package private(set) var dropped = 0

    package init(capacity: Int) { self.capacity = capacity }

    package mutating func append(_ exchange: Exchange) {
        if ring.count < capacity {
            ring.append(exchange)
        } else if capacity > 0 {
            ring[oldest] = exchange
            oldest = (oldest + 1) % capacity
            dropped += 1
        } else {
            dropped += 1
        }
    }

    package var exchanges: [Exchange] { Array(ring[oldest...] + ring[..<oldest]) }
}
