import GRDB
import SparringCassette
import SparringJSON

/// Facts about a cassette, stored in its table `cassette`.
enum CassetteFacts {
    /// Adds missing facts, and the masking rules that are new to the cassette.
    static func prepare(_ db: Database, masked: [String], key wanted: FingerprintKey?) throws -> FingerprintKey {
        if try value("fingerprint_key", db) == nil {
            try set("fingerprint_key", (wanted ?? .random()).hex, db)
        }
        let known = try rules(db)
        try set("masked_by", JSONValue.strings(known + masked.filter { !known.contains($0) }).text(), db)
        return try key(db)
    }

    static func key(_ db: Database) throws -> FingerprintKey {
        guard let text = try value("fingerprint_key", db), let key = FingerprintKey(hex: text) else {
            throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "the key of its fingerprints is missing")
        }
        return key
    }

    static func rules(_ db: Database) throws -> [String] {
        guard let text = try value("masked_by", db) else { return [] }
        return (try JSONValue.parse(text).array ?? []).compactMap(\.string)
    }

    private static func value(_ key: String, _ db: Database) throws -> String? {
        try String.fetchOne(db, sql: "SELECT value FROM tape WHERE key = ?", arguments: [key])
    }

    private static func set(_ key: String, _ value: String, _ db: Database) throws {
        try db.execute(sql: "INSERT OR REPLACE INTO tape (key, value) VALUES (?, ?)", arguments: [key, value])
    }
}
