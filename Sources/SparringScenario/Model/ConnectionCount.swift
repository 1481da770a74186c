/// A number that is measured on the client's connections, over all attempts of a case.
package enum ConnectionCount: String, Sendable, Hashable, CaseIterable {
    /// Connections that carried a request.
    case opened
    /// The highest number of connections that carried an unfinished exchange at the same time.
    case atOnce = "at_once"
    /// Requests on a connection that had already carried a request.
    case reused
    /// How many answers the client left open: not read to the end, and not closed, before it continued.
    case halfRead = "half_read"
}

extension Expectation {
    /// The bounds for one of the numbers about connections.
    package struct Connections: Sendable, Hashable {
        package var count: ConnectionCount
        package var range: ClosedRange<Int>
        package var level: Level?

        package init(_ count: ConnectionCount, _ range: ClosedRange<Int>, level: Level? = nil) {
            self.count = count
            self.range = range
            self.level = level
        }
    }
}
