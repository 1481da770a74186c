#!/usr/bin/env python3
"""Grades the clients that docs/verdicts.md tells of, and writes the table into it.

    verdicts.py                     the table, on standard output
    verdicts.py --markdown          into docs/verdicts.md
    verdicts.py --repeat 20         the good client and the official package, so often: are the verdicts always the same?
    verdicts.py --repeat 20 --busy  the same, with every core kept busy
"""

import argparse
import collections
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
PYTHON = str(ROOT / ".venv/bin/python3")
CLIENTS = ROOT / "fixtures/drivers/clients"

SUBJECTS = {
    "openai": [PYTHON, str(CLIENTS / "python/openai_ask.py")],
    "openai, `max_retries=0`": [PYTHON, str(CLIENTS / "python/openai_ask.py"), "--max-retries", "0"],
    "httpx loop": [PYTHON, str(CLIENTS / "python/httpx_loop.py")],
    "curl loop": [str(CLIENTS / "shell/curl_loop.sh")],
}
GOOD = [str(ROOT / "fixtures/drivers/good")]


def binary() -> str:
    shown = subprocess.run(["swift", "build", "--show-bin-path"], cwd=ROOT, capture_output=True, text=True, check=True)
    return os.environ.get("SPARRING_BINARY", shown.stdout.strip() + "/sparring")


def grade(sparring: str, command: list[str]) -> dict[str, str]:
    """The last verdict on every case, in the order of the cases."""
    with tempfile.TemporaryDirectory() as folder:
        log = pathlib.Path(folder) / "report.jsonl"
        subprocess.run([sparring, "check", "--quiet", "--out", log, "--", *command], stdout=subprocess.DEVNULL, check=False)
        events = [json.loads(line) for line in log.read_text().splitlines()]
    wanted = next(event["cases"] for event in events if event["event"] == "run.start")
    verdicts = {event["case"]: event["verdict"] for event in events if event["event"] == "case.end"}
    return {case: verdicts.get(case, "not run") for case in wanted}


def table(sparring: str) -> str:
    columns = {name: grade(sparring, command) for name, command in SUBJECTS.items()}
    lines = ["| case | " + " | ".join(columns) + " |", "|---|" + "---|" * len(columns)]
    for case in next(iter(columns.values())):
        verdicts = [column[case] for column in columns.values()]
        lines.append(f"| `{case}` | " + " | ".join(v if v == "pass" else f"**{v}**" for v in verdicts) + " |")
    return "\n".join(lines) + "\n"


def repeat(sparring: str, times: int, busy: bool) -> int:
    """Says how often each set of verdicts came. More than one set is a failure."""
    burners = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(os.cpu_count() if busy else 0)]
    differ = 0
    try:
        for name, command in (("good client", GOOD), ("openai", SUBJECTS["openai"])):
            seen = collections.Counter()
            for _ in range(times):
                seen[json.dumps(grade(sparring, command))] += 1
            print(f"{name}: {times} runs, {len(seen)} different set{'s' * (len(seen) != 1)} of verdicts")
            for verdicts, count in seen.most_common():
                uneven = {case: verdict for case, verdict in json.loads(verdicts).items() if verdict != "pass"}
                print(f"  {count} times: {uneven or 'all pass'}")
            differ += len(seen) != 1
    finally:
        for burner in burners:
            burner.kill()
    return 1 if differ else 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--markdown", action="store_true")
    parser.add_argument("--repeat", type=int, metavar="N")
    parser.add_argument("--busy", action="store_true")
    arguments = parser.parse_args()
    sparring = binary()
    if arguments.repeat:
        return repeat(sparring, arguments.repeat, arguments.busy)
    text = table(sparring)
    if not arguments.markdown:
        print(text, end="")
        return 0
    page = ROOT / "docs/verdicts.md"
    marks = r"(<!-- verdicts: make verdicts -->\n).*?(<!-- /verdicts -->)"
    page.write_text(re.sub(marks, lambda match: match[1] + text + match[2], page.read_text(), flags=re.S))
    return 0


if __name__ == "__main__":
    sys.exit(main())
