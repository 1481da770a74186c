#!/usr/bin/env python3
"""Grades the clients of docs/measurements/verdicts.md, and writes the table into that page.

    verdicts.py                     the table, on standard output
    verdicts.py --markdown          into docs/measurements/verdicts.md
    verdicts.py --only openai       grade that client again, and take the last grades of the others
    verdicts.py --repeat 20         grade the good client, the official package, the odd and the unusual clients so often, and compare the
                                    verdicts: a row for each client. Exit code 1 if the verdicts of a run differ
    verdicts.py --repeat 20 --busy  the same, with every core kept busy
    verdicts.py --repeat 20 --only "odd api"  that client alone
"""

import argparse
import collections
import json
import os
import pathlib
import re
import subprocess
import sys
import time

from scorecards import events_of

ROOT = pathlib.Path(__file__).resolve().parent.parent
PYTHON = str(ROOT / ".venv/bin/python3")
CLIENTS = ROOT / "fixtures/drivers/clients"

SUBJECTS = {
    "openai": [PYTHON, str(CLIENTS / "python/openai_ask.py")],
    "openai, `max_retries=0`": [PYTHON, str(CLIENTS / "python/openai_ask.py"), "--max-retries", "0"],
    "httpx loop": [PYTHON, str(CLIENTS / "python/httpx_loop.py")],
    "curl loop": [str(CLIENTS / "shell/curl_loop.sh")],
}
DRIVERS = ROOT / "fixtures/drivers"
ALL = ["--can", "cancel,timeout"]
# The clients whose verdicts are compared from run to run: the options of `check` with the cases, and the command.
REPEATED = {
    "good client": (ALL, [DRIVERS / "good"]),
    "openai": ([], SUBJECTS["openai"]),
    "odd http": (ALL, [DRIVERS / "odd", "http"]),
    "odd api": (ALL, [DRIVERS / "odd", "api"]),
    "odd polls": (["batch.*", "polls.*"], [DRIVERS / "odd", "polls"]),
    "odd fallback": (["no-retry.404-model", "no-retry.413", "retry-after.too-long"], [DRIVERS / "odd", "fallback"]),
    "unusual floats": (["embeddings.*"], [DRIVERS / "unusual", "floats"]),
    "unusual numbers": (["embeddings.*"], [DRIVERS / "unusual", "numbers"]),
    "unusual ids": (["batch.*"], [DRIVERS / "unusual", "ids"]),
    "unusual boundaries": (["files.upload*"], [DRIVERS / "unusual", "boundaries"]),
    "unusual keys": (["no-retry.401"], [DRIVERS / "unusual", "keys"]),
    "unusual background": (["responses.*", "polls.background*", "no-retry.*"], [DRIVERS / "unusual", "background", "--only"]),
}


def binary() -> str:
    if named := os.environ.get("SPARRING_BINARY"):
        return named
    shown = subprocess.run(["swift", "build", "--show-bin-path"], cwd=ROOT, capture_output=True, text=True, check=True)
    return shown.stdout.strip() + "/sparring"


def log_of(name: str) -> pathlib.Path:
    """The log is kept, because the page's explanations refer to it."""
    return ROOT / f".sparring/verdicts/{re.sub(r'[^a-z0-9]+', '-', name).strip('-')}.jsonl"


def grade(sparring: str, command: list[str], log: pathlib.Path, options: list[str] = []) -> None:
    log.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run([sparring, "check", *options, "--quiet", "--out", log, "--", *command], stdout=subprocess.DEVNULL, check=False)


def verdicts(log: pathlib.Path) -> dict[str, str]:
    """The last verdict on every case, in the order of the cases."""
    events = events_of(log)
    if events[-1].get("outcome") not in ("held", "failed"):
        sys.exit(f"verdicts: {log.stem}: {events[-1]}")
    wanted = next(event["cases"] for event in events if event["event"] == "run.start")
    last = {event["case"]: event["verdict"] for event in events if event["event"] == "case.end"}
    return {case: last.get(case, "not run") for case in wanted}


def table(sparring: str, only: str | None) -> str:
    """The cases that at least one client did not pass. A case that all clients pass or skip has no line in the table."""
    for name, command in SUBJECTS.items():
        if only in (None, name):
            grade(sparring, command, log_of(name))
    columns = {name: verdicts(log_of(name)) for name in SUBJECTS}
    counts = {name: collections.Counter(column.values()) for name, column in columns.items()}
    lines = ["| case | " + " | ".join(columns) + " |", "|---|" + "---|" * len(columns)]
    for verdict in ("pass", "fail", "warn", "timeout", "unobserved", "inconclusive", "skip"):
        if any(count[verdict] for count in counts.values()):
            lines.append(f"| **{verdict}** | " + " | ".join(str(count[verdict]) for count in counts.values()) + " |")
    for case in next(iter(columns.values())):
        found = [column[case] for column in columns.values()]
        if set(found) <= {"pass", "skip"}:
            continue
        lines.append(f"| `{case}` | " + " | ".join(v if v in ("pass", "skip") else f"**{v}**" for v in found) + " |")
    return "\n".join(lines) + "\n"


def repeat(sparring: str, times: int, busy: bool, only: str | None) -> int:
    """Prints a row for each client: how long its runs took, and how many of them had verdicts that differ from those of most runs. Any run
    with a different verdict is a failure."""
    burners = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(os.cpu_count() if busy else 0)]
    differ = 0
    print("| client | verdicts | runs | seconds per run | load | runs whose verdicts differ |\n|---|---|---|---|---|---|", flush=True)
    try:
        for name, (options, command) in REPEATED.items():
            if only not in (None, name):
                continue
            seen, seconds, loads, log = collections.Counter(), [], [], log_of(f"repeated {name}")
            for _ in range(times):
                begun = time.monotonic()
                grade(sparring, command, log, options)
                seconds.append(time.monotonic() - begun)
                loads.append(os.getloadavg()[0])
                seen[json.dumps(verdicts(log))] += 1
            usual = json.loads(seen.most_common(1)[0][0])
            counts = ", ".join(f"{count} {verdict}" for verdict, count in collections.Counter(usual.values()).most_common())
            others = times - seen[json.dumps(usual)]
            cells = [name, counts, str(times), span(seconds), span(loads), str(others)]
            print("| " + " | ".join(cells) + " |", flush=True)
            for found, count in seen.most_common()[1:]:
                changed = {case: verdict for case, verdict in json.loads(found).items() if verdict != usual.get(case)}
                print(f"  {name}: {count} of {times} runs: {changed}", file=sys.stderr, flush=True)
            differ += others
    finally:
        for burner in burners:
            burner.kill()
    return 1 if differ else 0


def span(values: list[float]) -> str:
    low, high = f"{min(values):.0f}", f"{max(values):.0f}"
    return low if low == high else f"{low} to {high}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--markdown", action="store_true")
    parser.add_argument("--only", choices=list(SUBJECTS | REPEATED))
    parser.add_argument("--repeat", type=int, metavar="N")
    parser.add_argument("--busy", action="store_true")
    arguments = parser.parse_args()
    sparring = binary()
    if arguments.repeat:
        return repeat(sparring, arguments.repeat, arguments.busy, arguments.only)
    if arguments.only not in (None, *SUBJECTS):
        parser.error(f"{arguments.only} has no column in the table; add --repeat")
    text = table(sparring, arguments.only)
    if not arguments.markdown:
        print(text, end="")
        return 0
    page = ROOT / "docs/measurements/verdicts.md"
    marks = r"(<!-- verdicts: make verdicts -->\n).*?(<!-- /verdicts -->)"
    page.write_text(re.sub(marks, lambda match: match[1] + text + match[2], page.read_text(), flags=re.S))
    return 0


if __name__ == "__main__":
    sys.exit(main())
