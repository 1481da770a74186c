#!/usr/bin/env python3
"""Plays cases with clients that each have one deliberate mistake (a "sin"), and compares the verdicts with fixtures/drivers/sins.json.

    sins.py THEME …                  every sin that has a case in these themes, against all cases of these themes
    sins.py --sins A,B THEME …       these sins alone
    sins.py --all-sins THEME …       every sin there is
    sins.py --cases ID,ID THEME …    these cases of the themes alone
    sins.py all                      every sin against every case of every theme (`make self-test`)
    sins.py all --part 2/8           the second of eight parts of that

Each pair of sin and case is a case of its own in a copy of the case files, so that hundreds of pairs share one start of the program and one
probe. With `all` or `--all-sins`, the good client first plays the cases, and notes which fields of its policy it reads in each: a sin that
changes none of them cannot change the verdict, so that pair is not played. SPARRING_BINARY names the program. Exit code 1 if a verdict
differs, or if the good client does not pass a case.
"""

import argparse
import copy
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

import yaml

import sin_pairs
from sin_pairs import DRIVERS, ROOT

BAD = ("fail", "warn", "timeout")
# The pairs of one run. A run that is stopped loses only its own verdicts.
AT_ONCE = 600


def written(folder: pathlib.Path, pairs: list[tuple[str, str]]) -> dict[str, tuple[str, str]]:
    """Writes a case file for each theme, and the plan: which client with a sin plays which copy of a case. Returns the case and the sin of
    each copy."""
    files, cases, copies = {}, {}, {}
    for number, (case, name) in enumerate(pairs, 1):
        theme = case.partition(".")[0]
        if theme not in files:
            file = sin_pairs.file_of(theme)
            cases |= {case["id"]: case for case in file["cases"]}
            files[theme] = {**file, "theme": f"copy-{theme}", "cases": []}
        ident = f"copy-{theme}.n{number}"
        files[theme]["cases"].append({**copy.deepcopy(cases[case]), "id": ident})
        copies[ident] = (case, name)
    for theme, file in files.items():
        (folder / f"copy-{theme}.yaml").write_text(yaml.safe_dump(file, sort_keys=False, allow_unicode=True, width=10_000))
    (folder / "plan.json").write_text(json.dumps({ident: name for ident, (_, name) in copies.items()}))
    return copies


def names_in(text: str) -> list[str]:
    return [part for part in text.split(",") if part]


class Kit:
    """Plays cases with a client, and returns the last verdict on each."""

    def __init__(self, scratch: pathlib.Path, jobs: str):
        self.scratch, self.jobs = scratch, jobs
        self.sparring = os.environ.get("SPARRING_BINARY", str(ROOT / ".build/debug/sparring"))

    def check(self, patterns: list, client: list) -> dict[str, str]:
        log = self.scratch / "log.jsonl"
        log.unlink(missing_ok=True)
        command = [self.sparring, "check", *patterns, "--can", "cancel,timeout", "--jobs", self.jobs, "--quiet", "--out", log, "--", *client]
        environment = os.environ | {"PYTHONPYCACHEPREFIX": str(self.scratch / "compiled")}
        subprocess.run(command, stdout=subprocess.DEVNULL, env=environment, check=False)
        if not log.exists():
            sys.exit("sins: the check did not begin")
        events = [json.loads(line) for line in log.read_text().split("\n") if line]
        return {event["case"]: event["verdict"] for event in events if event["event"] == "case.end"}

    def differences(self, pairs: list[tuple[str, str]], expected: dict[str, list[str]]) -> list[str]:
        """A line for each pair whose verdict is not the expected one."""
        with tempfile.TemporaryDirectory(dir=self.scratch) as folder:
            copies = written(pathlib.Path(folder), pairs)
            client = [DRIVERS / "mutants", "--plan", pathlib.Path(folder) / "plan.json"]
            verdicts = self.check(["copy-*", "--cases", folder], client)
        found = []
        for ident, (case, name) in copies.items():
            verdict = verdicts.get(ident, "not run")
            if (verdict in BAD) != (case in expected[name]) or verdict == "not run":
                has = "has" if case in expected[name] else "does not have"
                found.append(f"{name} in {case}: {verdict}, but sins.json {has} the case")
        return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sins", default="")
    parser.add_argument("--all-sins", action="store_true")
    parser.add_argument("--cases", default="")
    parser.add_argument("--part", default="1/1", metavar="N/OF")
    parser.add_argument("--jobs", default="8")
    parser.add_argument("themes", nargs="+")
    options = parser.parse_args()
    expected = sin_pairs.sins()
    is_whole = options.themes == ["all"]
    themes = sin_pairs.themes() if is_whole else options.themes
    every = options.all_sins or is_whole
    names = names_in(options.sins) or (sorted(expected) if every else sin_pairs.own(themes))
    pairs = sin_pairs.pairs(themes, names, names_in(options.cases))
    wrong = []
    with tempfile.TemporaryDirectory() as scratch:
        kit = Kit(pathlib.Path(scratch), options.jobs)
        count = len(pairs)
        if every and not options.sins:
            noted = sin_pairs.noted(kit, pathlib.Path(scratch) / "notes", themes)
            wrong += [f"the good client in {case}: {verdict}" for case, verdict in noted.verdicts.items() if verdict != "pass"]
            pairs = sin_pairs.that_can_differ(pairs, noted.fields)
        number, parts = map(int, options.part.split("/"))
        pairs = pairs[number - 1 :: parts]
        print(f"sins: {len(pairs)} of {count} pairs are played" + (f" in part {options.part}" if parts > 1 else ""), flush=True)
        begun = time.monotonic()
        for start in range(0, len(pairs), AT_ONCE):
            found = kit.differences(pairs[start : start + AT_ONCE], expected)
            wrong += found
            print("\n".join(found + [f"sins: {min(start + AT_ONCE, len(pairs))} pairs, {len(wrong)} differ, {time.monotonic() - begun:.0f} s"]), flush=True)
    print(f"{len(pairs)} pairs, {len(wrong)} differ")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
