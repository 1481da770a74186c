import SparringExchange
import Synchronization

/// Counts the running answers of a server. Each answer needs two to four atomic additions and no lock.
package final class TrafficGauges: Sendable {
    private let inFlight = Atomic<Int>(0)
    private let streams = Atomic<Int>(0)
    private let sockets = Atomic<Int>(0)

    /// The counts at one moment. Each count is exact, but the counts may have been read nanoseconds apart.
    package struct Reading: Sendable, Hashable {
        /// Requests and turns of WebSockets whose answer has been decided and has not ended.
        package var inFlight: Int
        /// The number of event streams among them.
        package var streams: Int
        /// WebSockets that are open.
        package var sockets: Int

        package init(inFlight: Int = 0, streams: Int = 0, sockets: Int = 0) {
            self.inFlight = inFlight
            self.streams = streams
            self.sockets = sockets
        }
    }

    package var reading: Reading {
        Reading(
            inFlight: inFlight.load(ordering: .relaxed), streams: streams.load(ordering: .relaxed),
            sockets: sockets.load(ordering: .relaxed))
    }

    /// Called when an answer has been decided. `ended` must be called once for this answer later.
    func began(_ decision: Exchange.Decision) { add(1, decision) }

    func ended(_ decision: Exchange.Decision) { add(-1, decision) }

    private func add(_ change: Int, _ decision: Exchange.Decision) {
        // The exchange of a handshake lasts as long as its socket.
        guard decision.status != 101 else {
            sockets.wrappingAdd(change, ordering: .relaxed)
            return
        }
        inFlight.wrappingAdd(change, ordering: .relaxed)
        if decision.isStream { streams.wrappingAdd(change, ordering: .relaxed) }
    }
}
