"""An HTTP/1.1 client for ten thousand connections in a process: it counts the bytes of an answer, and stores the bytes only if they are
needed."""

import asyncio
import dataclasses
import json
import re
import zlib


@dataclasses.dataclass
class Answer:
    # 0 if the connection ended before a head.
    status: int
    # The bytes of the whole answer, with its head and its framing.
    size: int
    # CRC-32 of everything after the head, with its framing.
    sum: int
    # True if the answer ended in the way that its framing requires.
    whole: bool
    # The body is empty, except if the caller requested it.
    body: bytes = b""

    def json(self):
        return json.loads(self.body)


class Connection(asyncio.Protocol):
    """One keep-alive connection with one request at a time."""

    def __init__(self):
        self.transport = self.waiting = None
        self.open = False

    @classmethod
    async def to(cls, port):
        _, connection = await asyncio.get_running_loop().create_connection(cls, "127.0.0.1", port)
        return connection

    def connection_made(self, transport):
        self.transport, self.open = transport, True

    def connection_lost(self, error):
        self.open = False
        self._end(whole=False)

    async def ask(self, request, keep=False):
        """Sends a request and waits for the end of its answer."""
        self.head, self.status, self.before, self.size, self.sum, self.tail = bytearray(), 0, 0, 0, 0, b""
        self.length, self.kept = None, bytearray() if keep else None
        self.waiting = waiting = asyncio.get_running_loop().create_future()
        if not self.open:
            self._end(whole=False)
        else:
            self.transport.write(request)
        return await waiting

    def data_received(self, data):
        if self.waiting is None:
            return
        if not self.status:
            self.head += data
            end = self.head.find(b"\r\n\r\n")
            if end < 0:
                return
            head, data = bytes(self.head[:end]), bytes(self.head[end + 4 :])
            self.status, self.before = int(head[9:12]), end + 4
            if found := re.search(rb"(?i)\r\ncontent-length: *(\d+)", head):
                self.length = int(found[1])
            elif self.status == 204:
                self.length = 0
        self.size += len(data)
        self.sum = zlib.crc32(data, self.sum)
        self.tail = (self.tail + data)[-5:]
        if self.kept is not None:
            self.kept += data
        if self.size >= self.length if self.length is not None else self.tail == b"0\r\n\r\n":
            self._end(whole=True)

    def _end(self, whole):
        if self.waiting is None or self.waiting.done():
            return
        body = bytes(self.kept or b"")
        if body and self.length is None:
            body = unchunked(body)
        self.waiting.set_result(Answer(self.status, self.before + self.size, self.sum, whole, body))
        self.waiting = None

    def close(self):
        # The event loop reports the end of the connection later, and the next request must not go to this connection.
        self.open = False
        if self.transport:
            self.transport.abort()


def unchunked(data):
    parts = []
    while data:
        line, _, data = data.partition(b"\r\n")
        count = int(line, 16)
        if not count:
            break
        parts.append(data[:count])
        data = data[count + 2 :]
    return b"".join(parts)


def request(method, path, body=b"", kind="application/json", session=None):
    name = f"X-Sparring-Session: {session}\r\n" if session else ""
    return (
        f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer sk-x\r\n{name}"
        f"Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode() + body


def chat(session, model, prompt, stream):
    body = {"model": model, "messages": [{"role": "user", "content": prompt}], "stream": stream}
    return request("POST", "/v1/chat/completions", json.dumps(body).encode(), session=session)


def form(fields, name, content):
    """The body of a form with one file, and its content type."""
    mark = "soak-7d1f0c2e"
    parts = [f'--{mark}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n' for key, value in fields.items()]
    parts.append(f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n')
    return "".join(parts).encode() + content + f"\r\n--{mark}--\r\n".encode(), f"multipart/form-data; boundary={mark}"
