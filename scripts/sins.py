#!/usr/bin/env python3
"""Plays the kit's sins against cases in one run, and compares the verdicts with fixtures/drivers/sins.json.

    sins.py THEME …                  every sin that has a case in these themes, against all cases of these themes
    sins.py --sins A,B THEME …       these sins alone
    sins.py --all-sins THEME …       every sin there is
    sins.py --cases ID,ID THEME …    these cases of the themes alone

Each pair of sin and case is a case of its own in a copy of the case files, so that thousands of pairs share one start of the program and one
probe. SPARRING_BINARY names the program. Exit code 1 if a verdict differs.
"""

import argparse
import copy
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import yaml

from check import core_loader

ROOT = pathlib.Path(__file__).resolve().parent.parent
CASES = ROOT / "scenarios/conformance"
DRIVERS = ROOT / "fixtures/drivers"
BAD = ("fail", "warn", "timeout")


def pairs_of(sins: dict, themes: list[str], named: list[str], every: bool, only: list[str]):
    """Yields the theme, the case and the name of a sin of each pair."""
    for theme in themes:
        file = yaml.load((CASES / f"{theme}.yaml").read_text(), core_loader(yaml))
        own = {name for name, cases in sins.items() if any(case.partition(".")[0] in themes for case in cases)}
        level = file.get("defaults", {}).get("level")
        for case in file["cases"]:
            is_scored = case.get("level", level) in ("must", "should")
            for name in named or sorted(sins if every else own):
                if is_scored and (not only or case["id"] in only):
                    yield file, case, name


def written(folder: pathlib.Path, pairs) -> tuple[dict[str, tuple[str, str]], dict[str, str]]:
    """Writes a case file for each pair's theme. Returns the case and the mutant of each copy, and the plan: which mutant plays which copy."""
    files, copies = {}, {}
    for number, (file, case, name) in enumerate(pairs, 1):
        theme = file["theme"]
        target = files.setdefault(theme, {**file, "theme": f"copy-{theme}", "cases": []})
        ident = f"copy-{theme}.n{number}"
        target["cases"].append({**copy.deepcopy(case), "id": ident})
        copies[ident] = (case["id"], name)
    for theme, file in files.items():
        (folder / f"copy-{theme}.yaml").write_text(yaml.safe_dump(file, sort_keys=False, allow_unicode=True, width=10_000))
    return copies, {ident: name for ident, (_, name) in copies.items()}


def names_in(text: str) -> list[str]:
    return [part for part in text.split(",") if part]


def verdicts_of(log: pathlib.Path) -> dict[str, str]:
    events = [json.loads(line) for line in log.read_text().splitlines()]
    return {event["case"]: event["verdict"] for event in events if event["event"] == "case.end"}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sins", default="")
    parser.add_argument("--all-sins", action="store_true")
    parser.add_argument("--cases", default="")
    parser.add_argument("--jobs", default="8")
    parser.add_argument("themes", nargs="+")
    options = parser.parse_args()
    sins = json.loads((DRIVERS / "sins.json").read_text())
    sparring = os.environ.get("SPARRING_BINARY", str(ROOT / ".build/debug/sparring"))
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        chosen = pairs_of(sins, options.themes, names_in(options.sins), options.all_sins, names_in(options.cases))
        copies, plan = written(folder, chosen)
        (folder / "plan.json").write_text(json.dumps(plan))
        log = folder / "log.jsonl"
        command = [sparring, "check", "copy-*", "--cases", scratch, "--can", "cancel,timeout", "--jobs", options.jobs, "--quiet", "--out", log]
        command += ["--", DRIVERS / "mutants", "--plan", folder / "plan.json"]
        environment = os.environ | {"PYTHONPYCACHEPREFIX": str(folder / "compiled")}
        subprocess.run(command, stdout=subprocess.DEVNULL, env=environment, check=False)
        if not log.exists():
            sys.exit("sins: the check did not begin")
        verdicts = verdicts_of(log)
    wrong = []
    for ident, (case, name) in copies.items():
        verdict = verdicts.get(ident, "not run")
        if (verdict in BAD) != (case in sins[name]) or verdict == "not run":
            wrong.append(f"{name} in {case}: {verdict}, but sins.json {'has' if case in sins[name] else 'does not have'} the case")
    print("\n".join(wrong + [f"{len(copies)} pairs, {len(wrong)} differ"]))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
