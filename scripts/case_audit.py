#!/usr/bin/env python3
"""Every case has its row in docs/internals/case-audit.md, under the heading of its theme, and every row has its case."""

import pathlib
import re
import sys

import yaml

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs/internals/case-audit.md"
FOLDER = ROOT / "scenarios/conformance"
COLUMNS = 4


def problems(page=PAGE, folder=FOLDER):
    cases = {case["id"] for file in sorted(folder.glob("*.yaml")) for case in yaml.safe_load(file.read_text())["cases"]}
    # The plain calls before a run detect what a client can do. They are audited with the themes that need them.
    cases = {case for case in cases if not case.startswith("sanity.")}
    found, seen, theme = [], set(), None
    for number, line in enumerate(page.read_text().splitlines(), 1):
        if line.startswith("## "):
            theme = line.removeprefix("## ").strip()
        match = re.match(r"\| `([a-z-]+)\.([a-z0-9-]+)` \|", line)
        # Other tables name cases, too: only rows under their own theme are rows of the audit.
        if not match or match[1] != theme:
            continue
        case, place = f"{match[1]}.{match[2]}", f"{page.name}:{number}"
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip().strip("|"))]
        if len(cells) != COLUMNS or not all(cells):
            found.append(f"{place}: {case} needs {COLUMNS} cells, none of them empty")
        if case in seen:
            found.append(f"{place}: {case} has two rows")
        if case not in cases:
            found.append(f"{place}: there is no case {case}; delete its row")
        seen.add(case)
    missing = sorted(cases - seen)
    return found + [f"{page.name}: {case} has no row. Read the case, and say what it assumes and who passes and fails it." for case in missing]


if __name__ == "__main__":
    sys.exit("\n".join(problems()) or None)
