#!/usr/bin/env python3
"""Measures how clients of WebSockets react to every fault: a table for docs/measurements/socket-faults.md.

    socket_faults.py SPARRING [--markdown] [WORD…]     only the rows whose first cell contains a word

Each client is played by its driver of fixtures/drivers/clients, which is a careful program: it asks for one answer, and reads events until
the last one. A cell is what the program gets (`MEANING` below). Faults that a WebSocket cannot have are left out: the server reports them as missed.
"""

import concurrent.futures
import dataclasses
import json
import pathlib
import queue
import re
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

import subjects

ROOT = subjects.ROOT
# How many seconds a client may take before it "waits". A client that sends Pings notices a silent socket after 40 seconds.
PATIENCE, LONG = 15, 50
TEXT = "Hé, you 🥊 and so on"
SCENARIO = f"""
schema: 1
scenario: socket-faults
rules:
  - when: {{ event: upgrade }}
    steps: [{{ HANDSHAKE, times: forever }}]
  - steps: [{{ text: "{TEXT}", stream: {{ every: 5ms }}, times: forever, faults: FAULTS }}]
"""
TITLES = {
    "openai-sockets": "openai", "openai-sockets-async": "openai, async", "openai-agents-sockets": "openai-agents",
    "websockets": "websockets", "node-websocket": "Node's WebSocket",
}  # fmt: skip
MEANING = """| result | meaning |
|---|---|
| `same` | the program that uses the client gets no sign of the fault |
| `other` | the program gets a different answer |
| `less` | the program gets a part of the answer as if it were whole, and no error |
| `ends` | the client ends the list of events without an exception, as after a whole answer; only the missing last event shows the fault |
| `error event` | the client passes the event `error` of the server on, or one that it makes itself |
| `failed` | the client passes a response with the status `failed` or `incomplete` on |
| `waits` | nothing happens for 15 seconds (50 where the socket is silent): the program has to have a time limit of its own |
| `close` and a code | Node's event `close`: the program has to know that the answer was not whole |
| everything else | the exception, or the message of Node's event `error`, with the code of the Close frame. 1006: there was none; `sent`: the client closed the socket with it |
"""


@dataclasses.dataclass(frozen=True)
class Row:
    title: str
    # The faults of the answer.
    faults: tuple[str, ...] = ()
    # The step that answers the handshake.
    handshake: str = "auto: {}"
    # Options of the server, for faults of connections.
    options: tuple[str, ...] = ()
    patience: int = PATIENCE


HANDSHAKES = {
    "handshake: 401": "error: invalid_api_key",
    "handshake: 429": "error: rate_limit_exceeded, retry_after: 2s",
    "handshake: 404": "raw: { status: 404, json: { detail: Not Found } }",
    "handshake: 426": "raw: { status: 426, body: no WebSockets here }",
    "handshake: 503": "error: server_is_overloaded",
    "handshake: 200": "raw: { status: 200, body: a page }",
    "handshake: never answered": "silence: {}",
}
# Faults whose arguments decide what a client does, and faults that clients notice only after a while.
FORMS = {
    "socket_close": [f"socket_close {code}" for code in (1000, 1001, 1005, 1006, 1008, 1011, 1012, 1013, 1015, 4000, 5000)],
    "socket_opcode": [f"socket_opcode {form}" for form in ("binary", "continuation", "reserved")],
    "socket_wrong_length": [f"socket_wrong_length {form}" for form in ("more", "less")],
    "socket_fragments": ["socket_fragments 3"],
    "socket_no_pong": ["socket_no_pong,hang"],
    "fin": ["fin", "fin at event 2 + 5 bytes"],
    "cut": [],
    "stall": ["stall 2s"],
    # The usual point of these faults is an event without text.
    "drop_event": ["drop_event at content 2"],
    "duplicate_event": ["duplicate_event at content 2"],
    "swap_events": ["swap_events at content 1"],
    "connection_limit": ["connection_limit fin 0"],
}
SILENT = ("socket_half_open", "socket_no_pong,hang", "hang")


def rows(sparring: str) -> list[Row]:
    listed = json.loads(subprocess.run([sparring, "faults", "list", "--json"], capture_output=True, check=True).stdout)
    found = [Row(title, handshake=step) for title, step in HANDSHAKES.items()]
    for fault in listed:
        name = fault["name"]
        # Faults of TLS affect a WebSocket in the same way as a request (see fault-clients.md), and Sparring has no WebSockets over HTTP/2.
        # A handshake has no body, so it has no faults of a request either.
        if name.startswith("h2_") or fault["layer"] == "request" or any(word in name for word in ("certificate", "handshake", "protocol")):
            continue
        for form in FORMS.get(name, [name]):
            options = ("--fault", form) if fault["layer"] == "connection" else ()
            faults = () if options else tuple(form.split(","))
            found.append(Row(form, faults, options=options, patience=LONG if form in SILENT else PATIENCE))
    return found


class Driver:
    """A client, as the program of its driver. A client that waits is ended, and started again for its next run."""

    def __init__(self, name: str):
        self.command, self.process, self.lines = subjects.chosen([name])[0].command, None, queue.Queue()
        self.version, self.number = "", 0

    def start(self) -> None:
        self.lines = queue.Queue()
        self.process = subprocess.Popen(
            self.command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)  # fmt: skip
        threading.Thread(target=read_lines, args=(self.process.stdout, self.lines), daemon=True).start()
        self.send({"cmd": "start", "protocol": 1, "kit": "", "suite": ""})
        self.version = self.lines.get(timeout=300)["client"]["version"]

    def send(self, message: dict) -> None:
        self.process.stdin.write(json.dumps(message) + "\n")
        self.process.stdin.flush()

    def run(self, op: str, base_url: str, patience: int) -> dict | None:
        """The outcome, or an empty text if the client waits."""
        if self.process is None:
            self.start()
        self.number += 1
        model = "gpt-4o-mini" if op == "responses.socket" else "gpt-realtime"
        given = {"model": model, "input": "hello"} if op == "responses.socket" else {"model": model}
        task = {"op": op, "messages": [{"role": "user", "content": "hello"}]}
        self.send({"cmd": "run", "id": str(self.number), "op": op, "base_url": base_url, "api_key": "sk-sparring", "input": given, "task": task})
        try:
            return self.lines.get(timeout=patience)
        except queue.Empty:
            self.stop()
            return None

    def stop(self) -> None:
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None


def read_lines(stream, lines: queue.Queue) -> None:
    for line in stream:
        lines.put(json.loads(line))


class Server:
    """`sparring serve` with one kind of handshake, during a block."""

    def __init__(self, sparring: str, folder: pathlib.Path, row: Row):
        self.sparring, self.folder, self.row = sparring, folder, row

    def __enter__(self):
        here = pathlib.Path(tempfile.mkdtemp(dir=self.folder))
        (here / "s.yaml").write_text(SCENARIO.replace("HANDSHAKE", self.row.handshake).replace("FAULTS", json.dumps(self.row.faults)))
        command = [self.sparring, "serve", here / "s.yaml", "--port", "0", "--quiet", "--ready-file", here / "ready", *self.row.options]
        self.process = subprocess.Popen(command)
        while not (here / "ready").exists() or not (here / "ready").read_text().strip():
            if self.process.poll() is not None:
                sys.exit(f"socket_faults: the server did not start for {self.row.title}")
            time.sleep(0.02)
        self.root = re.match(r"https?://[^/]+", (here / "ready").read_text())[0]
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()

    def missed(self, session: str) -> bool:
        """True if the server reports that the fault could not be applied."""
        with urllib.request.urlopen(f"{self.root}/_sparring/journal?session={session}") as answer:
            return any(mark["what"] == "fault_missed" for exchange in json.load(answer) for mark in exchange["timeline"])


def cell(outcome: dict | None) -> str:
    if outcome is None:
        return "waits"
    if outcome["ok"]:
        text = outcome.get("text") or ""
        return "same" if text == TEXT else "less" if TEXT.startswith(text) else "other"
    message = outcome["error"]["message"]
    if "before the end of the answer" in message:
        return "ends"
    kind, _, rest = message.partition(": ")
    if closed := re.search(r"closed with (\d+)", rest):
        return f"close {closed[1]}"
    if rest.startswith("the response "):
        return "failed"
    if kind == "NotWhole" or rest.startswith("{"):
        return "error event"
    if kind == "Error":
        return "Error: non-101" if "non-101" in rest else message
    if "keepalive" in rest:
        return f"{kind}, keepalive"
    if status := re.search(r"HTTP (\d{3})", rest):
        return f"{kind} {status[1]}"
    code = re.search(r"received (\d+)", rest) or re.search(r"(sent \d+)", rest)
    return f"{kind} {code[1]}" if code else f"{kind} 1006" if "no close frame" in rest else kind


def columns() -> list[tuple[str, str, str]]:
    """The title, the client and the operation of each column."""
    plain = [(title, name, "responses.socket") for name, title in TITLES.items()]
    return [*plain, ("RealtimeRunner", "openai-agents-sockets", "realtime")]


def play(server: Server, row: Row, drivers: dict[str, Driver], pool) -> list[str] | None:
    jobs = [
        pool.submit(drivers[title].run, op, f"{server.root}/s/column-{place}/v1", row.patience)
        for place, (title, _, op) in enumerate(columns())
    ]
    found = [cell(job.result()) for job in jobs]
    return None if row.faults and server.missed("column-0") else found


def main() -> int:
    words = [word for word in sys.argv[2:] if not word.startswith("--")]
    sparring = str(pathlib.Path(sys.argv[1]).absolute())
    for subject in subjects.chosen(list(TITLES)):
        subject.install()
    drivers, table = {title: Driver(name) for title, name, _ in columns()}, []
    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(len(drivers)) as pool:
        with Server(sparring, pathlib.Path(folder), Row("none", patience=60)) as server:
            # A client loads some of its modules at its first call.
            if play(server, Row("none", patience=60), drivers, pool) != ["same"] * len(drivers):
                sys.exit("socket_faults: a client does not read an answer without a fault")
        for row in rows(sparring):
            if words and not any(word in row.title for word in words):
                continue
            with Server(sparring, pathlib.Path(folder), row) as server:
                if found := play(server, row, drivers, pool):
                    table.append([row.title, *found])
                    print(" | ".join(table[-1]), file=sys.stderr, flush=True)
        for driver in drivers.values():
            driver.stop()
    if "--markdown" in sys.argv:
        print_page(table, {title: driver.version for title, driver in drivers.items()})
    return 0


def print_page(table: list[list[str]], versions: dict[str, str]) -> None:
    print("# How clients of WebSockets react to faults\n")
    print(
        "`make socketfaults` writes this page. Every fault is applied once, at its usual point if no other is named,\n"
        "to an answer over a WebSocket of `/v1/responses`;\n"
        "`RealtimeRunner` has a Realtime session. `handshake` is an answer to the handshake, without a fault. Faults that a WebSocket cannot\n"
        "have are left out, and so are those of TLS, which are the same [for requests](fault-clients.md).\n"
        "\n"
        "Each client is used with its defaults by its driver of `fixtures/drivers/clients`, a careful program that reads events until the last one.\n"
    )
    print(MEANING)
    titles = [title if title == "RealtimeRunner" else f"{title} {versions[title]}" for title in versions]
    print("| fault | " + " | ".join(titles) + " |\n|" + "---|" * (len(titles) + 1))
    for found in table:
        print("| " + " | ".join([f"`{found[0]}`", *found[1:]]) + " |")


if __name__ == "__main__":
    sys.exit(main())
