#!/usr/bin/env python3
"""Plays frames of WebSockets against the built program over real sockets.

    sockets.py table [--binary PATH] [--verbose]     the table of socket_cases.py; prints how many rows hold
    sockets.py memory [--binary PATH] [--sockets N]  what an idle socket costs, in bytes of the server's memory
    sockets.py pace [--binary PATH] [--sockets N]    how late paced events arrive, with 1,000 sockets by default

The server's memory is the private part of its resident set (`Private_Dirty` of /proc), so `memory` needs Linux.
"""

import argparse
import asyncio
import contextlib
import dataclasses
import pathlib
import re
import struct
import subprocess
import sys
import tempfile
import time
import zlib

import socket_cases
import socket_pace

ROOT = pathlib.Path(__file__).resolve().parent.parent
HANDSHAKE = (
    "GET /v1/responses HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer sk-sparring\r\nConnection: Upgrade\r\n"
    "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
)
DEFLATE = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n"


@contextlib.contextmanager
def server(binary, scenario=None):
    """The port and the process of a new server."""
    with tempfile.TemporaryDirectory() as folder:
        ready = pathlib.Path(folder) / "ready"
        command = [binary, "serve", "--port", "0", "--quiet", "--ready-file", ready]
        if scenario:
            (pathlib.Path(folder) / "scenario.yaml").write_text(scenario)
            command.insert(2, "scenario.yaml")
        process = subprocess.Popen(command, cwd=folder)
        try:
            while not (ready.exists() and ready.read_text().strip()):
                if process.poll() is not None:
                    sys.exit("sockets: the server did not start")
                time.sleep(0.05)
            yield int(re.search(r":(\d+)", ready.read_text())[1]), process
        finally:
            process.terminate()
            process.wait()


async def connect(port, compressed=False):
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 26)
    writer.write((HANDSHAKE + (DEFLATE if compressed else "") + "\r\n").encode())
    head = await reader.readuntil(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 101 "):
        raise RuntimeError(head.decode())
    if compressed and b"permessage-deflate" not in head:
        raise RuntimeError("the server did not agree on compression")
    return reader, writer


async def frames(reader):
    """Yields the frames of the server as (first byte, payload), until it disconnects."""
    try:
        while True:
            first, second = await reader.readexactly(2)
            count = second & 0x7F
            if count > 125:
                size = 2 if count == 126 else 8
                count = int.from_bytes(await reader.readexactly(size), "big")
            yield first, await reader.readexactly(count)
    except (asyncio.IncompleteReadError, ConnectionError):
        return


def seen(first, payload):
    """A frame in the terms of the table."""
    match first & 0x0F:
        case 10:
            return "pong", payload
        case 8:
            return struct.unpack(">H", payload[:2])[0] if payload else None
        case 1 if first & 0x40:
            zlib.decompressobj(wbits=-15).decompress(payload + b"\0\0\xff\xff").decode()
            return "message"
        case 1:
            payload.decode()
            return "message"
    return f"opcode {first & 0x0F}"


async def send(writer, case):
    try:
        size = case.piece or len(case.sent)
        for start in range(0, len(case.sent), size):
            writer.write(case.sent[start : start + size])
            await writer.drain()
    except ConnectionError:
        return


def holds(found, expected):
    """Whether the server behaved as the row expects. An answer that the row names as "message?" may be cut off by a violation that follows
    it."""
    optional = [item for item in expected if item == "message?"]
    wanted = [item for item in expected if item != "message?"]
    if optional and len(found) > len(wanted) and found[0] == "message":
        found = found[1:]
    if found == wanted:
        return True
    # A Pong for the newest Ping suffices (RFC 6455 §5.5.3), and answers may overtake Pongs.
    pings = [item for item in wanted if isinstance(item, tuple)]
    rest = [item for item in found if not isinstance(item, tuple)]
    pongs = [item for item in found if isinstance(item, tuple)]
    return rest == [item for item in wanted if not isinstance(item, tuple)] and pongs[-1:] == pings[-1:]


async def play(port, case):
    """None if the server behaves as the row expects; otherwise a description of its behaviour."""
    reader, writer = await connect(port, case.compressed)
    found = []
    sending = asyncio.create_task(send(writer, sans_close(case)))
    answers = case.expected.count("message")
    closes = waits_for_answers(case)
    try:
        async with asyncio.timeout(120):
            async for first, payload in frames(reader):
                found.append(seen(first, payload))
                if closes and found.count("message") == answers:
                    await sending
                    writer.write(socket_cases.close(1000))
                    closes = False
    except TimeoutError:
        found.append("no end within two minutes")
    finally:
        sending.cancel()
        writer.close()
    return None if holds(found, case.expected) else found


def waits_for_answers(case):
    """Whether the client's last Close frame has to come after the answers."""
    return "message" in case.expected and case.expected[-1] == 1000


def sans_close(case):
    """The same row without the Close frame that has to wait."""
    if not waits_for_answers(case):
        return case
    return dataclasses.replace(case, sent=case.sent[: -len(socket_cases.close(1000))])


async def table(port, verbose):
    rows = socket_cases.cases()
    failures = 0
    for case in rows:
        found = await play(port, case)
        failures += found is not None
        if found is not None or verbose:
            print(f"{case.number}: {'holds' if found is None else f'expected {case.expected}, got {found}'}")
    print(f"{len(rows) - failures} of {len(rows)} rows hold")
    return failures == 0


def private_bytes(process):
    text = pathlib.Path(f"/proc/{process.pid}/smaps_rollup").read_text()
    return int(re.search(r"Private_Dirty:\s+(\d+) kB", text)[1]) * 1024


async def memory(port, process, count):
    """Opens idle sockets: silent ones, and sockets that agreed on compression and sent one compressed message."""
    for name, compressed in (("without compression", False), ("with compression, after one message", True)):
        # The first sockets cause the allocation of the memory that all sockets share, so they are not measured.
        warm = [await connect(port, compressed) for _ in range(200)]
        before = private_bytes(process)
        sockets = []
        for start in range(0, count, 100):
            sockets += await asyncio.gather(*(connect(port, compressed) for _ in range(min(100, count - start))))
        if compressed:
            for reader, writer in sockets:
                writer.write(socket_cases.deflated(b"Hello", socket_cases.coder()))
                await anext(aiter(frames(reader)))
        print(f"{len(sockets)} idle sockets {name}: {(private_bytes(process) - before) / len(sockets):,.0f} bytes each")
        for _, writer in warm + sockets:
            writer.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["table", "memory", "pace"])
    parser.add_argument("--binary", type=pathlib.Path, default=ROOT / ".build/debug/sparring")
    parser.add_argument("--sockets", type=int, help="default: 5000 for memory, 1000 for pace")
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args()
    scenario = socket_pace.SCENARIO if options.what == "pace" else None
    with server(options.binary.absolute(), scenario) as (port, process):
        if options.what == "memory":
            asyncio.run(memory(port, process, options.sockets or 5000))
        elif options.what == "pace":
            count = options.sockets or 1000
            socket_pace.report(socket_pace.lateness(port, (HANDSHAKE + "\r\n").encode(), count), count)
        elif not asyncio.run(table(port, options.verbose)):
            sys.exit(1)


if __name__ == "__main__":
    main()
