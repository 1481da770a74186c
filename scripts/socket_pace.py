"""Measures how late paced events arrive on many WebSockets at once. Used by sockets.py."""

import gc
import json
import resource
import select
import socket
import time

import socket_cases

MARK = b'"type":"response.output_text.delta"'
EVERY = 0.05
EVENTS = 40

SCENARIO = f"""
schema: 1
scenario: pace
rules:
  - when: {{ event: response.create }}
    then: last
    steps:
      - text: "{' '.join(['one two three four five six seven eight nine ten'] * (EVENTS // 10))}"
        stream: {{ first: {EVERY * 1000:.0f}ms, every: {EVERY * 1000:.0f}ms }}
"""


class Socket:
    """An open WebSocket, with the times at which its events arrived."""

    def __init__(self, port, handshake):
        self.connection = socket.create_connection(("127.0.0.1", port))
        self.connection.sendall(handshake)
        head = b""
        while b"\r\n\r\n" not in head:
            head += self.connection.recv(4096)
        if not head.startswith(b"HTTP/1.1 101 "):
            raise SystemExit(f"sockets: {head.decode()}")
        self.connection.setblocking(False)
        self.arrivals = []
        self.tail = b""

    def read(self, now):
        data = self.connection.recv(65536)
        if not data:
            raise SystemExit("sockets: the server closed a socket")
        # A mark that is split between two reads is counted with the second read; the tail is too short for a whole mark.
        data = self.tail + data
        self.arrivals += [now] * data.count(MARK)
        self.tail = data[-(len(MARK) - 1) :]
        return b'"type":"response.completed"' in data


def lateness(port, handshake, count, opening=1.0):
    """The seconds by which each event came later than its due time: the moment of its request plus its place in the rhythm, sorted.
    The requests are spread over `opening` seconds."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, count + 200)), hard))
    sockets = [Socket(port, handshake) for _ in range(count)]
    turn = json.dumps({"type": "response.create", "model": "gpt-4o-mini", "input": "Hello"}).encode()
    request = socket_cases.frame(1, turn)
    poll, by_descriptor = select.epoll(), {}
    unsent, running, due = iter(sockets), count, time.perf_counter()
    upcoming = next(unsent)
    gc.disable()
    while running:
        now = time.perf_counter()
        while upcoming is not None and now >= due:
            upcoming.sent = now
            upcoming.connection.send(request)
            by_descriptor[upcoming.connection.fileno()] = upcoming
            poll.register(upcoming.connection, select.EPOLLIN)
            upcoming = next(unsent, None)
            due += opening / count
        for descriptor, _ in poll.poll(max(0, due - now) if upcoming is not None else 10):
            if by_descriptor[descriptor].read(time.perf_counter()):
                running -= 1
                poll.unregister(descriptor)
    gc.enable()
    late = []
    for each in sockets:
        each.connection.close()
        if len(each.arrivals) < EVENTS:
            raise SystemExit(f"sockets: {len(each.arrivals)} events arrived, {EVENTS} were expected")
        late += [arrival - each.sent - EVERY * (place + 1) for place, arrival in enumerate(each.arrivals[:EVENTS])]
    return sorted(late)


def report(late, count):
    on_time = sum(value <= 0.010 for value in late) / len(late)
    middle, high = late[len(late) // 2], late[len(late) * 99 // 100]
    print(
        f"{count:,} sockets, {1 / EVERY:.0f} events a second each: {on_time:.1%} of {len(late):,} events within 10 ms; median"
        f" {middle * 1000:.2f} ms, 99th percentile {high * 1000:.2f} ms, earliest {late[0] * 1000:+.2f} ms"
    )
