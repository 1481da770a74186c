/// The tables of stored objects.
enum ObjectSchema {
    static let tables = [
        """
        CREATE TABLE objects (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            session TEXT NOT NULL,
            kind TEXT NOT NULL,
            object TEXT NOT NULL,
            tag TEXT NOT NULL,
            ends_at INTEGER,
            json TEXT NOT NULL,
            revision INTEGER NOT NULL,
            UNIQUE (session, kind, object)
        )
        """,
        // The column `session` is NULL until the bytes are kept.
        """
        CREATE TABLE blobs (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            session TEXT,
            made_at INTEGER NOT NULL,
            length INTEGER NOT NULL DEFAULT 0
        )
        """,
        """
        CREATE TABLE chunks (
            blob INTEGER NOT NULL,
            start INTEGER NOT NULL,
            bytes BLOB NOT NULL,
            PRIMARY KEY (blob, start)
        )
        """,
        "CREATE TRIGGER blobs_deleted AFTER DELETE ON blobs BEGIN DELETE FROM chunks WHERE blob = OLD.id; END",
    ]

    /// The index finds a page of a collection among all objects of a session.
    static let indexes = ["CREATE INDEX objects_by_tag ON objects (session, kind, tag, id)"]
}
