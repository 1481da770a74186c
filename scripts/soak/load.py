#!/usr/bin/env python3
"""One process of clients; run.py starts several.

    load.py PORT NAME OPTIONS      OPTIONS is JSON: streams, sockets, chats, others, opening, ledger

Prints a line of JSON with its counts each second. When its standard input ends, it lets running answers end, and leaves.
"""

import asyncio
import collections
import gc
import json
import pathlib
import resource
import sys
import time

import ledger
import wire

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import socket_cases  # noqa: E402
import sockets  # noqa: E402

TURNS = 10
LINES = 20
MEGABYTE = bytes(range(256)) * 4096
PROFILES = ("flaky", "calm", "brown-out", "rate-limited", "slow-morning")


class Load:
    def __init__(self, port, name, options):
        self.port, self.name, self.options = port, name, options
        self.ledger = ledger.Ledger(options["ledger"])
        self.counts, self.failures = collections.Counter(), []
        self.stopping, self.number = asyncio.Event(), 0

    def session(self, kind):
        self.number += 1
        self.counts["sessions"] = self.number
        return f"{kind}-{self.name}-{self.number}"

    def failed(self, text):
        self.counts["failures"] += 1
        if len(self.failures) < 20:
            self.failures.append(text)

    async def pause(self, seconds):
        """Waits, or returns at once when the load stops."""
        try:
            await asyncio.wait_for(self.stopping.wait(), seconds)
        except TimeoutError:
            pass

    async def call(self, connection, kind, model, stream):
        session = self.session(kind)
        answer = await connection.ask(wire.chat(session, model, f"call {session}", stream))
        if answer.status != 200 or not answer.whole:
            self.failed(f"{kind}: status {answer.status}, whole: {answer.whole}, after {answer.size} bytes")
        self.ledger.add(session, answer=answer)
        self.counts[kind] += 1

    async def streams(self, connection):
        """Slow streams, one after another, each in a session of its own."""
        while not self.stopping.is_set():
            await self.call(connection, "stream", "gpt-4o-mini", stream=True)

    async def chats(self, connection):
        while not self.stopping.is_set():
            await self.call(connection, "chat", "gpt-4o", stream=self.number % 3 == 0)
            await self.pause(0.1)

    async def sockets(self):
        """WebSockets with some turns each; they are idle between the turns."""
        while not self.stopping.is_set():
            session = self.session("socket")
            head = sockets.HANDSHAKE.replace("/v1/", f"/s/{session}/v1/", 1) + "\r\n"
            reader, writer = await asyncio.open_connection("127.0.0.1", self.port, limit=1 << 20)
            writer.write(head.encode())
            if not (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 101 "):
                self.failed("socket: the handshake was refused")
            frames, turns = aiter(sockets.frames(reader)), 0
            while turns < TURNS and not self.stopping.is_set():
                event = {"type": "response.create", "model": "gpt-4o", "input": f"turn {turns}"}
                writer.write(socket_cases.frame(socket_cases.TEXT, json.dumps(event).encode()))
                async for _, payload in frames:
                    if b'"type":"response.completed"' in payload:
                        break
                else:
                    self.failed("socket: the server closed it in a turn")
                    break
                turns += 1
                self.counts["turn"] += 1
                await self.pause(5)
            writer.write(socket_cases.close(1000))
            async for _ in frames:
                pass
            writer.close()
            # The handshake also counts as an exchange.
            self.ledger.add(session, exchanges=turns + 1)

    async def broken(self):
        """Calls under a chaos profile: any answer or ending is correct, but the server must record each call."""
        while not self.stopping.is_set():
            session, profile = self.session("chaos"), PROFILES[self.number % len(PROFILES)]
            connection = await wire.Connection.to(self.port)
            path = f"/_sparring/scenario?use=chaos/{profile}&session={session}"
            put = await connection.ask(wire.request("PUT", path))
            if put.status != 200:
                self.failed(f"chaos: the profile was refused with {put.status}")
            sent = 0
            while sent < 20 and not self.stopping.is_set():
                if not connection.open:
                    connection = await wire.Connection.to(self.port)
                try:
                    # With some faults, the server sends no byte.
                    await asyncio.wait_for(connection.ask(wire.chat(session, "gpt-4o", "chaos", True)), 5)
                except TimeoutError:
                    connection.close()
                sent += 1
                self.counts["chaos"] += 1
            connection.close()
            if sent:
                self.ledger.add(session, exchanges=sent)
            await self.pause(1)

    async def objects(self, method, path, session, body=b"", kind="application/json"):
        answer = await self.connection.ask(wire.request(method, f"/v1/{path}", body, kind, session), keep=True)
        self.exchanges += 1
        if answer.status != 200 or not answer.whole:
            self.failed(f"{method} {path.split('/')[0]}: status {answer.status}: {answer.body[:200]!r}")
            return {}
        return answer

    async def batches(self):
        """Uploads a file, runs a batch of it, reads the results, and deletes everything; then uploads a file of a megabyte and downloads
        it."""
        self.connection = await wire.Connection.to(self.port)
        while not self.stopping.is_set():
            session, self.exchanges = self.session("batch"), 0
            try:
                await self.batch(session)
                await self.upload(session)
            except (TypeError, KeyError, AttributeError, ValueError) as error:
                self.failed(f"batch: {type(error).__name__} {error}")
            if not self.connection.open:
                self.connection = await wire.Connection.to(self.port)
            self.ledger.add(session, exchanges=self.exchanges)
            await self.pause(1)
        self.connection.close()

    async def batch(self, session):
        line = {"method": "POST", "url": "/v1/chat/completions", "body": {"model": "gpt-4o", "messages": [{"role": "user", "content": "x"}]}}
        text = "\n".join(json.dumps({"custom_id": f"r{n}", **line}) for n in range(LINES)).encode()
        form, kind = wire.form({"purpose": "batch"}, "in.jsonl", text)
        source = (await self.objects("POST", "files", session, form, kind)).json()["id"]
        order = {"input_file_id": source, "endpoint": "/v1/chat/completions", "completion_window": "24h"}
        batch = (await self.objects("POST", "batches", session, json.dumps(order).encode())).json()
        while batch["status"] not in ("completed", "failed", "expired", "cancelled"):
            await asyncio.sleep(0.2)
            batch = (await self.objects("GET", f"batches/{batch['id']}", session)).json()
        output = await self.objects("GET", f"files/{batch['output_file_id']}/content", session)
        if len(output.body.splitlines()) != LINES:
            self.failed(f"batch: {len(output.body.splitlines())} results, {LINES} lines")
        for file in (source, batch["output_file_id"]):
            await self.objects("DELETE", f"files/{file}", session)
        self.counts["batch"] += 1

    async def upload(self, session):
        form, kind = wire.form({"purpose": "fine-tune"}, "large.jsonl", MEGABYTE)
        file = (await self.objects("POST", "files", session, form, kind)).json()["id"]
        if (await self.objects("GET", f"files/{file}/content", session)).body != MEGABYTE:
            self.failed("upload: the file came back with other bytes")
        await self.objects("DELETE", f"files/{file}", session)
        self.counts["upload"] += 1

    async def admin(self):
        """Sends the calls that tests make to the admin API, in sessions of its own, and the calls that the live page makes each second."""
        connection = await wire.Connection.to(self.port)
        while not self.stopping.is_set():
            session = self.session("admin")
            asked = [
                ("GET", "live", b""), ("GET", "journal?limit=200", b""), ("POST", f"dials?session={session}", b'{"chaos":"10%"}'),
                ("POST", f"clock?session={session}", b'{"advance":"1h"}'), ("GET", f"verification?session={session}", b""),
                ("GET", f"usage?session={session}", b""), ("POST", f"reset?session={session}", b""),
            ]  # fmt: skip
            for method, path, body in asked:
                answer = await connection.ask(wire.request(method, f"/_sparring/{path}", body))
                if answer.status != 200 or not answer.whole:
                    self.failed(f"admin: {method} {path.split('?')[0]}: status {answer.status}")
                    connection.close()
                    connection = await wire.Connection.to(self.port)
                self.counts["admin"] += 1
            await self.pause(1)
        connection.close()

    async def follower(self):
        """Follows the journal, and is disconnected in between like a page that is closed."""
        while not self.stopping.is_set():
            connection = await wire.Connection.to(self.port)
            following = asyncio.create_task(connection.ask(wire.request("GET", "/_sparring/journal?follow=true")))
            await self.pause(20)
            connection.close()
            answer = await following
            # At the end, a follower may disconnect before its answer begins.
            if answer.status != 200 and not self.stopping.is_set():
                self.failed(f"follower: status {answer.status}")
            self.counts["followed bytes"] += answer.size

    async def guarded(self, work):
        """If a client fails, the run counts as failed, but the other clients continue."""
        while not self.stopping.is_set():
            try:
                return await work()
            except (OSError, EOFError, asyncio.IncompleteReadError) as error:
                self.failed(f"{work.__name__ if hasattr(work, '__name__') else 'client'}: {type(error).__name__} {error}")
                await self.pause(1)

    async def connected(self, work):
        connection = await wire.Connection.to(self.port)
        try:
            while not self.stopping.is_set():
                await work(connection)
        finally:
            connection.close()

    async def report(self):
        while True:
            print(json.dumps({"counts": self.counts, "failures": self.failures}), flush=True)
            self.failures = []
            await asyncio.sleep(1)

    async def main(self):
        wanted, tasks = self.options, []
        reporting = asyncio.create_task(self.report())
        asyncio.get_running_loop().run_in_executor(None, sys.stdin.read).add_done_callback(lambda _: self.stopping.set())
        for work in (self.batches, self.admin, self.follower, self.broken) * wanted["others"]:
            tasks.append(asyncio.create_task(self.guarded(work)))
        kinds = [(wanted["chats"], lambda: self.connected(self.chats)), (wanted["streams"], lambda: self.connected(self.streams))]
        kinds.append((wanted["sockets"], self.sockets))
        every = wanted["opening"] / max(1, sum(count for count, _ in kinds))
        due = time.monotonic()
        for count, work in kinds:
            for _ in range(count):
                tasks.append(asyncio.create_task(self.guarded(work)))
                due += every
                if (ahead := due - time.monotonic()) > 0.005:
                    await self.pause(ahead)
        await asyncio.gather(*tasks)
        reporting.cancel()
        self.ledger.close()
        print(json.dumps({"counts": self.counts, "failures": self.failures, "ended": True}), flush=True)


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    gc.freeze()
    asyncio.run(Load(int(sys.argv[1]), sys.argv[2], json.loads(sys.argv[3])).main())
