import SparringEngine
import SparringExchange
import SparringJSON
import SparringScenario
import SparringWire

/// Reports about sessions that servers share, from the journal of all servers.
struct SharedJournal: Sendable {
    let journal: any Journal
    /// The name of this server.
    let replica: String

    /// The limit is more than a store keeps of a session.
    private static let most = 10_000

    /// The exchanges of a session. An exchange that a client has seen may have no stored end yet, because servers store the ends a moment
    /// later. This function waits briefly for the end, but not long, because an answer may also be running.
    func exchanges(of session: String) async throws -> [Exchange] {
        let query = JournalQuery(session: session, limit: Self.most)
        for _ in 0..<5 {
            let exchanges = try await journal.exchanges(query)
            if !exchanges.contains(where: \.isRunning) { return exchanges }
            try await Task.sleep(for: .milliseconds(50))
        }
        return try await journal.exchanges(query)
    }

    /// - Returns: nil if the session has no such exchange, or if it was deleted because it is old.
    func exchange(_ number: Int, of session: String) async throws -> Exchange? {
        let found = try await journal.exchanges(JournalQuery(session: session, after: number - 1, limit: 1))
        return found.first { $0.number == number }
    }

    /// One exchange as JSON. The bytes of an answer are at the server that has sent it.
    /// - Parameters:
    ///   - session: what this server knows of the session; nil if this server has never had the session.
    ///   - most: the maximum number of bytes of the request's body; nil for all bytes.
    func json(of exchange: Exchange, _ session: Session?, most: Int?, _ live: LiveReport) -> JSONValue? {
        let own = session?.latestExchanges(.max).first {
            $0.number == exchange.number && $0.connection == exchange.connection
        }
        let scenario = session?.world.scenario ?? live.engine.scenario
        if exchange.replica == replica, var own {
            own.replica = replica
            return live.json(of: own, in: scenario, most: most)
        }
        guard case .object(var json)? = live.json(of: exchange, in: scenario, most: most) else { return nil }
        json["answer"] = .null
        json["answer_withheld"] = .string("only the server that answered has the bytes: \(exchange.replica ?? "")")
        return .object(json)
    }
}
