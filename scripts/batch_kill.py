#!/usr/bin/env python3
"""Kills a server with SIGKILL while it works on a batch, at random moments, and compares the file with the answers that the client has received.

    batch_kill.py [--rounds 50] [--lines 4000] [--seed 1] [--binary .build/debug/sparring] [--store]

A round: `serve --db FILE`, a file and a batch from the official client, SIGKILL while lines are answered, again and again
until the batch has ended. After each restart the acknowledged file and batch must still exist, with counts that never
decrease; at the end every line has exactly one result, and the counts agree with the files.

With `--store`, two servers share a PostgreSQL that the script starts. The server that has the claim on the batch is killed, and only
such kills are counted. A client asks the other server, which continues, before the killed one is started again.
"""

import argparse
import json
import os
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import time

import openai

import fleet_servers

ROOT = pathlib.Path(__file__).resolve().parent.parent


class Server:
    """A server that keeps its data in a file or, with a URL, in a database."""

    def __init__(self, binary, directory, store=None):
        self.ready = directory / f"ready-{store.partition('@')[0][-1]}" if store else directory / "ready"
        place = [] if store else ["--db", directory / "s.sqlite"]
        self.command = [binary, "serve", "--port", "0", "--quiet", *place, "--journal", "heads", "--ready-file", self.ready]
        self.environment = dict(os.environ, **({"SPARRING_STORE": store} if store else {}))
        self.start()

    def start(self):
        self.ready.unlink(missing_ok=True)
        self.process = subprocess.Popen(self.command, env=self.environment)
        while not self.ready.exists():
            if self.process.poll() is not None:
                sys.exit(f"batch_kill: the server ended with {self.process.returncode}")
            time.sleep(0.005)
        self.client = openai.OpenAI(base_url=self.ready.read_text().strip(), api_key="sk-x", max_retries=0)

    def stop(self, kind):
        os.kill(self.process.pid, kind)
        self.process.wait()


class File:
    """One server with a file."""

    def __init__(self, binary, directory):
        self.servers = [Server(binary, directory)]

    def working(self):
        return 0

    def stop(self):
        pass


class Database:
    """Two servers with a database. Each server has its own user in the database, which distinguishes their claims."""

    USERS = "ab"

    def __init__(self, binary, directory):
        self.postgres = fleet_servers.Postgres()
        self.name, url = self.postgres.database()
        for user in self.USERS:
            self.postgres.query(self.name, f"CREATE ROLE {user} SUPERUSER LOGIN")
        self.servers = [Server(binary, directory, url.replace("sparring@", f"{user}@")) for user in self.USERS]

    def working(self):
        """The number of the server that has the claim on a batch; None if no server has it."""
        user = self.postgres.query(
            self.name, "SELECT usename FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE locktype = 'advisory' LIMIT 1").strip()
        return self.USERS.index(user) if user else None

    def stop(self):
        self.postgres.stop()


def line(number):
    body = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": f"hello {number}"}]}
    if number % 10 == 9:
        body["n"] = 0
    return json.dumps({"custom_id": f"r{number}", "method": "POST", "url": "/v1/chat/completions", "body": body})


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=50, help="kills of a running batch")
    parser.add_argument("--lines", type=int, default=4000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--binary", default=ROOT / ".build/debug/sparring")
    parser.add_argument("--store", action="store_true", help="two servers with a PostgreSQL instead of one with a file")
    wanted = parser.parse_args()
    dice = random.Random(wanted.seed)
    text = "\n".join(line(number) for number in range(wanted.lines)).encode()
    good = wanted.lines - wanted.lines // 10
    kills = batches = 0
    with tempfile.TemporaryDirectory() as name:
        directory = pathlib.Path(name)
        place = (Database if wanted.store else File)(wanted.binary, directory)
        servers = place.servers
        while kills < wanted.rounds:
            client = dice.choice(servers).client
            file = client.files.create(file=("in.jsonl", text), purpose="batch").id
            batch = client.batches.create(
                input_file_id=file, endpoint="/v1/chat/completions", completion_window="24h")
            seen = 0
            while True:
                time.sleep(dice.uniform(0, 0.25))
                client = dice.choice(servers).client
                state = client.batches.retrieve(batch.id)
                done = state.request_counts.completed + state.request_counts.failed
                assert done >= seen, f"{seen} results became {done}"
                seen = done
                if state.status == "completed":
                    break
                time.sleep(dice.uniform(0, 0.25))
                number = place.working()
                if number is None:
                    continue
                server = servers[number]
                server.stop(signal.SIGKILL)
                kills += 1
                if len(servers) > 1:
                    state = servers[1 - number].client.batches.retrieve(batch.id)
                    assert state.request_counts.completed + state.request_counts.failed >= seen
                server.start()
                assert server.client.files.retrieve(file).bytes == len(text)
            client = dice.choice(servers).client
            results = [
                json.loads(row)
                for part in (state.output_file_id, state.error_file_id)
                for row in client.files.content(part).text.splitlines()]
            assert sorted(row["custom_id"] for row in results) == sorted(f"r{n}" for n in range(wanted.lines))
            counts = (state.request_counts.total, state.request_counts.completed, state.request_counts.failed)
            assert counts == (wanted.lines, good, wanted.lines - good), counts
            batches += 1
        for server in servers:
            server.stop(signal.SIGTERM)
        place.stop()
    print(f"{kills} kills, {batches} batches of {wanted.lines} lines: every line has one result, all counts agree")


if __name__ == "__main__":
    main()
