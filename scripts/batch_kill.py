#!/usr/bin/env python3
"""Kills a server with SIGKILL while it works on a batch, at random moments, and compares the file with the answers that the client has received.

    batch_kill.py [--rounds 50] [--lines 4000] [--seed 1] [--binary .build/debug/sparring]

A round: `serve --db FILE`, a file and a batch from the official client, SIGKILL while lines are answered, again and again
until the batch has ended. After each restart the acknowledged file and batch must still exist, with counts that never
decrease; at the end every line has exactly one result, and the counts agree with the files.
"""

import argparse
import json
import os
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import time

import openai

ROOT = pathlib.Path(__file__).resolve().parent.parent


def start(binary, file, directory):
    ready = directory / "ready"
    ready.unlink(missing_ok=True)
    process = subprocess.Popen(
        [binary, "serve", "--port", "0", "--quiet", "--db", file, "--journal", "heads", "--ready-file", ready])
    while not ready.exists():
        if process.poll() is not None:
            sys.exit(f"batch_kill: the server ended with {process.returncode}")
        time.sleep(0.005)
    return process, openai.OpenAI(base_url=ready.read_text().strip(), api_key="sk-x", max_retries=0)


def line(number):
    body = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": f"hello {number}"}]}
    if number % 10 == 9:
        body["n"] = 0
    return json.dumps({"custom_id": f"r{number}", "method": "POST", "url": "/v1/chat/completions", "body": body})


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=50, help="kills of a running batch")
    parser.add_argument("--lines", type=int, default=4000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--binary", default=ROOT / ".build/debug/sparring")
    wanted = parser.parse_args()
    dice = random.Random(wanted.seed)
    text = "\n".join(line(number) for number in range(wanted.lines)).encode()
    good = wanted.lines - wanted.lines // 10
    kills = batches = 0
    with tempfile.TemporaryDirectory() as name:
        directory = pathlib.Path(name)
        process, client = start(wanted.binary, directory / "s.sqlite", directory)
        while kills < wanted.rounds:
            file = client.files.create(file=("in.jsonl", text), purpose="batch").id
            batch = client.batches.create(
                input_file_id=file, endpoint="/v1/chat/completions", completion_window="24h")
            seen = 0
            while True:
                time.sleep(dice.uniform(0, 0.25))
                state = client.batches.retrieve(batch.id)
                done = state.request_counts.completed + state.request_counts.failed
                assert done >= seen, f"{seen} results became {done}"
                seen = done
                if state.status == "completed":
                    break
                time.sleep(dice.uniform(0, 0.25))
                os.kill(process.pid, signal.SIGKILL)
                process.wait()
                kills += 1
                process, client = start(wanted.binary, directory / "s.sqlite", directory)
                assert client.files.retrieve(file).bytes == len(text)
            results = [
                json.loads(row)
                for part in (state.output_file_id, state.error_file_id)
                for row in client.files.content(part).text.splitlines()]
            assert sorted(row["custom_id"] for row in results) == sorted(f"r{n}" for n in range(wanted.lines))
            counts = (state.request_counts.total, state.request_counts.completed, state.request_counts.failed)
            assert counts == (wanted.lines, good, wanted.lines - good), counts
            batches += 1
        process.terminate()
        process.wait()
    print(f"{kills} kills, {batches} batches of {wanted.lines} lines: every line has one result, all counts agree")


if __name__ == "__main__":
    main()
