/// A notification to the other servers that certain exchanges have ended.
struct JournalNews: Sendable, Hashable {
    static let channel = "sparring_exchanges"

    /// The name of the server that has ended the exchanges.
    var replica: String
    /// The rows of `sparring.exchanges`.
    var rows: [Int]

    /// The limit exists because PostgreSQL refuses a payload of 8,000 bytes or more.
    private static let mostRows = 300

    init(replica: String, rows: [Int]) {
        (self.replica, self.rows) = (replica, rows)
    }

    /// The server's name, and the rows: `web-1-77 12,13`. There are several payloads if there are many rows.
    var payloads: [String] {
        stride(from: 0, to: rows.count, by: Self.mostRows).map { start in
            let piece = rows[start..<min(start + Self.mostRows, rows.count)]
            return "\(replica) \(piece.map(String.init).joined(separator: ","))"
        }
    }

    /// - Returns: nil for a payload in another form.
    init?(payload: String) {
        guard let space = payload.lastIndex(of: " ") else { return nil }
        replica = String(payload[..<space])
        rows = payload[payload.index(after: space)...].split(separator: ",").compactMap { Int($0) }
    }
}
