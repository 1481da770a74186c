#!/usr/bin/env python3
"""Measures how many of the recordings of a folder of cassettes are imported and replayed.

    cassettes.py FOLDER [--binary PATH] [--verbose]

Each file is imported into a cassette of its own and replayed by a server, which gets every recorded request again. A
recording counts as replayed if the answer has the recorded status and body. The exit code is 1 if a rate is below GOAL.
"""

import argparse
import base64
import collections
import http.client
import json
import pathlib
import subprocess
import sys
import tempfile
import urllib.parse
import zlib

ROOT = pathlib.Path(__file__).resolve().parent.parent
GOAL = 0.99
SKIPPED = {".git", "node_modules", ".venv"}


def imported(binary, file, cassette):
    """Imports a file. Returns its recordings as HAR entries, and the reasons why other recordings were left out."""
    done = subprocess.run([binary, "cassette", "import", cassette, file], capture_output=True, text=True)
    reasons = [line for line in done.stderr.splitlines() if line.strip()]
    if done.returncode:
        return [], reasons or [f"exit code {done.returncode}"]
    archive = subprocess.run([binary, "cassette", "export", cassette, "--format", "har"], capture_output=True, text=True)
    if archive.returncode:
        return [], [archive.stderr.strip()]
    return json.loads(archive.stdout)["log"]["entries"], reasons


def replayed(binary, cassette, entries):
    """Sends the requests of a cassette to a server that replays it. For each request, yields the reason why its answer differs, or None."""
    server = subprocess.Popen(
        [binary, "replay", cassette, "--port", "0", "--ready-file", "-", "--quiet", "--time-scale", "0"],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    try:
        base = server.stdout.readline().strip()
        if not base:
            yield from ("replay does not start" for _ in entries)
            return
        port = urllib.parse.urlsplit(base).port
        for entry in entries:
            yield difference(port, entry)
    finally:
        server.terminate()
        server.wait(30)


def difference(port, entry):
    asked, recorded = entry["request"], entry["response"]
    url = urllib.parse.urlsplit(asked["url"])
    body = asked.get("postData", {}).get("text", "")
    # Keys are masked in the cassette, and no other field decides which recording answers.
    kept = ("content-type", "openai-beta")
    headers = {f["name"]: f["value"] for f in asked["headers"] if f["name"].lower() in kept}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        target = url.path + (f"?{url.query}" if url.query else "")
        connection.request(asked["method"], target, body.encode(), {"authorization": "Bearer x", **headers})
        answer = connection.getresponse()
        data = answer.read()
    except OSError as error:
        return f"{asked['method']} {url.path}: {error}"
    finally:
        connection.close()
    if answer.status != recorded["status"]:
        return f"{asked['method']} {url.path}: {answer.status}, but {recorded['status']} is recorded: {data[:200]!r}"
    content = recorded["content"]
    text = content.get("text", "")
    if answer.getheader("content-encoding") in ("gzip", "deflate"):
        # A HAR archive contains the text of a body, not its bytes as they were sent.
        data = zlib.decompress(data, 47)
    expected = base64.b64decode(text) if content.get("encoding") == "base64" else text.encode()
    return None if data == expected else f"{asked['method']} {url.path}: another body"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--binary", type=pathlib.Path, default=ROOT / ".build/debug/sparring")
    parser.add_argument("--verbose", action="store_true", help="print every file and recording that fails")
    options = parser.parse_args()

    files = [f for f in sorted(options.folder.rglob("*")) if f.is_file() and not SKIPPED & set(f.parts)]
    read, exchanges, same, reasons = 0, 0, 0, collections.Counter()
    for file in files:
        with tempfile.TemporaryDirectory() as scratch:
            cassette = pathlib.Path(scratch, "cassette.sqlite")
            entries, problems = imported(options.binary, file, cassette)
            read += bool(entries)
            exchanges += len(entries)
            misses = [problem for problem in replayed(options.binary, cassette, entries) if problem]
            same += len(entries) - len(misses)
            problems += misses
        for problem in problems:
            reasons[problem.replace(str(file), "FILE").replace(str(cassette), "CASSETTE")[:120]] += 1
            if options.verbose:
                print(f"{file}: {problem}")
    if not exchanges:
        sys.exit(f"cassettes: none of the {len(files)} files of {options.folder} has a recording")
    print("| files | with recordings | recordings | replayed |")
    print("|---:|---:|---:|---:|")
    print(f"| {len(files)} | {read} ({read / len(files):.1%}) | {exchanges} | {same} ({same / exchanges:.1%}) |")
    for reason, number in reasons.most_common(20):
        print(f"{number:5}  {reason}")
    return 1 if same / exchanges < GOAL else 0


if __name__ == "__main__":
    sys.exit(main())
