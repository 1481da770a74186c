import GRDB
import SparringAPI

/// A cassette's tables and views, as migrations. A released migration is never changed. docs/reference/record.md
/// explains the tables.
enum CassetteSchema {
    /// `PRAGMA application_id`: `SPRT`.
    static let applicationID: Int32 = 0x5350_5254

    /// `PRAGMA user_version`.
    static let version = 2

    static let kind = DatabaseKind(name: "cassette", applicationID: applicationID, version: version, migrator: migrator)

    private static let migrator: DatabaseMigrator = {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1 exchanges") { db in
            try db.execute(sql: "PRAGMA application_id = \(applicationID)")
            try db.execute(sql: "PRAGMA user_version = 1")
            for statement in tables + views { try db.execute(sql: statement) }
        }
        migrator.registerMigration("2 messages of WebSockets") { db in
            try db.execute(sql: "PRAGMA user_version = 2")
            for statement in messages { try db.execute(sql: statement) }
        }
        return migrator
    }()

    /// The first version with the messages of WebSockets. A cassette of an older version is read without being converted; a new recording
    /// on it converts it to this version.
    static let firstWithMessages = 2

    private static let messages = [
        """
        CREATE TABLE messages (
            exchange INTEGER NOT NULL REFERENCES exchanges (id),
            position INTEGER NOT NULL,
            ns INTEGER NOT NULL,
            sender TEXT NOT NULL,
            kind TEXT NOT NULL,
            code INTEGER,
            content BLOB NOT NULL,
            PRIMARY KEY (exchange, position)
        ) WITHOUT ROWID
        """,
        """
        CREATE VIEW events AS
        SELECT e.session, e.number, m.exchange, m.position, m.ns / 1e6 AS ms, m.sender, m.kind, m.code,
            CASE m.kind WHEN 'binary' THEN m.content ELSE CAST(m.content AS TEXT) END AS content
        FROM messages m JOIN exchanges e ON e.id = m.exchange
        """,
    ]

    private static let tables = [
        "CREATE TABLE tape (key TEXT PRIMARY KEY, value TEXT NOT NULL)",
        """
        CREATE TABLE exchanges (
            id INTEGER PRIMARY KEY,
            session TEXT NOT NULL,
            number INTEGER NOT NULL,
            started_ns INTEGER NOT NULL,
            method TEXT NOT NULL,
            target TEXT NOT NULL,
            endpoint TEXT,
            model TEXT,
            http INTEGER NOT NULL,
            headers TEXT NOT NULL,
            request BLOB NOT NULL,
            request_masked INTEGER NOT NULL,
            fingerprint TEXT,
            status INTEGER,
            answer_http INTEGER,
            reason TEXT,
            answer_headers TEXT,
            head_ns INTEGER,
            answer_masked INTEGER NOT NULL DEFAULT 0,
            ending TEXT,
            ended_ns INTEGER
        )
        """,
        """
        CREATE TABLE parts (
            exchange INTEGER NOT NULL REFERENCES exchanges (id),
            position INTEGER NOT NULL,
            pieces TEXT NOT NULL,
            bytes BLOB NOT NULL,
            PRIMARY KEY (exchange, position)
        ) WITHOUT ROWID
        """,
    ]

    private static let views =
        [
            """
            CREATE VIEW calls AS
            SELECT e.id, e.session, e.number,
                strftime('%Y-%m-%dT%H:%M:%fZ', e.started_ns / 1e9, 'unixepoch') AS started,
                e.method, e.target, e.endpoint, e.model, e.status, coalesce(e.ending, 'unfinished') AS ending,
                e.head_ns / 1e6 AS head_ms, e.ended_ns / 1e6 AS ms,
                CAST(e.request AS TEXT) AS request,
                (SELECT group_concat(CAST(p.bytes AS TEXT), '') FROM
                    (SELECT bytes FROM parts WHERE exchange = e.id ORDER BY position) p) AS answer
            FROM exchanges e
            """,
            """
            CREATE VIEW pieces AS
            SELECT p.exchange, p.position AS part, j.key + 1 AS position, (j.value ->> 0) / 1e6 AS ms,
                j.value ->> 1 AS bytes
            FROM parts p, json_each(p.pieces) j
            """,
        ]
        // This version has one view for each of its endpoints; a later version adds its own views by a migration.
        + Endpoint.allCases.map { endpoint in
            """
            CREATE VIEW "\(endpoint.rawValue)" AS SELECT id, session, number, started, model, status, ending, ms, request,
                answer FROM calls WHERE endpoint = '\(endpoint.rawValue)'
            """
        }
}
