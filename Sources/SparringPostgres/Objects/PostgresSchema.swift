/// The tables of a store, in the schema `sparring` of a database. The first server makes the tables; a later version of Sparring changes
/// them to its own version.
enum PostgresSchema {
    /// Each element changes the tables to those of the next version. An element that was released is never changed.
    static let migrations = [
        """
        CREATE TABLE sparring.objects (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            -- Session, kind and object in one text: of a unique column, the planner knows without statistics that it finds one row.
            key text COLLATE "C" NOT NULL UNIQUE,
            session text COLLATE "C" NOT NULL,
            kind text COLLATE "C" NOT NULL,
            object text COLLATE "C" NOT NULL,
            tag text COLLATE "C" NOT NULL,
            ends_at bigint,
            json text NOT NULL,
            revision bigint NOT NULL
        );
        CREATE INDEX objects_by_tag ON sparring.objects (session, kind, tag, id);
        -- A new table has no statistics, so each query is meant for one index: `kind` is a literal in its text.
        CREATE INDEX objects_by_kind ON sparring.objects (session, kind, id) WHERE kind <> 'member';
        CREATE INDEX objects_of_tag ON sparring.objects (kind, tag, id) WHERE kind = 'batch';
        -- The session is NULL until the bytes are kept.
        CREATE TABLE sparring.blobs (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            session text COLLATE "C",
            made_at timestamptz NOT NULL DEFAULT now(),
            length bigint NOT NULL DEFAULT 0
        );
        CREATE INDEX blobs_by_session ON sparring.blobs (session);
        CREATE TABLE sparring.chunks (
            blob bigint NOT NULL REFERENCES sparring.blobs ON DELETE CASCADE,
            start bigint NOT NULL,
            bytes bytea NOT NULL,
            PRIMARY KEY (blob, start)
        );
        -- A part of a chunk is read without the rest: bytes outside the row, and not compressed.
        ALTER TABLE sparring.chunks ALTER COLUMN bytes SET STORAGE EXTERNAL;
        """,
        """
        CREATE TABLE sparring.sessions (
            name text COLLATE "C" PRIMARY KEY,
            -- The number of commits.
            version bigint NOT NULL,
            -- JSON; bytes, because a server writes them as it likes, and no query looks into them.
            state bytea NOT NULL,
            -- The scenario since the last restart; NULL if it has no text.
            scenario text,
            -- Identifies the last commit, for the server that made it.
            token bigint,
            -- The server that made it.
            replica text COLLATE "C",
            changed_at timestamptz
        ) WITH (fillfactor = 50);
        -- The attempts of requests, and the prefixes of prompt caches. Each has the version of the commit that changed it last.
        CREATE TABLE sparring.session_entries (
            session text COLLATE "C" NOT NULL,
            kind smallint NOT NULL,
            key bigint NOT NULL,
            value bigint NOT NULL,
            version bigint NOT NULL,
            PRIMARY KEY (session, kind, key)
        );
        CREATE INDEX session_entries_by_version ON sparring.session_entries (session, version);
        -- The servers that use the database, or did.
        CREATE TABLE sparring.replicas (
            name text COLLATE "C" PRIMARY KEY,
            address text NOT NULL,
            sparring text NOT NULL,
            began_at timestamptz NOT NULL DEFAULT now(),
            seen_at timestamptz NOT NULL DEFAULT now(),
            ended boolean NOT NULL DEFAULT false
        );
        """,
        """
        -- The newest exchanges of each session: JSON in bytes, because no query looks into it, and a text cannot have NUL.
        CREATE TABLE sparring.exchanges (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            session text COLLATE "C" NOT NULL,
            number bigint NOT NULL,
            -- The server that answers, and its connection.
            replica text COLLATE "C" NOT NULL,
            connection bigint NOT NULL,
            document bytea NOT NULL,
            -- The timeline; NULL until the exchange has ended.
            ending bytea
        );
        CREATE INDEX exchanges_by_session ON sparring.exchanges (session, number);
        -- Changes with each restart.
        ALTER TABLE sparring.sessions ADD COLUMN life bigint;
        -- Totals of calls, of each run of a server; those of an earlier life of a session do not count.
        CREATE TABLE sparring.usage (
            run bigint NOT NULL,
            session text COLLATE "C" NOT NULL,
            line bigint NOT NULL,
            life bigint NOT NULL,
            document bytea NOT NULL,
            PRIMARY KEY (session, run, line)
        );
        """,
        """
        -- The interval of a line, in seconds since 1970. The width is 0 for the totals of all intervals.
        ALTER TABLE sparring.usage ADD COLUMN width bigint NOT NULL DEFAULT 0;
        ALTER TABLE sparring.usage ADD COLUMN start bigint NOT NULL DEFAULT 0;
        ALTER TABLE sparring.usage DROP CONSTRAINT usage_pkey;
        ALTER TABLE sparring.usage ADD PRIMARY KEY (session, run, line, width, start);
        -- What a server had open when it was last seen: JSON.
        ALTER TABLE sparring.replicas ADD COLUMN gauges text;
        """,
    ]

    /// The advisory lock for the transaction that makes the tables.
    private static let lock: Int64 = 0x5350_4152_5249_4E47

    /// Makes the tables, or changes them to the current version. Servers that start at the same time wait for each other.
    /// - Parameter migrations: the migrations of this version of Sparring; a test can pass others.
    static func prepare(_ pool: PostgresPool, migrations: [String] = migrations) throws(PostgresProblem) {
        _ = try pool.transaction { (loan) throws(PostgresProblem) -> Void? in
            _ = try loan.query("SELECT pg_advisory_xact_lock($1)::text", [.integer(lock)])
            let found = try version(loan)
            guard found <= migrations.count else {
                throw PostgresProblem(
                    .newerSchema,
                    """
                    the tables in \(pool.location) have version \(found), and this Sparring knows versions up to \
                    \(migrations.count). Use the newer Sparring for every server, or another database
                    """)
            }
            guard found < migrations.count else { return () }
            if found == 0 {
                try loan.run(
                    """
                    CREATE SCHEMA IF NOT EXISTS sparring;
                    CREATE TABLE sparring.version (number bigint NOT NULL);
                    INSERT INTO sparring.version VALUES (0);
                    """)
            }
            for migration in migrations[found...] { try loan.run(migration) }
            _ = try loan.query("UPDATE sparring.version SET number = $1", [.integer(migrations.count)])
            return ()
        }
    }

    /// The version of the tables; 0 if there are no tables. This look-up needs no right to create anything.
    private static func version(_ loan: PostgresPool.Loan) throws(PostgresProblem) -> Int {
        let known = try loan.query("SELECT to_regclass('sparring.version') IS NOT NULL").first?.integer(0) ?? 0
        guard known == 1 else { return 0 }
        return try loan.query("SELECT number FROM sparring.version").first?.integer(0) ?? 0
    }
}
