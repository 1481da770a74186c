"""Requests over bare sockets, so that the client costs as little as possible."""

import contextlib
import json
import re
import socket


SHORT = "Say hello."


def body(stream, text=SHORT):
    return json.dumps(
        {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": text}], "stream": stream}
    ).encode()


def request(stream, close=False, text=SHORT):
    content = body(stream, text)
    lines = [
        "POST /v1/chat/completions HTTP/1.1",
        "Host: 127.0.0.1",
        "Authorization: Bearer sk-bench",
        "Content-Type: application/json",
        f"Content-Length: {len(content)}",
        *(["Connection: close"] if close else []),
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + content


class Client:
    """One kept-alive connection for consecutive requests."""

    def __init__(self, connection):
        self.connection = connection
        self.waiting = b""

    def ask(self, times, text=lambda number: SHORT):
        """Makes consecutive chat calls; `text` returns the message of a call by its number."""
        for number in range(times):
            self.connection.sendall(request(stream=False, text=text(number)))
            self.read()

    def read(self):
        while (end := self.waiting.find(b"\r\n\r\n")) < 0:
            self.more()
        size = int(re.search(rb"(?i)content-length: (\d+)", self.waiting[:end])[1])
        while len(self.waiting) < end + 4 + size:
            self.more()
        self.waiting = self.waiting[end + 4 + size :]

    def more(self):
        piece = self.connection.recv(65536)
        if not piece:
            raise SystemExit("bench: the server has closed a kept-alive connection")
        self.waiting += piece


@contextlib.contextmanager
def connected(port):
    with socket.create_connection(("127.0.0.1", port)) as connection:
        yield Client(connection)


def exchange(port, stream):
    """Sends one request on a new connection, and returns (head, body) of the answer, without chunked framing."""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(request(stream, close=True))
        data = b"".join(iter(lambda: connection.recv(65536), b""))
    head, _, rest = data.partition(b"\r\n\r\n")
    if b"transfer-encoding: chunked" in head.lower():
        rest = b"".join(dechunked(rest))
    return head.decode(), rest.decode()


def dechunked(data):
    while data:
        size, _, data = data.partition(b"\r\n")
        count = int(size, 16)
        yield data[:count]
        data = data[count + 2 :]
