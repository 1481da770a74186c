#!/usr/bin/env python3
"""Tests how three implementations of WebSocket clients read the server's frames: websockets, autobahn and Chromium.

    socket_peers.py SPARRING [--markdown] [--chromium PATH] [WORD…]     only the rows whose first cell contains a word

It needs `pip install websockets autobahn playwright` and a Chromium. Each client opens a Realtime session, with its key as a subprotocol,
asks for one answer and closes the socket with 1000 after its last event. A cell is `whole`, if the client received the whole answer and
the server received its Close frame with 1000; otherwise the code of the socket's end that the client reports.
"""

import argparse
import asyncio
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import urllib.request

import websockets
from autobahn.asyncio.websocket import WebSocketClientFactory, WebSocketClientProtocol
from autobahn.websocket.compress import PerMessageDeflateOffer, PerMessageDeflateResponse, PerMessageDeflateResponseAccept
from playwright.async_api import async_playwright

TEXT = "Hé, you 🥊 and so on"
SECONDS = 5
PROTOCOLS = ["realtime", "openai-insecure-api-key.sk-sparring"]
EVENTS = [
    {"type": "session.update", "session": {"type": "realtime", "output_modalities": ["text"]}},
    {"type": "response.create"},
]
SILENT = "no end"
# The rows: a name, and the faults of the answer. The row of the compressed answer has no fault.
VALID = ["", "socket_fragments 1", "socket_fragments 3", "socket_ping_flood 100", "byte_by_byte", "huge_event 4MB", "split_code_point"]
WRONG = [
    "socket_masked", "socket_reserved_bit", "socket_opcode binary", "socket_opcode continuation", "socket_opcode reserved",
    "socket_wrong_length more", "socket_wrong_length less", "socket_not_utf8", "fin", "fin at event 2 + 5 bytes", "reset",
]  # fmt: skip
CODES = [1000, 1001, 1002, 1003, 1005, 1006, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 1015, 2999, 3000, 4000, 4999, 5000]
SCENARIO = f"""
schema: 1
scenario: socket-peers
rules:
  - steps: [{{ text: "{TEXT}", stream: {{ every: 5ms }}, times: forever, faults: FAULTS }}]
"""


class Reader:
    """Reads the events of one answer."""

    def __init__(self):
        self.text, self.is_done = "", False

    def take(self, message) -> bool:
        """Returns true at the last event. A message that is not text is not an event."""
        event = json.loads(message)
        self.text += event["delta"] if event["type"] == "response.output_text.delta" else ""
        self.is_done = event["type"] == "response.done"
        return self.is_done


async def with_websockets(url: str) -> tuple[str, int | None]:
    reader, socket = Reader(), await websockets.connect(url, subprotocols=PROTOCOLS, max_size=None)
    try:
        for event in EVENTS:
            await socket.send(json.dumps(event))
        async for message in socket:
            if reader.take(message):
                await socket.close(1000)
                break
    except websockets.ConnectionClosed:
        pass
    finally:
        await socket.close()
    return reader.text if reader.is_done else "", socket.close_code


def accepted(response):
    return PerMessageDeflateResponseAccept(response) if isinstance(response, PerMessageDeflateResponse) else None


async def with_autobahn(url: str) -> tuple[str, int | None]:
    reader, loop = Reader(), asyncio.get_running_loop()
    closed = loop.create_future()

    class Protocol(WebSocketClientProtocol):
        def onOpen(self):
            for event in EVENTS:
                self.sendMessage(json.dumps(event).encode())

        def onMessage(self, payload, isBinary):
            if reader.take(payload):
                self.sendClose(1000)

        def onClose(self, wasClean, code, reason):
            if not closed.done():
                closed.set_result(code)

    factory = WebSocketClientFactory(url, protocols=PROTOCOLS)
    factory.setProtocolOptions(perMessageCompressionOffers=[PerMessageDeflateOffer()], perMessageCompressionAccept=accepted)
    factory.protocol = Protocol
    transport, _ = await loop.create_connection(factory, "127.0.0.1", factory.port)
    try:
        code = await closed
    finally:
        transport.abort()
    return reader.text if reader.is_done else "", code


SCRIPT = """([url, protocols, events]) => new Promise((resolve) => {
  let [text, done] = ["", false];
  const socket = new WebSocket(url, protocols);
  socket.onopen = () => events.forEach((event) => socket.send(JSON.stringify(event)));
  socket.onmessage = ({ data }) => {
    if (typeof data !== "string") return;
    const event = JSON.parse(data);
    if (event.type === "response.output_text.delta") text += event.delta;
    if (event.type === "response.done") { done = true; socket.close(1000); }
  };
  socket.onclose = ({ code }) => resolve([done ? text : "", code]);
})"""


def with_chromium(page):
    async def play(url: str) -> tuple[str, int | None]:
        return tuple(await page.evaluate(SCRIPT, [url, PROTOCOLS, EVENTS]))

    return play


class Server:
    """`sparring serve` with one fault, during a block."""

    def __init__(self, sparring: str, fault: str):
        self.sparring, self.fault, self.folder = sparring, fault, tempfile.TemporaryDirectory()

    def __enter__(self):
        here = pathlib.Path(self.folder.name)
        (here / "s.yaml").write_text(SCENARIO.replace("FAULTS", json.dumps([self.fault] if self.fault else [])))
        self.process = subprocess.Popen([self.sparring, "serve", here / "s.yaml", "--port", "0", "--quiet", "--ready-file", here / "ready"])
        while not (here / "ready").exists() or not (here / "ready").read_text().strip():
            time.sleep(0.02)
        self.host = re.match(r"http://([^/]+)", (here / "ready").read_text())[1]
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        self.folder.cleanup()

    def says(self, session: str, words: str) -> bool:
        """Whether the journal of the session's handshake has these words."""
        with urllib.request.urlopen(f"http://{self.host}/_sparring/journal?session={session}") as answer:
            return any(words in mark.get("reason", "") for exchange in json.load(answer) for mark in exchange["timeline"])


async def cell(server: Server, name: str, play) -> str:
    try:
        async with asyncio.timeout(SECONDS):
            text, code = await play(f"ws://{server.host}/s/{name}/v1/realtime?model=gpt-realtime")
    except TimeoutError:
        return SILENT
    except Exception as error:  # noqa: BLE001 — whatever a client throws is the finding
        return type(error).__name__
    if text == TEXT and code == 1000 and server.says(name, "WebSocket with 1000"):
        return "whole"
    return str(code)


async def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sparring")
    parser.add_argument("words", nargs="*")
    parser.add_argument("--markdown", action="store_true")
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    options = parser.parse_args()
    table, names = [], [*VALID, *WRONG, *(f"socket_close {code}" for code in CODES)]
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=options.chromium, args=["--no-sandbox"])
        clients = {"websockets": with_websockets, "autobahn": with_autobahn, "chromium": None}
        for fault in names:
            if options.words and not any(word in fault for word in options.words):
                continue
            with Server(options.sparring, fault) as server:
                page = await browser.new_page()
                clients["chromium"] = with_chromium(page)
                table.append([fault or "compressed, no fault", *[await cell(server, name, play) for name, play in clients.items()]])
                await page.close()
            print(" | ".join(table[-1]), file=sys.stderr, flush=True)
        version = browser.version
        await browser.close()
    if options.markdown:
        print_table(table, version)
    return 1 if any(found != "whole" for row in table for found in row[1:] if row[0] in ("compressed, no fault", *VALID)) else 0


def print_table(table: list[list[str]], chromium: str) -> None:
    import importlib.metadata

    print("\n## Frames\n")
    print(
        "What other implementations make of the frames, in a Realtime session (`scripts/socket_peers.py`). `whole`: the client received the\n"
        "whole answer, and the server received its Close frame with 1000. Otherwise the cell has the code of the end that the client reports.\n"
    )
    names = [f"{name} {importlib.metadata.version(name)}" for name in ("websockets", "autobahn")] + [f"Chromium {chromium.split('.')[0]}"]
    print("| frames | " + " | ".join(names) + " |\n|" + "---|" * (len(names) + 1))
    for row in table:
        print("| " + " | ".join([f"`{row[0]}`", *row[1:]]) + " |")


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
