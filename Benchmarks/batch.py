#!/usr/bin/env python3
"""Measures a pipeline of 50,000 lines with the official client: upload, create, poll, download, join by custom_id.

    batch.py [--lines 50000] [--binary .build/release/sparring] [--db FILE]

Prints the seconds of each part and the server's peak memory. `--upload MB` measures an upload of that size instead.
"""

import argparse
import json
import pathlib
import subprocess
import tempfile
import time

import openai

ROOT = pathlib.Path(__file__).resolve().parent.parent


def peak(process):
    rows = dict(row.split(":", 1) for row in open(f"/proc/{process.pid}/status") if ":" in row)
    return f"{int(rows['VmHWM'].split()[0]) / 1024:.0f} MB"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lines", type=int, default=50_000)
    parser.add_argument("--binary", default=ROOT / ".build/release/sparring")
    parser.add_argument("--db")
    parser.add_argument("--upload", type=int, help="MB of one file")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        ready = pathlib.Path(name) / "ready"
        flags = ["--db", wanted.db] if wanted.db else []
        process = subprocess.Popen([wanted.binary, "serve", "--port", "0", "--quiet", "--ready-file", ready, *flags])
        while not ready.exists():
            time.sleep(0.01)
        client = openai.OpenAI(base_url=ready.read_text().strip(), api_key="sk-x", max_retries=0)
        clock = [time.monotonic()]

        def lap(what):
            clock.append(time.monotonic())
            print(f"{what}: {clock[-1] - clock[-2]:.1f} s, peak {peak(process)}", flush=True)

        print(f"at rest: {peak(process)}")
        if wanted.upload:
            path = pathlib.Path(name) / "large"
            path.write_bytes(bytes(wanted.upload << 20))
            clock.append(time.monotonic())
            file = client.files.create(file=path, purpose="fine-tune")
            lap(f"upload of {file.bytes >> 20} MB")
        else:
            text = "\n".join(
                json.dumps(
                    {"custom_id": f"r{n}", "method": "POST", "url": "/v1/chat/completions",
                     "body": {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": f"question {n}"}]}})
                for n in range(wanted.lines)).encode()
            clock.append(time.monotonic())
            file = client.files.create(file=("in.jsonl", text), purpose="batch")
            lap(f"upload of {wanted.lines} lines, {len(text) / 1e6:.1f} MB")
            batch = client.batches.create(
                input_file_id=file.id, endpoint="/v1/chat/completions", completion_window="24h")
            while batch.status not in ("completed", "failed"):
                time.sleep(0.2)
                batch = client.batches.retrieve(batch.id)
            lap(f"batch, {batch.status}")
            rows = [json.loads(row) for row in client.files.content(batch.output_file_id).text.splitlines()]
            found = {row["custom_id"]: row["response"]["body"]["choices"][0]["message"]["content"] for row in rows}
            assert len(rows) == len(found) == wanted.lines
            lap("download and join")
        process.terminate()
        process.wait()


if __name__ == "__main__":
    main()
