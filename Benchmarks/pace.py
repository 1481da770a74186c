"""Opens many streams at once and records when each event arrives."""

import gc
import resource
import select
import socket
import time

import wire


def raise_limit(count):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < count:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, count), hard))


class Stream:
    __slots__ = ("connection", "sent", "arrivals", "tail")

    def __init__(self, port):
        self.connection = socket.create_connection(("127.0.0.1", port))
        self.connection.setblocking(False)
        self.arrivals = []
        self.tail = b""


def opened(port, count):
    raise_limit(count + 100)
    return [Stream(port) for _ in range(count)]


def lateness(port, count, events, every, opening):
    """The seconds by which each content event came later than its due time: the moment its request was sent, plus its place in the rhythm.
    The requests are spread over `opening` seconds: if many requests were sent at once, a stream whose request has to wait would begin late,
    and all its events would be late."""
    streams = opened(port, count)
    poll = select.epoll()
    by_descriptor = {s.connection.fileno(): s for s in streams}
    request = wire.request(stream=True)
    gc.disable()
    start = time.perf_counter()
    unsent, running = iter(streams), count
    upcoming = next(unsent)
    due = start
    while running:
        now = time.perf_counter()
        while upcoming is not None and now >= due:
            upcoming.sent = now
            upcoming.connection.send(request)
            poll.register(upcoming.connection, select.EPOLLIN)
            upcoming = next(unsent, None)
            due += opening / count
        for descriptor, _ in poll.poll(max(0, due - now) if upcoming is not None else 10):
            stream = by_descriptor[descriptor]
            data = stream.connection.recv(65536)
            now = time.perf_counter()
            if not data:
                raise SystemExit("bench: a paced stream ended early")
            # A read may end inside the mark of an event; a tail of five bytes is too short to be counted twice.
            data = stream.tail + data
            stream.arrivals += [now] * data.count(b"data: ")
            stream.tail = data[-5:]
            if b"[DONE]" in data:
                running -= 1
                poll.unregister(stream.connection)
    gc.enable()
    late = []
    for stream in streams:
        stream.connection.close()
        # The first event contains the role and is sent with the head; the last two events are the finish reason and [DONE].
        contents = stream.arrivals[1 : events + 1]
        if len(stream.arrivals) < events + 2:
            raise SystemExit(f"bench: {len(stream.arrivals)} events arrived, {events + 2} were expected")
        late += [arrival - stream.sent - every * (n + 1) for n, arrival in enumerate(contents)]
    return late


def begun(port, count):
    """Streams whose head and first event have arrived; they stay open until they are closed."""
    streams = opened(port, count)
    request = wire.request(stream=True)
    for stream in streams:
        stream.connection.setblocking(True)
        stream.connection.sendall(request)
    for stream in streams:
        received = b""
        while b'"role"' not in received:
            received += stream.connection.recv(65536)
    return streams
