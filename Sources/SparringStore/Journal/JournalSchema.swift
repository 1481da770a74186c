import GRDB

/// The journal's tables and views, as migrations. A released migration is never changed. docs/reference/journal.md
/// explains the tables.
enum JournalSchema {
    /// `SPRG`, in the header of every journal (`PRAGMA application_id`).
    static let applicationID: Int32 = 0x5350_5247

    /// `PRAGMA user_version`: the number of the last migration, for programs that inspect the file.
    static let version = 4

    static let kind = DatabaseKind(
        name: "journal", applicationID: applicationID, version: version, migrator: migrator)

    static let migrator: DatabaseMigrator = {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1 exchanges") { db in
            try db.execute(sql: "PRAGMA application_id = \(applicationID)")
            try db.execute(sql: "PRAGMA user_version = 1")
            for statement in tables + views { try db.execute(sql: statement) }
        }
        migrator.registerMigration("2 objects") { db in
            try db.execute(sql: "PRAGMA user_version = 2")
            for statement in ObjectSchema.tables { try db.execute(sql: statement) }
        }
        migrator.registerMigration("3 refusals") { db in
            try db.execute(sql: "PRAGMA user_version = 3")
            for statement in refusals { try db.execute(sql: statement) }
        }
        migrator.registerMigration("4 collections") { db in
            try db.execute(sql: "PRAGMA user_version = 4")
            for statement in ObjectSchema.indexes { try db.execute(sql: statement) }
        }
        return migrator
    }()

    /// The reasons why the API's own checks refused a request, and Sparring's warnings about answers.
    private static let refusals = [
        "ALTER TABLE exchanges ADD COLUMN refused TEXT", "ALTER TABLE exchanges ADD COLUMN warning TEXT",
        "DROP VIEW calls",
        """
        CREATE VIEW calls AS
        SELECT e.id, e.run, e.session, e.number,
            strftime('%Y-%m-%dT%H:%M:%fZ', (r.started_ns + e.started_ns) / 1e9, 'unixepoch') AS started,
            (e.ended_ns - e.started_ns) / 1e6 AS ms,
            e.method, e.target, e.endpoint, e.model, e.status, e.attempt, e.step, e.unmatched, e.refused, e.warning, e.marbles,
            e.body_dropped,
            CAST(b.request AS TEXT) AS request, CAST(e.answer_head AS TEXT) AS answer_head,
            CAST(b.answer AS TEXT) AS answer
        FROM exchanges e JOIN runs r ON r.id = e.run LEFT JOIN bodies b ON b.exchange = e.id
        WHERE NOT e.auxiliary
        """,
    ]

    /// Each exchange needs only a few rows. Data that is always read together (headers, faults and timeline) is a JSON column with a view.
    /// With a row for each event, the writer needed more time than the server needs to answer.
    private static let tables = [
        """
        CREATE TABLE runs (
            id INTEGER PRIMARY KEY,
            started_ns INTEGER NOT NULL,
            ended_ns INTEGER,
            scenario TEXT NOT NULL,
            seed TEXT NOT NULL,
            version TEXT NOT NULL,
            keeps TEXT NOT NULL,
            lost INTEGER NOT NULL DEFAULT 0
        )
        """,
        """
        CREATE TABLE exchanges (
            id INTEGER PRIMARY KEY,
            run INTEGER NOT NULL REFERENCES runs (id),
            session TEXT NOT NULL,
            number INTEGER NOT NULL,
            connection INTEGER NOT NULL,
            started_ns INTEGER NOT NULL,
            ended_ns INTEGER NOT NULL,
            method TEXT NOT NULL,
            target TEXT NOT NULL,
            http TEXT NOT NULL,
            headers TEXT NOT NULL,
            endpoint TEXT,
            model TEXT,
            status INTEGER NOT NULL,
            step TEXT,
            attempt INTEGER NOT NULL,
            unmatched TEXT,
            auxiliary INTEGER NOT NULL,
            marbles TEXT,
            request_bytes INTEGER NOT NULL,
            answer_bytes INTEGER NOT NULL,
            body_dropped TEXT,
            faults TEXT,
            timeline TEXT NOT NULL,
            answer_head BLOB NOT NULL
        )
        """,
        """
        CREATE TABLE bodies (
            exchange INTEGER PRIMARY KEY REFERENCES exchanges (id),
            request BLOB NOT NULL,
            answer BLOB NOT NULL
        )
        """,
        // One row stores the sum, because summing all bodies would be slow each time the file is opened.
        "CREATE TABLE body_budget (bytes INTEGER NOT NULL)",
        "INSERT INTO body_budget VALUES (0)",
    ]

    private static let views = [
        """
        CREATE VIEW calls AS
        SELECT e.id, e.run, e.session, e.number,
            strftime('%Y-%m-%dT%H:%M:%fZ', (r.started_ns + e.started_ns) / 1e9, 'unixepoch') AS started,
            (e.ended_ns - e.started_ns) / 1e6 AS ms,
            e.method, e.target, e.endpoint, e.model, e.status, e.attempt, e.step, e.unmatched, e.marbles, e.body_dropped,
            CAST(b.request AS TEXT) AS request, CAST(e.answer_head AS TEXT) AS answer_head,
            CAST(b.answer AS TEXT) AS answer
        FROM exchanges e JOIN runs r ON r.id = e.run LEFT JOIN bodies b ON b.exchange = e.id
        WHERE NOT e.auxiliary
        """,
        """
        CREATE VIEW headers AS
        SELECT e.id AS exchange, j.key + 1 AS position, lower(j.value ->> 0) AS name, j.value ->> 1 AS value
        FROM exchanges e, json_each(e.headers) j
        """,
        """
        CREATE VIEW timeline AS
        SELECT e.id AS exchange, j.key + 1 AS position, e.started_ns + (j.value ->> 0) AS ns, (j.value ->> 0) / 1e6 AS ms,
            j.value ->> 1 AS what,
            CASE j.value ->> 1 WHEN 'accepted' THEN j.value ->> 2 END AS mark,
            CASE j.value ->> 1 WHEN 'accepted' THEN (j.value ->> 3) / 1e6 END AS due_ms,
            CASE WHEN j.value ->> 1 IN ('fault_delivered', 'fault_missed')
                THEN e.faults ->> (j.value ->> 2) END AS fault,
            CASE j.value ->> 1 WHEN 'accepted' THEN NULL WHEN 'fault_delivered' THEN NULL
                WHEN 'fault_missed' THEN j.value ->> 3 ELSE j.value ->> 2 END AS detail
        FROM exchanges e, json_each(e.timeline) j
        """,
        """
        CREATE VIEW faults AS
        SELECT e.id AS exchange, f.key + 1 AS position, f.value AS fault,
            replace(t.value ->> 1, 'fault_', '') AS outcome,
            CASE t.value ->> 1 WHEN 'fault_missed' THEN t.value ->> 3 END AS reason,
            (t.value ->> 0) / 1e6 AS ms
        FROM exchanges e, json_each(e.faults) f
        LEFT JOIN json_each(e.timeline) t
            ON t.value ->> 1 IN ('fault_delivered', 'fault_missed') AND t.value ->> 2 = f.key
        """,
    ]
}
