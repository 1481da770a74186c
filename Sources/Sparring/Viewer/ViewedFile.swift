package import SparringExchange

/// A file with exchanges, as `sparring view` shows it. Positions begin at 0, with the oldest exchange.
package protocol ViewedFile: Sendable {
    /// The path, as the user wrote it.
    var name: String { get }
    /// `log`, `cassette` or `journal`, and the facts about the run that the file contains.
    var title: String { get }
    /// Sentences about the part of the file that is missing.
    var notes: [String] { get }
    /// The number of positions. A position may be empty.
    var count: Int { get }

    /// The exchanges at some positions, in their order. Bodies may be cut. The call may wait for a disk.
    /// - Parameter filter: selects exchanges. Where this saves time, exchanges that the query does not select may be missing from the
    ///   result; the caller applies the query to the others.
    func exchanges(
        at positions: Range<Int>, for filter: ExchangeFilter?
    ) throws -> [(position: Int, exchange: Exchange)]

    /// One exchange with its bodies.
    func whole(at position: Int) throws -> KeptExchanges.Kept
}
