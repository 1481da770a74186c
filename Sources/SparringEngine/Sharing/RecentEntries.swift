import SparringJSON

/// Collects the entries of tables that have changed last, until enough entries are collected to write many rows at once.
struct RecentEntries: Sendable, Hashable {
    private(set) var entries: [SessionEntry] = []

    /// A state with more entries would be too long for one page of the store's table.
    static let most = 24

    init() {}

    /// Adds entries, which replace older entries with the same key.
    /// - Parameter cleared: the tables that were emptied before the entries were set.
    /// - Returns: the entries to write as rows: all or none.
    mutating func add(_ new: [SessionEntry], cleared: [SessionTable]) -> [SessionEntry] {
        entries.removeAll { cleared.contains($0.table) }
        for entry in new {
            if let place = entries.firstIndex(where: { $0.table == entry.table && $0.key == entry.key }) {
                entries[place] = entry
            } else {
                entries.append(entry)
            }
        }
        guard entries.count > Self.most else { return [] }
        defer { entries = [] }
        return entries
    }

    // MARK: As JSON

    var json: JSONValue {
        .array(
            entries.map { [.int($0.table.rawValue), .int(Int(Int64(bitPattern: $0.key))), .int(Int($0.value))] })
    }

    /// Reads `json`; for nil, there are no entries.
    init(_ json: JSONValue?) {
        for entry in json?.array ?? [] {
            guard let table = entry[0]?.int.flatMap({ SessionTable(rawValue: $0) }), let key = entry[1]?.int,
                let value = entry[2]?.int
            else { continue }
            entries.append(SessionEntry(table, UInt64(bitPattern: Int64(key)), Int64(value)))
        }
    }
}
