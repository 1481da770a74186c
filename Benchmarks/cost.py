#!/usr/bin/env python3
"""Instructions and allocations of a chat answer, counted by callgrind: the numbers do not depend on the machine's load.

    SPARRING_BINARY=.build/release/sparring Benchmarks/cost.py [--answers 1000] [--check] [WORKLOAD…]

A workload is a scenario of Benchmarks/scenarios, what the client sends, and in some of them a watcher: a program that follows the journal, or the live
page, which asks for the newest exchanges after every 400 answers, as it does at 1,000 answers a second. All by default. With --check, a workload above
its ceiling is an error. valgrind cannot read the debug information of this toolchain, so a copy without it is measured. The kernel's work is
not counted. With a watcher, the instructions of the busiest thread are shown too, which is the thread that answers: an answer waits for these, and
not for those of the watcher's thread.
"""

import argparse
import dataclasses
import json
import pathlib
import re
import shutil
import socket
import subprocess
import tempfile
import threading
import urllib.request

import servers
import wire

WARM_UP = 50


def same(number):
    return wire.SHORT


def unlike(number):
    """A text of one kilobyte, which differs for each number."""
    return f"Call {number:06}. " + "The quick brown fox jumps over the lazy dog. " * 22


@dataclasses.dataclass
class Workload:
    scenario: str
    text: callable
    # The maximum of instructions and allocations per answer: 5 % more than the count when this maximum was set. If the answers are watched,
    # the instructions are those of the thread that answers, at most 5 % more than an answer without one. None: not compared.
    instructions: int | None
    allocations: float | None
    # None, "follower" or "page".
    watcher: str | None = None


WORKLOADS = {
    "answer": Workload("answer", same, 93_100, 22),
    "guarded": Workload("guarded", same, 93_100, 22),
    "unlike": Workload("answer", unlike, 184_700, 38),
    "followed": Workload("answer", same, 93_100, None, "follower"),
    "shown": Workload("answer", same, 93_100, None, "page"),
}
# The live page sends one request per this number of answers, at 1,000 answers a second.
PAGE = 400


@dataclasses.dataclass
class Count:
    """Numbers for each answer."""

    instructions: float
    allocations: float
    # The thread with the most instructions.
    of_busiest_thread: float


def count(binary, workload, answers, directory):
    """The cost of each answer, over one kept-alive connection."""
    out = directory / f"{workload.scenario}.callgrind"
    port = servers.free_port()
    command = [
        "valgrind", "--tool=callgrind", "--instr-atstart=no", "--separate-threads=yes", f"--callgrind-out-file={out}", binary, "serve",
        servers.HERE / "scenarios" / f"{workload.scenario}.yaml", "--port", str(port), "--quiet",
    ]  # fmt: skip
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        servers.connected(port, process, limit=60)
        with wire.connected(port) as client, watched(workload.watcher, port) as watcher:
            client.ask(WARM_UP, lambda number: workload.text(number + answers))
            watcher.wait(WARM_UP)
            control(process, "on")
            for first in range(0, answers, PAGE):
                client.ask(min(PAGE, answers - first), lambda number: workload.text(first + number))
                watcher.wait(WARM_UP + min(answers, first + PAGE))
            control(process, "off")
    finally:
        process.terminate()
        process.wait()
    threads = [text for path in directory.glob(f"{out.name}-*") if (text := path.read_text())]
    for path in directory.glob(f"{out.name}*"):
        path.unlink()
    totals = [int(re.search(r"^totals: (\d+)", text, re.MULTILINE)[1]) for text in threads]
    return Count(sum(totals) / answers, sum(map(allocations, threads)) / answers, max(totals) / answers)


def watched(watcher, port):
    return {None: NoWatcher, "follower": Follower, "page": Page}[watcher](port)


class NoWatcher:
    def __init__(self, port):
        self.port = port

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def wait(self, answers):
        """Returns when the watcher has received this many answers."""


class Follower(NoWatcher):
    """A program that follows the journal: it reads a line for each answer."""

    def __enter__(self):
        self.connection = socket.create_connection(("127.0.0.1", self.port))
        self.connection.sendall(b"GET /_sparring/journal?follow=true HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        self.lines, self.changed = 0, threading.Condition()
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += self.connection.recv(1)
        if b" 200 " not in head:
            raise SystemExit(f"cost: the journal cannot be followed: {head}")
        threading.Thread(target=self.read, daemon=True).start()
        return self

    def read(self):
        while data := self.more():
            with self.changed:
                # The lines inside a chunk end with LF alone, and its framing with CRLF.
                self.lines += data.count(b"}\n")
                self.changed.notify()

    def wait(self, answers):
        with self.changed:
            if not self.changed.wait_for(lambda: self.lines >= answers, 120):
                raise SystemExit(f"cost: the follower has {self.lines} of {answers} lines")

    def more(self):
        try:
            return self.connection.recv(1 << 20)
        except OSError:
            # The connection is closed at the end of the count.
            return b""

    def __exit__(self, *_):
        self.connection.close()


class Page(NoWatcher):
    """The live page: it asks for the exchanges since its last request."""

    since = 0.0

    def wait(self, answers):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/_sparring/live?limit=500&since={self.since}") as answer:
            report = json.load(answer)
        if report["sessions"][0]["exchanges"] < answers:
            raise SystemExit(f"cost: the page has {report['sessions'][0]['exchanges']} of {answers} exchanges")
        self.since = max(0.0, report["exchanges"][-1]["timeline"][0]["ms"] - 0.001)


def control(process, state):
    subprocess.run(["callgrind_control", "-i", state, str(process.pid)], check=True, stdout=subprocess.DEVNULL)


def allocations(text):
    """The number of calls of malloc. Names are compressed: only the first use of an id contains the name."""
    ids = set(re.findall(r"^c?fn=\((\d+)\) malloc$", text, re.MULTILINE))
    calls = re.findall(r"^cfn=\((\d+)\).*\ncalls=(\d+)", text, re.MULTILINE)
    return sum(int(number) for id, number in calls if id in ids)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("workloads", nargs="*", metavar="WORKLOAD", default=list(WORKLOADS), help=", ".join(WORKLOADS))
    parser.add_argument("--answers", type=int, default=1000)
    parser.add_argument("--check", action="store_true", help="end with an error if a workload is above its ceiling")
    wanted = parser.parse_args()
    if not shutil.which("valgrind"):
        raise SystemExit("cost: valgrind is missing. Install with: sudo apt-get install valgrind")
    with tempfile.TemporaryDirectory() as name:
        directory = pathlib.Path(name)
        binary = directory / "sparring"
        subprocess.run(["strip", "--strip-debug", "-o", binary, servers.BINARY], check=True)
        above = []
        for name in wanted.workloads:
            workload = WORKLOADS[name]
            cost = count(binary, workload, wanted.answers, directory)
            own = f", {cost.of_busiest_thread:,.0f} instructions in the thread that answers" if workload.watcher else ""
            print(f"{name:10} {cost.instructions:12,.0f} instructions {cost.allocations:8.1f} allocations per answer{own}", flush=True)
            compared = cost.of_busiest_thread if workload.watcher else cost.instructions
            if workload.instructions and compared > workload.instructions:
                above.append(f"{name}: at most {workload.instructions:,} instructions")
            if workload.allocations and cost.allocations > workload.allocations:
                above.append(f"{name}: at most {workload.allocations} allocations")
    if wanted.check and above:
        raise SystemExit("cost: above the ceiling of Benchmarks/cost.py\n  " + "\n  ".join(above))


main()
