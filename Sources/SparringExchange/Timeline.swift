package import SparringWire

/// The events of an exchange, in order, on the server's clock.
package struct Timeline: Sendable, Hashable {
    package struct Entry: Sendable, Hashable {
        package var at: Moment
        package var happening: Happening

        package init(at: Moment, _ happening: Happening) {
            self.at = at
            self.happening = happening
        }
    }

    package enum Happening: Sendable, Hashable {
        /// The first byte of the request's head.
        case requestStart
        case requestHead
        case requestEnd
        /// The script was written, and playing starts.
        case decided
        /// The kernel took the last byte of a write, which was due at `due`.
        case accepted(Mark?, due: Moment)
        /// The fault took effect.
        case faultDelivered(FaultID)
        /// The fault could not take effect, for this reason: the answer ended before the fault's point, or the peer had disconnected.
        case faultMissed(FaultID, reason: String)
        /// A breakpoint holds the answer at this point.
        case held(at: String)
        /// The hold ended after that time, for this reason.
        case released(after: Duration, reason: String)
        /// The peer closed its side (end of file), or the connection broke, with the reason in words.
        case peerGone(reason: String)
        /// The peer's kernel acknowledged everything sent so far.
        case drained
        /// The peer never acknowledged this number of the bytes that the kernel accepted.
        case lost(bytes: Int)
        case ended(Ending)
    }

    package var entries: [Entry]

    package init(entries: [Entry] = []) { self.entries = entries }

    package mutating func stamp(_ happening: Happening, at moment: Moment) {
        entries.append(Entry(at: moment, happening))
    }

    /// Inserts an event that is reported after it happened.
    package mutating func insert(_ happening: Happening, at moment: Moment) {
        let place = entries.firstIndex { $0.at > moment } ?? entries.count
        entries.insert(Entry(at: moment, happening), at: place)
    }
}

/// Receives finished exchanges. Called on an event loop, so it must not block.
package protocol ExchangeSink: Sendable {
    func receive(_ exchange: Exchange)

    /// Like `receive`, with the script that was sent, for a sink that stores the answer's bytes.
    func receive(_ exchange: Exchange, played script: WireScript)
}

extension ExchangeSink {
    package func receive(_ exchange: Exchange, played script: WireScript) { receive(exchange) }
}
