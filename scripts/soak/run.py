#!/usr/bin/env python3
"""Loads the built program for minutes or hours, and checks that its memory, descriptors and latency do not grow; `make soak` runs this
script. Linux only.

    run.py BINARY [--time 600] [--streams 8000] [--sockets 2000] [--chats 20] [--processes 4] [--out .build/soak]

The clients keep streams and WebSockets open, each stream in a new session; meanwhile they call, upload, run batches, follow the journal, ask the
admin API what the live page asks, and break answers by chaos. A probe measures one call each 100 ms. At the end:

- no client saw a failure, and the server ended with 143, as after any SIGTERM
- from the third tenth of the time on, the memory of each tenth is within 3 % of that of the second tenth; not judged if the server did not have its 10,000 sessions
  by the end of the first tenth
- the server has no more descriptors open than before the load
- the slower 1 % of the probe's calls took less than --latency
- the journal has every exchange of every client, with the bytes that the client received

The folder gets samples.csv, curve.svg, and report.md; the journal and the clients' own lists are removed if everything holds.
"""

import argparse
import asyncio
import json
import pathlib
import resource
import shutil
import signal
import statistics
import subprocess
import sys
import threading
import time

import curve
import ledger
import server
import wire

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent


class Clients(threading.Thread):
    """A process of clients, and the newest counts that it printed."""

    def __init__(self, port, name, options):
        super().__init__(daemon=True)
        command = [sys.executable, HERE / "load.py", str(port), name, json.dumps(options)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.counts, self.failures, self.ended = {}, [], False
        self.start()

    def run(self):
        for line in self.process.stdout:
            state = json.loads(line)
            self.counts, self.ended = state["counts"], state.get("ended", False)
            self.failures += state["failures"]

    def stop(self):
        self.process.stdin.close()


class Probe(threading.Thread):
    """Makes one call every 100 ms, over a connection of its own."""

    def __init__(self, port):
        super().__init__(daemon=True)
        self.port, self.all, self.since, self.failures, self.running = port, [], [], [], True
        self.start()

    def run(self):
        asyncio.run(self.work())

    async def work(self):
        connection = await wire.Connection.to(self.port)
        ask = wire.chat("probe", "gpt-4o", "probe", False)
        while self.running:
            start = time.perf_counter()
            answer = await connection.ask(ask)
            took = (time.perf_counter() - start) * 1000
            self.all.append(took)
            self.since.append(took)
            if answer.status != 200:
                self.failures.append(f"probe: status {answer.status}")
                connection = await wire.Connection.to(self.port)
            await asyncio.sleep(0.1)
        connection.close()

    def taken(self):
        values, self.since = self.since, []
        return values or [0.0]


def counts(clients):
    total = {}
    for client in clients:
        for name, value in client.counts.items():
            total[name] = total.get(name, 0) + value
    return total


def sampled(under, clients, probe, begun, duration):
    """Samples until the time of the run is over, with a line for people every ten seconds."""
    samples, before, last, shown = [], under.reading(), time.monotonic(), 0.0
    step = min(5.0, duration / 60)
    while (at := time.monotonic() - begun) < duration:
        time.sleep(step)
        now, reading, took = time.monotonic(), under.reading(), sorted(probe.taken())
        cores = (reading.processor - before.processor) / (now - last)
        total = counts(clients)
        samples.append(
            curve.Sample(
                now - begun, reading.memory / 1e6, reading.descriptors, reading.threads, cores, statistics.median(took), took[-1], total.get("sessions", 0)
            )
        )
        before, last = reading, now
        if at - shown >= 10:
            shown, newest = at, samples[-1]
            print(
                f"{newest.at:6.0f} s  {newest.megabytes:7.1f} MB  {newest.descriptors:6} descriptors  {newest.cores:4.1f} cores  probe "
                f"{newest.median:6.1f} ms, at most {newest.slowest:6.1f}  {newest.sessions:9,} sessions  {total.get('failures', 0)} failures",
                flush=True,
            )
        if dead := [client for client in clients if client.process.poll() is not None]:
            raise SystemExit(f"soak: a process of clients ended with {dead[0].process.returncode}")
    return samples


def drained(clients, limit):
    """Waits until the clients have ended, and returns the problems of their ends."""
    for client in clients:
        client.stop()
    deadline = time.monotonic() + limit
    for client in clients:
        try:
            client.process.wait(max(1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            client.process.kill()
        client.join(10)
    return [f"a process of clients had not ended after {limit} s" for client in clients if not client.ended]


def settled(under, wanted):
    """Returns the problems of the descriptors after the load. The server may need a moment to notice closed connections."""
    deadline = time.monotonic() + 30
    while (found := under.reading().descriptors) > len(wanted) and time.monotonic() < deadline:
        time.sleep(0.5)
    if found <= len(wanted):
        return []
    more = list(under.descriptors())
    for name in wanted:
        if name in more:
            more.remove(name)
    return [f"{found} descriptors are open after the load, {len(wanted)} before: {', '.join(sorted(set(more))[:10])}"]


def report(path, options, samples, probe, total, seen):
    """The table of a run, in Markdown."""
    after = [s for s in samples if s.at >= options.time / 10] or samples
    rows = {
        "time": f"{options.time:,.0f} s",
        "open at the same time": f"{options.streams:,} streams, {options.sockets:,} WebSockets",
        "sessions": f"{total.get('sessions', 0):,}",
        "exchanges compared with the journal": f"{seen[1] or 0:,}, of {seen[2]:,} also the bytes",
        "batches, uploads, admin calls, calls under chaos": ", ".join(f"{total.get(kind, 0):,}" for kind in ("batch", "upload", "admin", "chaos")),
        "memory after the first tenth": f"{min(s.megabytes for s in after):.0f} to {max(s.megabytes for s in after):.0f} MB",
        "processor": f"{statistics.mean(s.cores for s in after):.2f} cores",
        "probe": f"{statistics.median(probe.all):.1f} ms median, {slow(probe.all):.1f} ms at 99 %, {max(probe.all):.0f} ms at most",
    }
    text = "\n".join(["| | |", "|---|---|", *(f"| {name} | {value} |" for name, value in rows.items())]) + "\n"
    path.write_text(text)
    return text


def slow(values):
    return sorted(values)[min(len(values) - 1, int(len(values) * 0.99))]


def parsed():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binary", type=pathlib.Path)
    parser.add_argument("--time", type=float, default=600, help="seconds of load")
    parser.add_argument("--streams", type=int, default=8000)
    parser.add_argument("--sockets", type=int, default=2000)
    parser.add_argument("--chats", type=int, default=20, help="clients that call ten times a second")
    parser.add_argument("--processes", type=int, default=4)
    parser.add_argument("--latency", type=float, default=250, help="milliseconds within which 99 %% of the probe's calls end")
    parser.add_argument("--memory", type=float, default=0.03, help="how far the memory may move, as a share")
    parser.add_argument("--budget", default="200MB", help="--db-budget of the server")
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / ".build/soak")
    return parser.parse_args()


def main():
    options = parsed()
    # SIGTERM becomes an exit, so that the server is stopped as well.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("soak: stopped by SIGTERM"))
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    if limit < options.streams + options.sockets + 200:
        sys.exit(f"soak: this system allows {limit} open files, too few for these connections: use fewer --streams, or raise `ulimit -Hn`")
    shutil.rmtree(options.out, ignore_errors=True)
    options.out.mkdir(parents=True)
    under = server.Server(options.binary.resolve(), HERE / "soak.yaml", options.out, options.budget)
    try:
        problems, samples, probe, total, paths = loaded(under, options)
    except BaseException:
        under.process.kill()
        raise
    code = under.stop()
    if code != 143:
        problems.append(f"the server ended with {code}: {under.log.read_text()[-2000:]}")
    elif text := under.log.read_text().strip():
        print(f"the server printed:\n{text[-2000:]}")
    differences, seen = ledger.compare(under.journal, paths)
    problems += differences
    curve.write(options.out / "samples.csv", samples)
    curve.draw(options.out / "curve.svg", samples)
    print(report(options.out / "report.md", options, samples, probe, total, seen))
    for text in problems:
        print(f"soak: {text}")
    if problems:
        sys.exit(f"soak: {len(problems)} of its rules do not hold; {options.out} has the journal and the clients' lists")
    for path in [under.journal, *paths]:
        path.unlink()
    print(f"soak: everything holds; the curve is {options.out}/curve.svg")


def loaded(under, options):
    """The load itself: problems, samples, the probe, the counts, and the clients' lists."""
    share = {"streams": options.streams, "sockets": options.sockets, "chats": options.chats}
    opening = min(60.0, options.time / 20)

    def clients(name, others, **numbers):
        path = options.out / f"{name}.tsv"
        return path, Clients(under.port, name, {**numbers, "others": others, "opening": opening, "ledger": str(path)})

    # The first batch and the first upload open connections of SQLite that stay open.
    path, warm = clients("warm", 1, streams=0, sockets=0, chats=4)
    paths = [path]
    time.sleep(min(10, options.time / 10))
    problems = drained([warm], 60)
    time.sleep(1)
    wanted = under.descriptors()
    probe, begun, running = Probe(under.port), time.monotonic(), [warm]
    for number in range(options.processes):
        part = {kind: count // options.processes + (number < count % options.processes) for kind, count in share.items()}
        path, client = clients(f"clients{number}", int(number == 0), **part)
        paths.append(path)
        running.append(client)
    samples = sampled(under, running[1:], probe, begun, options.time)
    problems += drained(running[1:], 120)
    probe.running = False
    probe.join(10)
    problems += settled(under, wanted)
    total = counts(running)
    if total.get("failures"):
        failures = [text for client in running for text in client.failures]
        problems.append(f"{total['failures']} failures of clients, such as: " + "; ".join(sorted(set(failures))[:5]))
    problems += sorted(set(probe.failures)) + curve.memory(samples, options.time, options.memory)
    if slow(probe.all) > options.latency:
        problems.append(f"1 % of the probe's calls took {slow(probe.all):.0f} ms or more, {options.latency:.0f} ms are allowed")
    return problems, samples, probe, total, paths


if __name__ == "__main__":
    main()
