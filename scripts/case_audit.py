#!/usr/bin/env python3
"""Checks that every case has its row in docs/internals/case-audit.md, under the heading of its theme, and that every row has its case. A
case that answers with the bytes of a chat completion needs `chat`: a program that only creates responses cannot read them."""

import json
import pathlib
import re
import sys

import yaml

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs/internals/case-audit.md"
FOLDER = ROOT / "scenarios/conformance"
COLUMNS = 4


def answers(case):
    """The steps of a case."""
    return [step for rule in [case, *case.get("rules", [])] for step in rule.get("steps", [])]


def is_chat(step):
    """Whether a step answers with the bytes of a chat completion."""
    raw = step.get("raw", {})
    body = json.dumps(raw["json"]) if "json" in raw else str(raw.get("body", ""))
    return raw.get("status", 200) == 200 and re.search(r'"object": ?"chat\.completion"', body)


def without_chat(file):
    """The cases of a file that answer with a chat completion and do not need `chat`."""
    defaults = file.get("defaults", {})
    for case in file["cases"]:
        operation = {**defaults.get("task", {}), **case.get("task", {})}.get("op", "chat")
        if operation == "chat" and "chat" not in case.get("needs", defaults.get("needs", [])) and any(map(is_chat, answers(case))):
            yield case["id"]


def problems(page=PAGE, folder=FOLDER):
    files = [yaml.safe_load(file.read_text()) for file in sorted(folder.glob("*.yaml"))]
    cases = {case["id"] for file in files for case in file["cases"]}
    found = [f"{case} answers with a chat completion: add `needs: [chat]`" for file in files for case in without_chat(file)]
    # The plain calls before a run detect what a client can do. The plain calls are audited together with the themes that need them.
    cases = {case for case in cases if not case.startswith("sanity.")}
    seen, theme = set(), None
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
