import Sparring
import SparringExchange
import SparringStore

/// A journal in the form in which `sparring view` shows it.
struct ViewedJournal: ViewedFile {
    let name: String
    let notes: [String] = []
    private let journal: JournalFile

    init(_ path: String) throws(JournalError) {
        name = path
        journal = try JournalFile(path)
    }

    var title: String { "Journal \(name)" + (journal.run.map { ", \($0)" } ?? "") }

    var count: Int { journal.count }

    func exchanges(
        at positions: Range<Int>, for filter: ExchangeFilter?
    ) throws -> [(position: Int, exchange: Exchange)] {
        try journal.exchanges(at: positions, for: filter)
    }

    func whole(at position: Int) throws -> KeptExchanges.Kept {
        guard let whole = try journal.whole(at: position) else { throw Gone() }
        return KeptExchanges.Kept(
            whole.exchange, requestBytes: whole.requestBytes, answer: whole.answer, bodyBytes: 64 << 10)
    }

    private struct Gone: Error, CustomStringConvertible {
        var description: String { "the exchange was deleted" }
    }
}
