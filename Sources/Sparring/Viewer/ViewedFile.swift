package import SparringExchange

/// A file with exchanges, as `sparring view` shows it. Positions begin at 0, with the oldest exchange.
package protocol ViewedFile: Sendable {
    /// The path, as the user wrote it.
    var name: String { get }
    /// `log`, `cassette` or `journal`, and the known facts about the run.
    var title: String { get }
    /// Sentences about the part of the file that is missing.
    var notes: [String] { get }
    var count: Int { get }

    /// Returns one exchange for each position. Bodies may be cut. May wait for a disk.
    func exchanges(at positions: Range<Int>) throws -> [Exchange]

    /// One exchange with its bodies.
    func whole(at position: Int) throws -> KeptExchanges.Kept
}
