#!/usr/bin/env python3
"""Measures the release build on this machine and prints one table. Start it with Benchmarks/run.sh.

    bench.py [--runs 5] [--seconds 4] [--markdown [FILE]]

Each run takes every measure once, in turn, and the table shows the median of the runs, so a busy moment affects all measures alike.
"""

import argparse
import contextlib
import os
import pathlib
import platform
import re
import sqlite3
import statistics
import subprocess
import sys
import tempfile

import pace
import cassette
import wire
from servers import HERE, Nginx, Sparring

sys.path.append(str(HERE.parent / "scripts"))
import page  # noqa: E402

STREAMS = 1000
EVENTS = 21


def wrk(port, body, seconds):
    """Answers per second over 32 kept-alive connections."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(body)
        file.flush()
        done = subprocess.run(
            ["wrk", "-t2", "-c32", f"-d{seconds}s", "-s", HERE / "request.lua",
             f"http://127.0.0.1:{port}/v1/chat/completions"],
            env={**os.environ, "BODY": file.name}, capture_output=True, text=True, check=True,
        )  # fmt: skip
    if problem := re.search(r"Non-2xx.*|Socket errors.*", done.stdout):
        raise SystemExit(f"bench: wrk reports: {problem[0]}")
    return float(re.search(r"Requests/sec:\s+([\d.]+)", done.stdout)[1])


def same_size(ours, theirs):
    """Checks that both servers send the same number of bytes: a smaller answer would cost less time."""
    sizes = [sum(map(len, answer)) for answer in (ours, theirs)]
    if ours[1] != theirs[1] or abs(sizes[0] - sizes[1]) > sizes[0] / 20:
        raise SystemExit(f"bench: our answer has {sizes[0]} bytes, nginx sends {sizes[1]}: the comparison would not be fair")


def measure(seconds):
    """Makes one run, which returns a value for each row."""
    row = {}
    with Sparring("answer") as server:
        row["start"] = server.start * 1000
        row["rest"] = server.resident() / 1024
        head, body = wire.exchange(server.port, stream=False)
        events = wire.exchange(server.port, stream=True)[1].count("data: ")
        if events != EVENTS:
            raise SystemExit(f"bench: the stream has {events} events, {EVENTS} were expected")
        for workers in 1, 2:
            with Nginx(head, body, workers) as nginx:
                same_size((head, body), wire.exchange(nginx.port, stream=False))
                row[f"nginx {workers}"] = wrk(nginx.port, wire.body(stream=False), seconds)
        row["answers"] = wrk(server.port, wire.body(stream=False), seconds)
        row["streams"] = wrk(server.port, wire.body(stream=True), seconds)
        row["after"] = server.resident() / 1024
        row |= cassette.measure(server, lambda port, body: wrk(port, body, seconds))
    row["guarded"] = beside(["answer"], ["guarded"], seconds)
    with tempfile.TemporaryDirectory() as directory:
        row["kept"] = beside(["answer"], ["answer", "--db", f"{directory}/journal.sqlite"], seconds)
    row |= journal(seconds)
    for workers in 1, 2:
        row[f"ratio {workers}"] = row["answers"] / row[f"nginx {workers}"]
        row[f"journal ratio {workers}"] = row["journal"] / row[f"nginx {workers}"]
    row["events"] = row["streams"] * EVENTS

    with Sparring("idle") as server:
        wire_up = pace.begun(server.port, 10)
        before = server.resident()
        idle = pace.begun(server.port, STREAMS)
        row["stream memory"] = (server.resident() - before) / STREAMS
        for stream in idle + wire_up:
            stream.connection.close()

    with Sparring("paced") as server:
        late = sorted(pace.lateness(server.port, STREAMS, events=20, every=0.1, opening=1))
        burst = pace.lateness(server.port, STREAMS, events=20, every=0.1, opening=0.1)
    row["on time"], row["burst"] = (100 * sum(l <= 0.010 for l in all) / len(all) for all in (late, burst))
    row["early"] = 1000 * min(late)
    row["p50"] = 1000 * late[len(late) // 2]
    row["p99"] = 1000 * late[len(late) * 99 // 100]
    return row


def beside(plain, other, seconds, turns=4):
    """The ratio of two servers' answers per second: both run, and get load in short alternating turns."""
    with Sparring(*plain) as a, Sparring(*other) as b:
        rates = [[wrk(server.port, wire.body(stream=False), 1) for server in (a, b)] for _ in range(max(turns, seconds))]
    return statistics.median(there / here for here, there in rates)


def journal(seconds):
    """Measures the same load with every exchange written to a file."""
    with tempfile.TemporaryDirectory() as directory:
        file = f"{directory}/journal.sqlite"
        with Sparring("answer", "--db", file) as server:
            answers = wrk(server.port, wire.body(stream=False), seconds)
            memory = server.resident() / 1024
        counts = "SELECT count(*), count(body_dropped), (SELECT lost FROM runs) FROM exchanges"
        with contextlib.closing(sqlite3.connect(file)) as database:
            kept, bare, lost = database.execute(counts).fetchone()
    if lost or kept < answers * seconds * 0.99:
        raise SystemExit(f"bench: the journal has {kept} exchanges of {answers * seconds:.0f}, {lost} lost")
    return {"journal": answers, "bodies kept": 100 * (kept - bare) / kept, "journal memory": memory}


ROWS = [
    ("answers", "chat answers per second, 32 kept-alive connections", "{:,.0f}"),
    ("nginx 1", "nginx `return 200`, one worker, same bytes, same load", "{:,.0f}"),
    ("nginx 2", "the same nginx with two workers that share the connections", "{:,.0f}"),
    ("ratio 1", "ratio of our answers to nginx with one worker, in one run", "{:.2f}"),
    ("ratio 2", "ratio to nginx with two workers", "{:.2f}"),
    ("guarded", "ratio of a scenario with faults that do not affect the calls to the same scenario without faults", "{:.3f}"),
    ("journal", "chat answers per second with `--db`", "{:,.0f}"),
    ("journal ratio 1", "ratio of `--db` to nginx with one worker", "{:.2f}"),
    ("journal ratio 2", "ratio of `--db` to nginx with two workers", "{:.2f}"),
    ("kept", "ratio of chat answers with `--db` to those without, by short turns", "{:.2f}"),
    ("bodies kept", "exchanges in the journal that kept their bodies; facts: all", "{:.0f} %"),
    ("journal memory", "memory under the load with `--db`", "{:.1f} MB"),
    ("proxy p50", "`record`: latency that it adds to a chat answer, median", "{:.2f} ms"),
    ("proxy p99", "`record`: the same, 99th percentile", "{:.2f} ms"),
    ("replayed", "`replay`: chat answers per second from a cassette", "{:,.0f}"),
    ("replay ratio", "ratio of `replay` to the scripted answer, in one run", "{:.2f}"),
    ("rhythm", "`replay`: events from their recorded times, 99th percentile", "{:.2f} ms"),
    ("streams", f"streams of {EVENTS} events per second", "{:,.0f}"),
    ("events", "events per second", "{:,.0f}"),
    ("start", "start, to the first accepted connection", "{:.0f} ms"),
    ("rest", "memory at rest", "{:.1f} MB"),
    ("after", "memory after the load above", "{:.1f} MB"),
    ("stream memory", "memory per open, silent stream", "{:.1f} kB"),
    ("on time", f"events within 10 ms at the client, {STREAMS:,} streams, one event each 100 ms, begun within 1 s", "{:.1f} %"),
    ("p50", "lateness of those events, median", "{:.2f} ms"),
    ("p99", "lateness of those events, 99th percentile", "{:.2f} ms"),
    ("early", "earliest of those events", "{:+.2f} ms"),
    ("burst", "events within 10 ms where all streams begin within 0.1 s, 10,000 requests per second", "{:.1f} %"),
]


def machine():
    model = re.search(r"model name\s*:\s*(.+)", pathlib.Path("/proc/cpuinfo").read_text())
    return f"{os.cpu_count()} cores, {model[1] if model else platform.machine()}, {platform.system()}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=4, help="seconds of each load")
    parser.add_argument("--markdown", nargs="?", const="docs/measurements/performance.md", help="write the table into this page")
    args = parser.parse_args()

    runs = []
    for number in range(args.runs):
        runs.append(measure(args.seconds))
        last = runs[-1]
        print(f"run {number + 1} of {args.runs}: {last['answers']:,.0f}/s, ratio {last['ratio 1']:.2f} and {last['ratio 2']:.2f}", flush=True)

    lines = [
        f"{machine()}; client and server on the same machine; median (lowest … highest) of {args.runs} runs.",
        "",
        "| measured | median | spread |",
        "|---|---:|---:|",
    ]
    for key, title, form in ROWS:
        values = [run[key] for run in runs]
        spread = f"{form.format(min(values))} … {form.format(max(values))}"
        lines.append(f"| {title} | {form.format(statistics.median(values))} | {spread} |")
    print("\n" + "\n".join(lines))
    if args.markdown:
        page.write(args.markdown, "performance", lines)



main()
