#!/usr/bin/env python3
"""Measures what the built-in document of the API costs: a start without a request, and the first request that is answered from it.

    SPARRING_BINARY=.build/release/sparring Benchmarks/document.py [--starts 40] [--markdown]

Starts the program in turns with the built-in document and with one of a single operation (--openapi), and compares the medians. Times are from the
spawn to the first accepted connection, and the program's own processor time until then. Memory is the resident set, and its anonymous part.
"""

import argparse
import http.client
import pathlib
import re
import signal
import statistics
import subprocess
import tempfile
import time

import servers

EMPTY = '{"openapi":"3.1.0","info":{"title":"empty","version":"1"},"paths":{"/nothing":{"get":{"responses":{"200":{}}}}}}'


def memory(process):
    """Returns the resident and the anonymous memory in MB."""
    text = pathlib.Path(f"/proc/{process.pid}/status").read_text()
    return [int(re.search(rf"{name}:\s+(\d+)", text)[1]) / 1024 for name in ("VmRSS", "RssAnon")]


def spent(process):
    """Milliseconds of processor time of all threads, to the nanosecond (schedstat)."""
    tasks = pathlib.Path(f"/proc/{process.pid}/task").iterdir()
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e6


def get(port, path):
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("GET", path, headers={"authorization": "Bearer x"})
    answer = connection.getresponse()
    answer.read()
    return answer.status


def start(options, asks):
    port = servers.free_port()
    before = time.perf_counter()
    process = subprocess.Popen([servers.BINARY, "serve", "--port", str(port), "--quiet", *options], stdout=subprocess.DEVNULL)
    try:
        servers.connected(port, process)
        row = {"start, ms": (time.perf_counter() - before) * 1000, "processor time of the start, ms": spent(process)}
        row["resident after the start, MB"], row["anonymous after the start, MB"] = memory(process)
        if asks:
            # An answer that needs no document is requested first, because the very first answer causes allocations that have other reasons.
            get(port, "/v1/models")
            resident, anonymous = memory(process)
            if get(port, "/v1/containers") != 200:
                raise SystemExit("document: the request was not answered")
            found = memory(process)
            row["the first generic request adds, resident MB"] = found[0] - resident
            row["the first generic request adds, anonymous MB"] = found[1] - anonymous
        return row
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--starts", type=int, default=40)
    parser.add_argument("--markdown", action="store_true", help="print a table for docs/measurements")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        empty = pathlib.Path(folder) / "empty.json"
        empty.write_text(EMPTY)
        start([], False)
        runs = [(start([], True), start(["--openapi", str(empty)], False)) for _ in range(options.starts)]
    rows = []
    for name in runs[0][0]:
        values = [statistics.median(run[name] for run, _ in runs)]
        if name in runs[0][1]:
            values.append(statistics.median(run[name] for _, run in runs))
        rows.append((name, *(f"{value:.2f}" for value in values), *["–"] * (2 - len(values))))
    if options.markdown:
        print(f"| median of {options.starts} starts each | built-in document | one operation |\n|---|---:|---:|")
    for row in rows:
        print(f"| {' | '.join(row)} |" if options.markdown else f"{row[0]:48} {row[1]:>10} {row[2]:>10}")


main()
