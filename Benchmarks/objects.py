#!/usr/bin/env python3
"""Times a list and a retrieval in a collection with many objects, and measures memory and the file of --db.

    SPARRING_BINARY=.build/release/sparring Benchmarks/objects.py [--objects 100000] [--markdown]

Makes containers, in the program's temporary file and then with --db. Times are the server's processor time for each request, which
other programs on the machine do not change, and the median that a client waits over one kept-alive connection.
"""

import argparse
import http.client
import json
import os
import pathlib
import random
import signal
import statistics
import subprocess
import tempfile
import threading
import time

import servers

HEADERS = {"authorization": "Bearer x", "content-type": "application/json"}
WRITERS = 8
ASKED = 1000


def ask(connection, method, path, body=None):
    connection.request(method, "/v1" + path, body, HEADERS)
    answer = connection.getresponse()
    text = answer.read()
    if answer.status != 200:
        raise SystemExit(f"objects: {method} {path}: {answer.status} {text[:200]!r}")
    return text


def fill(port, count):
    """Creates containers from several connections; returns the ids of the containers."""
    ids = [[] for _ in range(WRITERS)]

    def write(mine, number):
        connection = http.client.HTTPConnection("127.0.0.1", port)
        for index in range(number):
            made = ask(connection, "POST", "/containers", f'{{"name":"container {index}"}}')
            mine.append(json.loads(made)["id"])

    threads = [threading.Thread(target=write, args=(mine, count // WRITERS)) for mine in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [id for mine in ids for id in mine]


def spent(process):
    """The server's processor time so far, in seconds."""
    fields = pathlib.Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def timed(process, port, paths):
    """Milliseconds for each request: of the server's processor, and the median of the client's waits."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    waits, before = [], spent(process)
    for path in paths:
        start = time.perf_counter()
        ask(connection, "GET", path)
        waits.append((time.perf_counter() - start) * 1000)
    return (spent(process) - before) * 1000 / len(paths), statistics.median(waits)


def resident(process):
    """Megabytes."""
    text = pathlib.Path(f"/proc/{process.pid}/status").read_text()
    return int(text.split("VmRSS:")[1].split()[0]) / 1024


def measure(count, database):
    port = servers.free_port()
    options = ["--db", str(database)] if database else []
    process = subprocess.Popen(
        [servers.BINARY, "serve", "--port", str(port), "--quiet", *options], stdout=subprocess.DEVNULL)
    try:
        servers.connected(port, process, limit=60)
        before = resident(process)
        start = time.perf_counter()
        ids = fill(port, count)
        rate = count / (time.perf_counter() - start)
        random.seed(7)
        some = [random.choice(ids) for _ in range(ASKED)]
        rows = {
            "retrieve": [f"/containers/{id}" for id in some],
            "list, the newest 20": ["/containers"] * ASKED,
            "list, 100 after any object": [f"/containers?limit=100&after={id}" for id in some],
            "list, the oldest 20": ["/containers?order=asc"] * ASKED,
        }
        times = {name: timed(process, port, paths) for name, paths in rows.items()}
        sizes = {"resident before": before, "resident with all objects": resident(process)}
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()
    if database:
        sizes["file"] = sum(os.path.getsize(path) for path in database.parent.iterdir()) / 2**20
    return rate, times, sizes


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--objects", type=int, default=100_000)
    parser.add_argument("--markdown", action="store_true", help="print tables for docs/measurements")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = [measure(options.objects, None), measure(options.objects, pathlib.Path(folder) / "objects.sqlite")]
    rows = [("objects created per second", *(f"{rate:,.0f}" for rate, _, _ in found))]
    for name in found[0][1]:
        rows.append((f"{name}, processor and wait in ms", *(f"{a:.2f}, {b:.2f}" for a, b in (f[1][name] for f in found))))
    for name in found[1][2]:
        rows.append((f"{name}, MB", *(f"{sizes[name]:.0f}" if name in sizes else "–" for _, _, sizes in found)))
    if options.markdown:
        print(f"| {options.objects:,} containers | without `--db` | with `--db` |\n|---|---:|---:|")
        for row in rows:
            print(f"| {' | '.join(row)} |")
    else:
        for name, without, with_ in rows:
            print(f"{name:55} {without:>16} {with_:>16}")


main()
