#!/usr/bin/env python3
"""Measures servers that share a database: answers a second of one hot session and of 200 sessions, and pgbench's limit for the same rows.

    fleet_speed.py BINARY [--seconds 10] [--connections 32]

Prints a table in Markdown. Clients, servers and PostgreSQL share this machine, so several servers show exactness, not scaling. PostgreSQL has its
usual settings: fsync and synchronous_commit are on. Needs PostgreSQL and wrk: apt-get install postgresql postgresql-contrib wrk.
"""

import argparse
import pathlib
import re
import shutil
import subprocess
import tempfile

import fleet_servers

SCENARIO = """\
schema: 1
scenario: speed
rules:
  - text: "pong"
    times: forever
"""
SESSIONS = 200
# Each connection calls the sessions one after another; with a single session, all calls use the same row.
CALLS = """\
wrk.method = "POST"
wrk.body = '{{"model":"gpt-4o-mini","messages":[{{"role":"user","content":"Say hello."}}]}}'
wrk.headers["content-type"] = "application/json"
wrk.headers["authorization"] = "Bearer any"
local call = {first}
function request()
  call = call + 1
  wrk.headers["x-sparring-session"] = "s" .. call % {sessions}
  return wrk.format(nil, "/v1/chat/completions")
end
"""
TABLE = "CREATE TABLE rows (id int PRIMARY KEY, state bytea); INSERT INTO rows SELECT id, repeat('x', 200)::bytea FROM generate_series(1, {sessions}) AS id"
TURN = """\
\\set id random(1, {sessions})
BEGIN;
SELECT state FROM rows WHERE id = :id FOR UPDATE;
UPDATE rows SET state = repeat('y', 200)::bytea WHERE id = :id;
COMMIT;
"""


def ceiling(postgres, folder, sessions, options):
    """The transactions of pgbench per second: each locks, reads and writes the row."""
    name, _ = postgres.database()
    postgres.query(name, TABLE.format(sessions=sessions))
    script = pathlib.Path("/tmp", f"fleet-turn-{name}.sql")
    script.write_text(TURN.format(sessions=sessions))
    said = postgres.run(
        "pgbench", "-h", postgres.folder, "-U", "sparring", "-n", "-M", "prepared", "-f", script, "-c", "16", "-T", options.seconds, name)
    script.unlink()
    return float(re.search(r"tps = ([\d.]+)", said)[1])


def answers(binary, folder, processes, sessions, store, options):
    """Answers a second of all servers; each server gets load from its own wrk process."""
    scenario = pathlib.Path(folder, "speed.yaml")
    scenario.write_text(SCENARIO)
    servers = [fleet_servers.Server(binary, folder, scenario, store) for _ in range(processes)]
    loads = []
    for number, server in enumerate(servers):
        script = pathlib.Path(folder, f"calls-{number}.lua")
        script.write_text(CALLS.format(first=number * sessions // processes, sessions=sessions))
        command = ["wrk", "-t", "1", "-c", str(options.connections // processes), "-d", f"{options.seconds}s", "-s", script]
        loads.append(subprocess.Popen([*command, f"http://127.0.0.1:{server.port}"], stdout=subprocess.PIPE, text=True))
    total = 0
    for load in loads:
        said = load.communicate()[0]
        if "Non-2xx" in said or "Socket errors" in said:
            fleet_servers.fail(f"a load met errors:\n{said}")
        total += float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1])
    for server in servers:
        server.stop()
    return total


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binary")
    parser.add_argument("--seconds", default="10")
    parser.add_argument("--connections", type=int, default=32)
    options = parser.parse_args()
    if not shutil.which("wrk"):
        fleet_servers.fail("wrk is missing: apt-get install wrk")
    binary = pathlib.Path(options.binary).resolve()
    postgres = fleet_servers.Postgres()
    try:
        with tempfile.TemporaryDirectory() as folder:
            print("| answers a second | one session | 200 sessions |\n|---|---:|---:|")
            for name, processes, is_stored in (
                ("one server without a database", 1, False), ("one server", 1, True), ("two servers", 2, True), ("four servers", 4, True),
            ):  # fmt: skip
                figures = []
                for sessions in (1, SESSIONS):
                    store = postgres.database()[1] if is_stored else None
                    figures.append(answers(binary, folder, processes, sessions, store, options))
                print(f"| {name} | {figures[0]:,.0f} | {figures[1]:,.0f} |", flush=True)
            rows = [ceiling(postgres, folder, sessions, options) for sessions in (1, SESSIONS)]
            print(f"| pgbench, 16 clients: lock, read, write and commit a row (`synchronous_commit` on) | {rows[0]:,.0f} | {rows[1]:,.0f} |")
    finally:
        postgres.stop()


if __name__ == "__main__":
    main()
