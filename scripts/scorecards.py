#!/usr/bin/env python3
"""Grades every client of fixtures/drivers/clients/subjects.json and writes docs/measurements/scorecards.

    scorecards.py [NAME…]              grade these clients, or all of them, and print the results
    scorecards.py --write              grade, then write docs/measurements/scorecards: measured.json, README.md and matrix.html
    scorecards.py --gather             without grading: write the same from the latest run of each client on this machine
    scorecards.py --matrix             without grading: write matrix.html from these runs
    scorecards.py --page               without grading: write README.md from measured.json and explanations.json
    scorecards.py --wires              play once each client whose latest run is not on this machine, or is of another version, and print
                                       how many cells of the site's matrix have a wire; the published results stay (`make wires`)
    scorecards.py --repeat 20          repeat a failed case until it was decided this often; a case with another verdict in
                                       between is not published as a failure, and is not repeated
    scorecards.py --check              only compare measured.json, explanations.json and README.md

matrix.html is large and is not tracked. It is made from the logs of the runs (.sparring/scorecards), which are not tracked either.

Every failed cell is explained in docs/measurements/scorecards/explanations.json, in a sentence, with its source. A failure without an explanation and
an explanation without a failure fail the command.
"""

import argparse
import collections
import concurrent.futures
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import subjects
from scorecard_page import BAD, page, problems

ROOT = subjects.ROOT
FOLDER = ROOT / "docs/measurements/scorecards"
# The latest results of a client: NAME.json and the run's log, NAME.jsonl. A client may be measured again without the others.
LAST = ROOT / ".sparring/scorecards"
# The number of repetitions of one client that run at the same time: failed cases spend most of their time waiting.
ABREAST = 4


def binary() -> str:
    if "SPARRING_BINARY" in os.environ:
        return os.environ["SPARRING_BINARY"]
    shown = subprocess.run(["swift", "build", "--show-bin-path"], cwd=ROOT, capture_output=True, text=True, check=True)
    return shown.stdout.strip() + "/sparring"


class NotPlayed(Exception):
    """A client that could not be graded."""


def play(sparring: str, subject, cases: list[str], log: pathlib.Path) -> list[dict]:
    """The events of a run."""
    options = ["--driver", "--quiet", "--format", "console", "--out", log]
    done = subprocess.run([sparring, "check", *cases, *options, "--", *subject.command], cwd=ROOT, capture_output=True, text=True)
    if done.returncode not in (0, 1):
        raise NotPlayed(f"{subject.name}: exit code {done.returncode}: {(done.stdout + done.stderr).strip().splitlines()[-1]}")
    return events_of(log)


def events_of(log: pathlib.Path) -> list[dict]:
    """The events of a log, of which each line contains one. The texts in a log may contain U+2028, which must not end a line when the log
    is read."""
    return [json.loads(line) for line in log.read_text().split("\n") if line]


def verdicts(events: list[dict]) -> dict[str, str]:
    """The last verdict on every case."""
    return {event["case"]: event["verdict"] for event in events if event["event"] == "case.end"}


def measure(sparring: str, subject, repeat: int, log: pathlib.Path) -> dict:
    """The results of a client: its version, a verdict for each case, and how often a failed case had the same verdict."""
    events = play(sparring, subject, list(subject.cases), log)
    start = next(event for event in events if event["event"] == "run.start")
    found = {case: verdict for case, verdict in verdicts(events).items() if case in start["cases"]}
    seen = {case: collections.Counter([verdict]) for case, verdict in found.items() if verdict in BAD}
    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(ABREAST) as pool:
        # An undecided repetition does not count as another verdict, but the number of repetitions is limited.
        for turn in range(2 * repeat // ABREAST + 1):
            wanted = [case for case, counts in seen.items() if len(counts) == 1 and counts.total() < repeat]
            if not wanted:
                break
            most = max(repeat - seen[case].total() for case in wanted)
            logs = [pathlib.Path(folder) / f"{turn}-{number}.jsonl" for number in range(min(ABREAST, most))]
            for again in pool.map(lambda log: verdicts(play(sparring, subject, wanted, log)), logs):
                for case in wanted:
                    if again.get(case) != "inconclusive":
                        seen[case][again.get(case, "not played")] += 1
    uneven = {case: dict(counts) for case, counts in seen.items() if len(counts) > 1 or counts.total() < repeat}
    # A failure that does not occur every time, or was not decided often enough, is not published.
    found |= {case: "uneven" for case in uneven}
    tried = {"version": start["client"]["version"], "runs": repeat, "uneven": uneven, "verdicts": found}
    end = next(event for event in events if event["event"] == "run.end")
    return tried | {"seconds": round(end["ms"] / 1000, 1)}


# The maximum number of exchanges of a case that are published. A redirect loop has sixty exchanges, of which the first few are enough.
PUBLISHED = 12


def published(log: pathlib.Path, verdicts: dict[str, str]) -> None:
    """Removes from a log what the matrix does not show: the exchanges of passed cases, passed built-in checks, and the output on this
    machine."""
    lines, counts = [], collections.Counter()
    for event in events_of(log):
        if event["event"] == "wire":
            counts[event["case"]] += 1
            if verdicts.get(event["case"]) not in BAD or counts[event["case"]] > PUBLISHED:
                continue
        if event["event"] == "check" and event["built_in"] and event["verdict"] in ("pass", "skip"):
            continue
        if event["event"] == "case.end":
            event |= {"stdout": "", "stderr": ""}
        lines.append(json.dumps(event, ensure_ascii=False))
    log.write_text("\n".join(lines) + "\n")


def grade(sparring: str, log: pathlib.Path) -> str:
    """The letter of the grade and its fractions, from the last line of the console report; a dash if no case of the set was played."""
    shown = subprocess.run([sparring, "report", log], capture_output=True, text=True, check=True).stdout
    last = shown.strip().splitlines()[-1].split(" · ", 3)[-1]
    return last if "MUST" in last else "–"


def machine() -> str:
    model = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "")
    return f"{os.cpu_count()} cores{f' ({model})' if model else ''}"


def grade_all(wanted: list, repeat: int, jobs: int) -> list[str]:
    """Measures the clients, and stores each result as soon as it is known. Returns the reasons why clients could not be graded."""
    sparring, found = binary(), []
    LAST.mkdir(parents=True, exist_ok=True)

    def one(subject) -> None:
        log = LAST / f"{subject.name}.jsonl"
        try:
            result = measure(sparring, subject, repeat, log) | {"grade": grade(sparring, log)}
        except NotPlayed as problem:
            log.unlink(missing_ok=True)
            found.append(str(problem))
            return
        (LAST / f"{subject.name}.json").write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n")
        bad = {case: verdict for case, verdict in result["verdicts"].items() if verdict in (*BAD, "uneven")}
        print(f"{subject.name} {result['version']}: {result['grade']} · {result['seconds']} s · {bad}", flush=True)

    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        list(pool.map(one, wanted))
    return found


def wires(sparring: str, published: dict, jobs: int) -> None:
    """Plays the clients whose log of the published version is missing, and counts the cells whose exchanges belong to the published
    verdict."""
    LAST.mkdir(parents=True, exist_ok=True)

    def logged(subject) -> tuple[str | None, dict[str, str]]:
        log = LAST / f"{subject.name}.jsonl"
        if not log.exists():
            return None, {}
        events = events_of(log)
        return next(event for event in events if event["event"] == "run.start")["client"]["version"], verdicts(events)

    def one(subject) -> None:
        if logged(subject)[0] == published["subjects"][subject.name]["version"]:
            return
        subject.install()
        play(sparring, subject, list(subject.cases), LAST / f"{subject.name}.jsonl")

    named = [subject for subject in subjects.all_subjects() if subject.name in published["subjects"]]
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        list(pool.map(one, named))
    for subject in named:
        result = published["subjects"][subject.name]
        version, found = logged(subject)
        cells = {case: verdict for case, verdict in result["verdicts"].items() if verdict != "skip" and case in published["cases"]}
        same = [case for case, verdict in cells.items() if found.get(case) == verdict] if version == result["version"] else []
        others = ", ".join(sorted(set(cells) - set(same)))
        print(f"{subject.name}: {len(same)} of {len(cells)} cells have their wire{f'; not {others}' if others else ''}")


def last(published: dict) -> dict:
    """The latest results of all clients, for the page. A client that was not run on this machine keeps its published results."""
    names = [subject.name for subject in subjects.all_subjects()]
    here = [name for name in names if (LAST / f"{name}.json").exists()]
    if not here:
        sys.exit(f"scorecards: {LAST.relative_to(ROOT)} has no run: run make scorecards")
    for name in names:
        if name not in here:
            state = "its published results are kept" if name in published["subjects"] else "it is left out"
            print(f"scorecards: {name} was not run here: {state}", file=sys.stderr)
    names = [name for name in names if name in here or name in published["subjects"]]
    results = {name: json.loads((LAST / f"{name}.json").read_text()) if name in here else published["subjects"][name] for name in names}
    kit, cases = published["kit"], published["cases"]
    for name in here:
        events = events_of(LAST / f"{name}.jsonl")
        kit = events[0]["kit"]
        levels = {event["case"]: event["level"] for event in events if event["event"] == "case.start"}
        cases |= {case: levels[case] for case in events[0]["cases"] if case in levels and not case.startswith("sanity.")}
    return {
        "kit": kit, "machine": machine(), "repeat": min(result["runs"] for result in results.values()),
        "cases": dict(sorted(cases.items(), key=lambda case: case[0].partition(".")[0])), "subjects": results,
    }  # fmt: skip


def write(measured: dict, rows: list[dict]) -> None:
    """Writes the page, the matrix, and the numbers that `--check` reads."""
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / "measured.json").write_text(json.dumps(measured, indent=1, ensure_ascii=False) + "\n")
    (FOLDER / "README.md").write_text(page(measured, rows))
    write_matrix(measured)


def write_matrix(measured: dict) -> None:
    """Writes matrix.html from the log of each client's latest run."""
    with tempfile.TemporaryDirectory() as folder:
        runs = []
        for name, result in measured["subjects"].items():
            if not (LAST / f"{name}.jsonl").exists():
                continue
            log = pathlib.Path(folder) / f"{name}.jsonl"
            log.write_text((LAST / f"{name}.jsonl").read_text())
            published(log, result["verdicts"])
            runs.append(f"{name}={log}")
        matrix = [binary(), "report", *runs, "--format", "html", "--out", FOLDER / "matrix.html"]
        subprocess.run(matrix, check=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--gather", action="store_true")
    parser.add_argument("--matrix", action="store_true")
    parser.add_argument("--page", action="store_true")
    parser.add_argument("--wires", action="store_true")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--repeat", type=int, default=1, metavar="N")
    parser.add_argument("--jobs", type=int, default=2, metavar="N", help="clients at once")
    arguments = parser.parse_args()
    rows = json.loads((FOLDER / "explanations.json").read_text())
    if arguments.check or arguments.page:
        published_last = json.loads((FOLDER / "measured.json").read_text())
        if arguments.page:
            (FOLDER / "README.md").write_text(page(published_last, rows))
        return say(problems(published_last, rows) + stale_page(published_last, rows))
    if arguments.wires:
        wires(binary(), json.loads((FOLDER / "measured.json").read_text()), arguments.jobs)
        return 0
    if not (arguments.gather or arguments.matrix):
        wanted = subjects.chosen(arguments.names)
        for subject in wanted:
            subject.install()
        not_graded = grade_all(wanted, arguments.repeat, arguments.jobs)
        if not_graded or not arguments.write:
            return say(not_graded)
    measured = last(json.loads((FOLDER / "measured.json").read_text()))
    if arguments.matrix:
        write_matrix(measured)
        return 0
    write(measured, rows)
    return say(problems(measured, rows))


def stale_page(measured: dict, rows: list[dict]) -> list[str]:
    is_current = (FOLDER / "README.md").read_text() == page(measured, rows)
    return [] if is_current else ["docs/measurements/scorecards/README.md is stale: run scripts/scorecards.py --page"]


def say(found: list[str]) -> int:
    for problem in found:
        print(f"scorecards: {problem}", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
