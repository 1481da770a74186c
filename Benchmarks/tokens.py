#!/usr/bin/env python3
"""Counts the same texts with `sparring tokens count` and with tiktoken, alternately, and prints nanoseconds per byte of both.

    tokens.py [--binary PATH] [--runs 7]

Needs .venv (scripts/venv.sh), .vocabularies (scripts/vocabularies.sh) and a release build (make release). Only counting is
timed, without start and reading the vocabulary; the table shows the best of all runs for both.
"""

import argparse
import json
import os
import pathlib
import random
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
os.environ["TIKTOKEN_CACHE_DIR"] = str(ROOT / ".vocabularies")

import tiktoken  # noqa: E402

SIZE = 1_000_000


def texts():
    r = random.Random(1)
    code = "".join(path.read_text() for path in sorted((ROOT / "Sources").rglob("*.swift")))
    prose = "".join(path.read_text() for path in sorted((ROOT / "docs").rglob("*.md")))
    letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
    return {
        "Swift code": code[:SIZE],
        "English prose": (prose * (SIZE // len(prose) + 1))[:SIZE],
        "JSON": json.dumps([{"id": i, "name": f"item {i}", "value": i * 3.7} for i in range(20_000)])[:SIZE],
        "random Chinese characters": "".join(chr(r.randint(0x4E00, 0x9FA5)) for _ in range(SIZE // 3)),
        "random letters, one word": "".join(r.choice(letters) for _ in range(SIZE)),
        "one letter a million times": "a" * SIZE,
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", type=pathlib.Path)
    parser.add_argument("--runs", type=int, default=7)
    args = parser.parse_args()
    if args.binary is None:
        shown = subprocess.check_output(["swift", "build", "-c", "release", "--show-bin-path"], cwd=ROOT, text=True)
        args.binary = pathlib.Path(shown.strip()) / "sparring"
    loads = []
    print("| text | encoding | tiktoken, ns per byte | sparring, ns per byte | ratio |\n|---|---|---:|---:|---:|")
    with tempfile.NamedTemporaryFile("w", encoding="utf-8") as file:
        for title, text in texts().items():
            file.seek(0)
            file.truncate()
            file.write(text)
            file.flush()
            size = len(text.encode())
            for name in ("o200k_base", "cl100k_base"):
                encoding = tiktoken.get_encoding(name)
                theirs, ours = [], []
                for _ in range(args.runs):
                    start = time.perf_counter()
                    count = len(encoding.encode_ordinary(text))
                    theirs.append((time.perf_counter() - start) * 1e9 / size)
                    shown = subprocess.check_output(
                        [args.binary, "tokens", "count", file.name, "--encoding", name, "--json"], text=True)
                    seen = json.loads(shown)
                    if not seen["exact"] or seen["tokens"] != count:
                        raise SystemExit(f"tokens: {title}: {seen} where tiktoken counts {count}")
                    ours.append(seen["count_ms"] * 1e6 / size)
                    loads.append((name, seen["load_ms"]))
                best = min(theirs), min(ours)
                print(f"| {title} | {name} | {best[0]:.1f} | {best[1]:.1f} | {best[0] / best[1]:.1f} |", flush=True)
    for name in ("o200k_base", "cl100k_base"):
        print(f"\nReading and checking {name}: {min(ms for n, ms in loads if n == name):.1f} ms at best.", end="")
    print()


main()
