#!/usr/bin/env python3
"""Compares several servers that share a database with one server: the same calls get the same answers, each exactly once.

    fleet.py BINARY [--processes 1,2,4] [--calls 20000] [--sessions 200] [--seeds 10] [--workers 16] [--limit-seconds 20] [--direct]

Starts a PostgreSQL of its own, and for each number of processes and each seed `serve --store` behind nginx (round robin). A schedule
that the seed draws calls the sessions. At a random moment, one process gets SIGKILL, and is started again. Each session's answers
have to be those of one process without a database, in their order. A call whose connection broke may have used up its answer or
not, but no other call may miss one, and none may get one twice. The numbers in the database have to agree, and the journal that any
server gives has to have each exchange once, with the answer that one process gives.

Then four processes get ten times the calls that a limit of 600 requests and 60,000 tokens a minute admits.

Needs PostgreSQL and nginx: apt-get install postgresql nginx-light. With --direct, the clients themselves call the servers in turn.
"""

import argparse
import collections
import http.client
import json
import pathlib
import random
import signal
import sys
import tempfile
import threading
import time

from fleet_servers import Balancer, Direct, Postgres, Server

SCENARIO = """\
schema: 1
scenario: fleet
limits: { requests_per_day: 60 }
rules:
  - name: scripted
    steps:
      - { error: rate_limit_exceeded, times: 2 }
      - { text: "third of {{session}}", times: 3 }
      - { error: server_error }
      - { text: "attempt {{attempt}}" }
    then: cycle
"""
LIMITED = """\
schema: 1
scenario: limited
limits: { requests_per_minute: 600, tokens_per_minute: 60000 }
otherwise: auto
"""


class Client:
    """A kept connection for each port, called one after another. `call` returns what the client knows of an answer; None if it got no
    answer."""

    def __init__(self, ports, first=0):
        self.ports = ports
        self.turn = first
        self.connections = {}

    def call(self, session, text="hello"):
        body = json.dumps({"model": "gpt-4o-mini", "messages": [{"role": "user", "content": text}], "max_tokens": 60})
        headers = {"content-type": "application/json", "authorization": "Bearer x", "x-sparring-session": session}
        port = self.ports[self.turn % len(self.ports)]
        self.turn += 1
        while port not in self.connections:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            try:
                connection.connect()
                self.connections[port] = connection
            except OSError:
                # The server is being restarted, so it has not received the call.
                time.sleep(0.02)
        try:
            connection = self.connections[port]
            connection.request("POST", "/v1/chat/completions", body, headers)
            answer = connection.getresponse()
            bytes_ = answer.read()
        except (OSError, http.client.HTTPException):
            self.connections.pop(port).close()
            return None
        if answer.will_close:
            self.connections.pop(port).close()
        replica = answer.getheader("x-sparring-replica")
        if answer.status in (502, 503, 504) and (replica is None or b"sparring_store" in bytes_):
            # nginx has lost its server, or the server has lost its database.
            return None
        value = json.loads(bytes_)
        error = value.get("error")
        message = error["code"] or error["message"] if error else value["choices"][0]["message"]["content"]
        return (answer.status, message, value.get("id")), replica

    def close(self):
        for connection in self.connections.values():
            connection.close()
        self.connections = {}


def schedule(seed, calls, sessions):
    """The sessions in the order of their calls; some are called more than others."""
    dice = random.Random(seed)
    weights = [dice.random() ** 2 + 0.05 for _ in range(sessions)]
    return dice.choices([f"s{number}" for number in range(sessions)], weights, k=calls)


def play(ports, order, workers, trouble=None):
    """Calls the sessions, each session in its own order. `trouble` is called in its own thread. Returns the answers by session, and the
    servers."""
    answers, replicas, lock = collections.defaultdict(list), collections.Counter(), threading.Lock()
    done = [0]

    def work(number):
        client = Client(ports, number)
        for session in order:
            if hash_of(session) % workers != number:
                continue
            answer = client.call(session)
            if answer is None:
                # A server is being restarted.
                time.sleep(0.1)
            with lock:
                done[0] += 1
                answers[session].append(answer and answer[0])
                replicas[answer and answer[1]] += 1
        client.close()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(workers)]
    if trouble:
        threads.append(threading.Thread(target=trouble, args=(lambda: done[0],)))
    begun = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers, replicas, time.monotonic() - begun


def hash_of(session):
    return int(session[1:])


def compare(truth, answers, used):
    """Checks the order of the answers of one process. A call without an answer may have used up an answer of the server."""
    mistakes = []
    for session, given in sorted(answers.items()):
        places = {0}
        for number, answer in enumerate(given):
            if answer is None:
                places |= {place + 1 for place in places}
                continue
            places = {place + 1 for place in places if place < len(truth[session]) and truth[session][place] == answer}
            if not places:
                mistakes.append(f"{session}: call {number + 1} got {answer}, one process gives {truth[session][number]}")
                break
        if places and used.get(session, 0) not in places:
            mistakes.append(f"{session}: the database counts {used.get(session, 0)} exchanges, the client {sorted(places)}")
    return mistakes


def read_journal(fleet, truth, used):
    """Asks the servers one after another for the journal of each session, which must contain the exchanges of all servers, each once. A
    session has fewer exchanges than the journal keeps."""
    mistakes, running = [], 0
    for number, (session, count) in enumerate(sorted(used.items())):
        server = fleet[number % len(fleet)]
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        connection.request("GET", f"/_sparring/journal?session={session}&limit=10000")
        journal = json.loads(connection.getresponse().read())
        connection.close()
        numbers = [exchange["number"] for exchange in journal]
        if numbers != list(range(1, count + 1)):
            missing = sorted(set(range(1, count + 1)) - set(numbers))
            mistakes.append(f"{session}: the journal has {len(numbers)} of {count} exchanges, without {missing[:5]}")
            continue
        statuses = [exchange["status"] for exchange in journal]
        if statuses != [answer[0] for answer in truth[session][:count]]:
            mistakes.append(f"{session}: the journal has other answers than one process gives")
        if not all(exchange.get("replica") for exchange in journal):
            mistakes.append(f"{session}: an exchange of the journal has no server")
        running += sum(exchange["timeline"][-1]["what"] == "decided" for exchange in journal)
    # The exchanges that a killed server had not ended, and the exchanges whose end it had not written.
    print(f"    the journal has {sum(used.values())} exchanges, {running} of them without an end")
    return mistakes


def one_journal(wanted, postgres, processes, seed, folder):
    order = schedule(seed, wanted.calls, wanted.sessions)
    scenario = folder / "fleet.yaml"
    scenario.write_text(SCENARIO)
    alone = Server(wanted.binary, folder, scenario)
    # Calls that broke are counted too, so the sequence of correct answers needs some more calls.
    truth, _, alone_seconds = play([alone.port], order + [f"s{n}" for n in range(wanted.sessions)] * 8, wanted.workers)
    alone.stop()
    name, store = postgres.database()
    fleet = [Server(wanted.binary, folder, scenario, store) for _ in range(processes)]
    balancer = Direct(fleet) if wanted.direct else Balancer(str(folder), fleet)
    dice = random.Random(seed + 1)
    moment = dice.randrange(wanted.calls // 5, wanted.calls * 4 // 5)

    def kill(done):
        # A thread that fails stops calling; the test then ends with mistakes.
        while done() < moment and threading.active_count() > 2:
            time.sleep(0.001)
        victim = dice.choice(fleet)
        victim.stop(signal.SIGKILL)
        victim.start()

    answers, replicas, seconds = play(balancer.ports, order, wanted.workers, kill)
    balancer.stop()
    used = {}
    for line in postgres.query(
            name, "SELECT name, convert_from(state, 'UTF8')::json ->> 'exchanges' FROM sparring.sessions").splitlines():
        session, count = line.rsplit("|", 1)
        used[session] = int(count)
    mistakes = compare(truth, answers, used)
    mistakes += read_journal(fleet, truth, used)
    for server in fleet:
        server.stop()
    broken = replicas.pop(None, 0)
    print(
        f"{processes} processes, seed {seed}: {wanted.calls} calls of {wanted.sessions} sessions, {broken} broken by a SIGKILL at call "
        f"{moment}; {len(replicas)} servers answered; {wanted.calls / seconds:.0f} calls/s, one process without a database "
        f"{len(order) / alone_seconds:.0f}; {len(mistakes)} mistakes", flush=True)
    for mistake in mistakes[:10]:
        print(f"    {mistake}")
    return not mistakes


def limits(wanted, postgres, folder):
    """The number of calls is ten times the number that the limits admit. A bucket that is full at the start admits as many calls as its
    size, and the calls that drain in the meantime."""
    scenario = folder / "limited.yaml"
    scenario.write_text(LIMITED)
    isRight = True
    # A call of 60 tokens plus those of its text costs about 64 of 60,000 tokens; with a long text, tokens are the narrower limit.
    for kind, text, size in [("requests", "hi", 600), ("tokens", "word " * 400, 60_000)]:
        name, store = postgres.database()
        fleet = [Server(wanted.binary, folder, scenario, store) for _ in range(4)]
        balancer = Direct(fleet) if wanted.direct else Balancer(str(folder), fleet)
        admitted, refused, lock, per_second = [], [], threading.Lock(), size / 60
        begun = time.monotonic()
        end = begun + wanted.limit_seconds

        def work(number):
            client = Client(balancer.ports, number)
            while time.monotonic() < end:
                answer = client.call("limited", text)
                with lock:
                    if answer and answer[0][0] == 200:
                        admitted.append(time.monotonic())
                    elif answer and answer[0][0] == 429:
                        refused.append(time.monotonic())

        threads = [threading.Thread(target=work, args=(number,)) for number in range(wanted.workers)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        elapsed = time.monotonic() - begun
        balancer.stop()
        cost = cost_of(fleet[0].port, text) if kind == "tokens" else 1
        for server in fleet:
            server.stop()
        # In the time before the first and after the last admission, at most one more call fits.
        most = (size + per_second * elapsed) / cost
        least = (size + per_second * (max(admitted) - begun)) / cost - 1
        # Without a refusal, the machine was too slow to reach the limit.
        good = len(admitted) <= most + 1 and (not refused or len(admitted) >= least - 1)
        isRight = isRight and good
        print(
            f"limit of {kind}: {len(admitted)} calls admitted and {len(refused)} refused in {elapsed:.1f} s by 4 processes; the limit gives {least:.1f} to {most:.1f}"
            + ("" if good else "  WRONG"), flush=True)
    return isRight


def cost_of(port, text):
    """The number of tokens that a call costs, from a header field in a separate session."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    body = json.dumps({"model": "gpt-4o-mini", "messages": [{"role": "user", "content": text}], "max_tokens": 60})
    connection.request(
        "POST", "/v1/chat/completions", body,
        {"content-type": "application/json", "authorization": "Bearer x", "x-sparring-session": "alone"})
    answer = connection.getresponse()
    answer.read()
    return int(answer.getheader("x-ratelimit-limit-tokens")) - int(answer.getheader("x-ratelimit-remaining-tokens"))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binary")
    parser.add_argument("--processes", default="1,2,4", help="the numbers of servers, separated by commas")
    parser.add_argument("--calls", type=int, default=20_000)
    parser.add_argument("--sessions", type=int, default=200)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--first-seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=16)
    parser.add_argument("--limit-seconds", type=float, default=20, help="0: without the test of limits")
    parser.add_argument("--direct", action="store_true", help="without nginx")
    wanted = parser.parse_args()
    wanted.binary = str(pathlib.Path(wanted.binary).resolve())
    postgres = Postgres()
    isRight = True
    try:
        with tempfile.TemporaryDirectory(prefix="fleet-") as name:
            folder = pathlib.Path(name)
            for processes in map(int, wanted.processes.split(",")):
                for seed in range(wanted.first_seed, wanted.first_seed + wanted.seeds):
                    isRight = one_journal(wanted, postgres, processes, seed, folder) and isRight
            if wanted.limit_seconds:
                isRight = limits(wanted, postgres, folder) and isRight
    finally:
        postgres.stop()
    sys.exit(0 if isRight else 1)


if __name__ == "__main__":
    main()
