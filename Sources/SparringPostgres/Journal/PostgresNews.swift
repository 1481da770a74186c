import Dispatch
import SparringEngine
package import SparringExchange
import Synchronization

/// Passes on the exchanges that other servers have ended, while a reader wants them. PostgreSQL notifies this server of these exchanges
/// (`LISTEN`), so that this server makes no needless queries.
package final class PostgresNews: SharedNews {
    private let journal: PostgresJournal
    private let replica: String
    private let pool: PostgresPool
    private let thread = DispatchQueue(label: "journal of other servers", qos: .utility)
    /// The number of the current reader; it is odd while there is a reader.
    private let turn = Atomic(0)

    /// The maximum wait for a notification, after which the thread checks whether there is still a reader.
    private static let wait = Duration.milliseconds(500)
    /// The pause after a failure.
    private static let pause = Duration.seconds(1)

    package init(_ journal: PostgresJournal, replica: String, beside objects: PostgresObjectStore) {
        (self.journal, self.replica) = (journal, replica)
        var settings = objects.pool.settings
        settings.connections = 1
        pool = PostgresPool(objects.pool.location, settings)
    }

    package func start(_ receive: @escaping @Sendable (Exchange) -> Void) {
        let (old, turn) = self.turn.add(1, ordering: .relaxed)
        guard old % 2 == 0 else { return }
        thread.async { self.read(turn, receive) }
    }

    package func stop() {
        turn.add(1, ordering: .relaxed)
    }

    /// Reads until `stop`. If the connection breaks, exchanges that end before the next connection are not passed on; the journal has them.
    private func read(_ turn: Int, _ receive: @Sendable (Exchange) -> Void) {
        while self.turn.load(ordering: .relaxed) == turn {
            do throws(PostgresProblem) {
                let connection = try pool.connect(until: .now + pool.settings.patience)
                try connection.run("LISTEN \(JournalNews.channel)", until: .now + pool.settings.patience)
                while self.turn.load(ordering: .relaxed) == turn {
                    let payloads = try connection.notifications(until: .now + Self.wait)
                    let rows = payloads.compactMap(JournalNews.init(payload:)).filter { $0.replica != replica }
                        .flatMap(\.rows)
                    guard !rows.isEmpty else { continue }
                    for exchange in try journal.exchanges(ofRows: rows) { receive(exchange) }
                }
            } catch {
                pool.pause(Self.pause)
            }
        }
    }
}
