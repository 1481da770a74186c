#!/usr/bin/env python3
"""Kills a server with SIGKILL while it works, at random moments, and compares its journal with its clients' answers.

    journal_kill.py [--rounds 50] [--seed 1] [--caught-up] [--binary .build/release/sparring]

A round: `serve --db FILE` under the load of eight clients, killed between 0.05 and 1.5 seconds after the first answer. Then
the file must open, pass `PRAGMA integrity_check`, and have every exchange whose complete answer a client had at least
a quarter of a second earlier (docs/reference/journal.md), with the bytes that the client sent and received. Rounds share four files in
turn, so that a file of a killed server is opened and written again.

A debug build writes more slowly than eight clients send: use fewer clients, or a pause. A busy machine may need any time: with
--caught-up each kill waits until the file has all answers of some moment, and these must be there afterwards.
"""

import argparse
import http.client
import os
import pathlib
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
FILES = 4


def chat(prompt, stream):
    flag = "true" if stream else "false"
    return f'{{"model":"gpt-4o-mini","messages":[{{"role":"user","content":"{prompt}"}}],"stream":{flag}}}'.encode()


class Client(threading.Thread):
    """Sends calls until the server is gone; stores the complete answers, with their times."""

    def __init__(self, port, name, pause):
        super().__init__(daemon=True)
        self.port, self.name, self.pause, self.answers = port, name, pause, []

    def run(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=300)
        count = 0
        try:
            while True:
                count += 1
                body = chat(f"{self.name} {count}", stream=count % 3 == 0)
                headers = {"Content-Type": "application/json", "X-Sparring-Session": self.name}
                connection.request("POST", "/v1/chat/completions", body, headers)
                answer = connection.getresponse().read()
                self.answers.append((time.monotonic(), body, answer))
                time.sleep(self.pause)
        except (OSError, http.client.HTTPException):
            pass


def started(binary, file, directory):
    ready = directory / "ready"
    ready.unlink(missing_ok=True)
    log = open(directory / "log", "wb")
    process = subprocess.Popen(
        [binary, "serve", "--port", "0", "--ready-file", ready, "--db", file, "--quiet"], stdout=log, stderr=log
    )
    deadline = time.monotonic() + 300
    while not ready.exists():
        if process.poll() is not None or time.monotonic() > deadline:
            sys.exit(f"journal_kill: the server did not start:\n{(directory / 'log').read_text()}")
        time.sleep(0.002)
    return process, int(ready.read_text().split(":")[2].split("/")[0])


def kept(database, client):
    """The request and the answer of each exchange of a client in the file."""
    return dict(
        database.execute(
            "SELECT b.request, b.answer FROM exchanges e JOIN bodies b ON b.exchange = e.id WHERE e.session = ?",
            (client.name,),
        )
    )


def until_written(file, clients):
    """Waits until the file has every answer that the clients have received so far. Returns the requests of each client in the file."""
    wanted = {client: {request for _, request, _ in list(client.answers)} for client in clients}
    database = sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=60)
    deadline = time.monotonic() + 300
    while not all(requests <= kept(database, client).keys() for client, requests in wanted.items()):
        if time.monotonic() > deadline:
            sys.exit("journal_kill: answers were not in the file after five minutes")
        time.sleep(0.005)
    database.close()
    return wanted


def round_of(number, args, directory, rng):
    """Kills the server once: returns how many exchanges were required and how many exchanges of this run the file has; exits if one is
    missing."""
    file = directory / f"journal-{number % FILES}.sqlite"
    process, port = started(args.binary, file, directory)
    clients = [Client(port, f"round {number} client {index}", args.pause) for index in range(args.clients)]
    for client in clients:
        client.start()
    while not any(client.answers for client in clients):
        time.sleep(0.001)
    time.sleep(rng.uniform(0.05, args.longest))
    written = until_written(file, clients) if args.caught_up else None
    killed = time.monotonic()
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    for client in clients:
        client.join()

    database = sqlite3.connect(file)
    if (verdict := database.execute("PRAGMA integrity_check").fetchone()[0]) != "ok":
        sys.exit(f"journal_kill: round {number}: the file is damaged: {verdict}")
    owed = 0
    for client in clients:
        rows = kept(database, client)
        for at, request, answer in client.answers:
            if not (at <= killed - args.promise if written is None else request in written[client]):
                continue
            owed += 1
            if request not in rows:
                sys.exit(f"journal_kill: round {number}: lost {request.decode()}, answered {killed - at:.3f} s before the kill")
            # The body of a stream is stored with its framing.
            if rows[request] != answer and answer.split(b"\n")[0] not in rows[request]:
                sys.exit(f"journal_kill: round {number}: the file has another answer for {request.decode()}")
    total = database.execute("SELECT count(*) FROM exchanges WHERE run = (SELECT max(id) FROM runs)").fetchone()[0]
    database.close()
    if total < owed:
        sys.exit(f"journal_kill: round {number}: {owed} were required, {total} are in the file")
    return owed, total, sum(len(client.answers) for client in clients)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--binary", default=ROOT / ".build/release/sparring")
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--pause", type=float, default=0, help="seconds between a client's calls")
    parser.add_argument("--promise", type=float, default=0.25, help="seconds from an answer's end to the file")
    parser.add_argument("--caught-up", action="store_true", help="wait for the file before each kill, instead of a fixed time")
    parser.add_argument("--longest", type=float, default=1.5, help="seconds to the latest kill")
    args = parser.parse_args()
    rng = random.Random(args.seed)
    sums = [0, 0, 0]
    with tempfile.TemporaryDirectory(prefix="sparring-journal-") as directory:
        for number in range(args.rounds):
            values = round_of(number, args, pathlib.Path(directory), rng)
            sums = [a + b for a, b in zip(sums, values)]
    print(
        f"journal_kill: {args.rounds} kills, seed {args.seed}: {sums[2]} answers, {sums[0]} owed, {sums[1]} in the files,"
        " none missing, every file intact"
    )


main()
