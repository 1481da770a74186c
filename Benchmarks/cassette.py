"""Measures the cost of recording and replaying, compared with direct calls of the same server in the same run."""

import contextlib
import socket
import sqlite3
import subprocess
import tempfile
import time

import wire
from servers import BINARY, Running, Sparring, connected, free_port

CALLS = 2000
STREAMS = 10


class Cassette(Running):
    """`record` or `replay`."""

    def __init__(self, command, cassette, *options):
        self.port = free_port()
        self.process = subprocess.Popen(
            [BINARY, command, cassette, "--port", str(self.port), "--quiet", *options],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        connected(self.port, self.process)


def times(client, calls):
    taken = []
    for _ in range(calls):
        start = time.perf_counter()
        client.ask(1)
        taken.append(1000 * (time.perf_counter() - start))
    return taken


def latency(server, directory):
    """Milliseconds that the proxy adds: median and 99th percentile of a hundred calls each, alternately with and without the proxy."""
    with Cassette("record", f"{directory}/latency.sqlite", "--upstream", f"http://127.0.0.1:{server.port}/v1") as proxy:
        with wire.connected(server.port) as direct, wire.connected(proxy.port) as passed:
            times(direct, 100), times(passed, 100)
            rounds = [(times(direct, 100), times(passed, 100)) for _ in range(CALLS // 100)]
    ways = [sorted(sum((each[way] for each in rounds), [])) for way in (0, 1)]
    middle, late = ([way[len(way) * share // 100] for way in ways] for share in (50, 99))
    return {"proxy p50": middle[1] - middle[0], "proxy p99": late[1] - late[0]}


def replay(server, directory, load):
    """Answers of a cassette per second, as a share of the scripted answer's."""
    cassette = f"{directory}/replay.sqlite"
    with Cassette("record", cassette, "--upstream", f"http://127.0.0.1:{server.port}/v1") as proxy:
        recorded = wire.exchange(proxy.port, stream=False)[1]
    with Cassette("replay", cassette, "--time-scale", "0") as player:
        if wire.exchange(player.port, stream=False)[1] != recorded:
            raise SystemExit("bench: the replay differs from the recording")
        answers = load(player.port, wire.body(stream=False))
    return {"replayed": answers}


def arrivals(port):
    """Milliseconds from the request of a stream to each of its events."""
    times, tail = [], b""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        start = time.perf_counter()
        connection.sendall(wire.request(stream=True, close=True))
        while data := connection.recv(65536):
            now = 1000 * (time.perf_counter() - start)
            # A read may end inside the mark; a tail of five bytes is too short to be counted twice.
            data = tail + data
            times += [now] * data.count(b"data: ")
            tail = data[-5:]
    return times


def recorded(cassette):
    """The same times, read from the cassette."""
    with contextlib.closing(sqlite3.connect(cassette)) as database:
        body = b"".join(part for (part,) in database.execute("SELECT bytes FROM parts ORDER BY position"))
        pieces = list(database.execute("SELECT ms, bytes FROM pieces ORDER BY part, position"))
    times, start = [], 0
    for ms, count in pieces:
        times += [ms] * body.count(b"data: ", start, start + count)
        start += count
    return times


def rhythm(directory):
    """The difference between the times of replayed events and their recorded times, in milliseconds: the 99th percentile."""
    cassette = f"{directory}/rhythm.sqlite"
    with Sparring("paced") as server:
        with Cassette("record", cassette, "--upstream", f"http://127.0.0.1:{server.port}/v1") as proxy:
            arrivals(proxy.port)
    due, apart = recorded(cassette), []
    with Cassette("replay", cassette) as player:
        for _ in range(STREAMS):
            came = arrivals(player.port)
            if len(came) != len(due):
                raise SystemExit(f"bench: {len(due)} events were recorded, but {len(came)} arrived")
            apart += [abs(there - here) for there, here in zip(due, came)]
    return {"rhythm": sorted(apart)[len(apart) * 99 // 100]}


def measure(server, load):
    """- load: sends a body to a port repeatedly, and returns the answers per second."""
    with tempfile.TemporaryDirectory() as directory:
        row = latency(server, directory) | replay(server, directory, load) | rhythm(directory)
    row["replay ratio"] = row["replayed"] / load(server.port, wire.body(stream=False))
    return row
