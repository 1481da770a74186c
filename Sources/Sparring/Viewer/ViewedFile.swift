package import SparringExchange

/// A file with exchanges, as `sparring view` shows it. Positions begin at 0, with the oldest exchange.
package protocol ViewedFile: Sendable {
    /// The path, as the user wrote it.
    var name: String { get }
    /// `log`, `cassette` or `journal`, and the known facts about the run.
    var title: String { get }
    /// Sentences about the part of the file that is missing.
    var notes: [String] { get }
    /// The number of positions. A position may be empty.
    var count: Int { get }

    /// The exchanges at some positions, in their order. Bodies may be cut. May wait for a disk.
    /// - Parameter filter: exchanges that it does not select may be missing, where that saves time; the caller applies it to the others.
    func exchanges(
        at positions: Range<Int>, for filter: ExchangeFilter?
    ) throws -> [(position: Int, exchange: Exchange)]

    /// One exchange with its bodies.
    func whole(at position: Int) throws -> KeptExchanges.Kept
}
