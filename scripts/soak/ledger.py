"""The requests and answers of the clients, with a line for each session, and their comparison with the server's journal."""

import sqlite3
import zlib


class Ledger:
    """A line: the session, the number of its exchanges that the journal must have and, for a session with one complete answer, the answer's
    size and checksum."""

    def __init__(self, path):
        self.file = open(path, "w", buffering=1 << 16)

    def add(self, session, exchanges=1, answer=None):
        size, total = (answer.size, answer.sum) if answer and answer.whole else ("", "")
        self.file.write(f"{session}\t{exchanges}\t{size}\t{total}\n")

    def close(self):
        self.file.close()


def rows(path):
    with open(path) as file:
        for line in file:
            session, exchanges, size, total = line.rstrip("\n").split("\t")
            yield session, int(exchanges), int(size) if size else None, int(total) if total else None


def compare(journal, paths):
    """The differences between the clients' files and the journal, and how many sessions, exchanges and bodies were compared."""
    database = sqlite3.connect(journal)
    database.create_function("crc32", 1, lambda data: None if data is None else zlib.crc32(data), deterministic=True)
    database.execute("CREATE TEMP TABLE client (session TEXT PRIMARY KEY, exchanges INTEGER, size INTEGER, sum INTEGER)")
    for path in paths:
        database.executemany(
            "INSERT INTO client VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET exchanges = exchanges + excluded.exchanges", rows(path)
        )
    database.execute(
        "CREATE TEMP TABLE server AS SELECT e.session, count(*) AS exchanges, max(e.answer_bytes) AS size, max(crc32(b.answer)) AS sum"
        " FROM exchanges e JOIN client c ON c.session = e.session LEFT JOIN bodies b ON b.exchange = e.id AND c.sum IS NOT NULL GROUP BY 1"
    )
    database.execute("CREATE INDEX temp.server_session ON server (session)")
    joined = "FROM client c LEFT JOIN server s ON s.session = c.session"
    questions = {
        "{} sessions are not in the journal": "s.session IS NULL",
        "{} sessions have another number of exchanges in the journal than their clients sent": "s.exchanges <> c.exchanges",
        "{} answers have another size in the journal than their clients received": "c.exchanges = 1 AND s.size <> c.size",
        "{} answers have other bytes in the journal than their clients received": "c.exchanges = 1 AND s.sum <> c.sum",
    }
    problems = []
    for text, condition in questions.items():
        found = database.execute(f"SELECT c.session, c.exchanges, s.exchanges, c.size, s.size {joined} WHERE {condition}").fetchall()
        if found:
            shown = "; ".join(map(str, found[:3]))
            problems.append(text.format(len(found)) + f" (session, exchanges and bytes of client and server): {shown}")
    lost = database.execute("SELECT coalesce(sum(lost), 0) FROM runs").fetchone()[0]
    if lost:
        problems.append(f"the server itself counts {lost} lost exchanges")
    verdict = database.execute("PRAGMA quick_check").fetchone()[0]
    if verdict != "ok":
        problems.append(f"the file is damaged: {verdict}")
    counts = database.execute(f"SELECT count(*), sum(s.exchanges), count(s.sum) {joined}").fetchone()
    database.close()
    return problems, counts
