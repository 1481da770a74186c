#!/usr/bin/env python3
"""Writes docs/reference/cases.md, the list of the cases, from scenarios/conformance. `--check` only checks whether the page is up to
date."""

import pathlib
import sys

import yaml

ROOT = pathlib.Path(__file__).resolve().parent.parent
FOLDER = ROOT / "scenarios/conformance"
PAGE = ROOT / "docs/reference/cases.md"
HEAD = """# The cases

The {count} cases of `sparring check`, in {themes} themes, and the {sins} sins that the kit tests itself with. `sparring cases show ID` prints what
the server does, what a good client does, and the sources. `make cases` writes this page from the case files.

MUST and SHOULD cases of the set `2026.1` are scored; MAY and INFO cases record what the client does. Cases that are newer than that set
(`structured`, `tls`) are played and reported, but do not yet count for a grade. A case that needs a feature (streams, tools,
objects, files, TLS) is skipped for a program that did not use the feature in the probe: see [grading a program](../guides/grading.md). ○ marks the cases of `--quick`.
"""


def levels(case: dict, theme: dict) -> str:
    return (case.get("level") or theme.get("defaults", {}).get("level")).upper()


def needs(case: dict, theme: dict) -> str:
    defaults = theme.get("defaults", {})
    operation = case.get("task", {}).get("op") or defaults.get("task", {}).get("op", "chat")
    wanted = list(case.get("needs", defaults.get("needs", [])))
    own = {"chat": None, "files.upload": "files", "files.download": "files", "batch": "batches"}
    named = own.get(operation, operation)
    return ", ".join(dict.fromkeys(([named] if named else []) + wanted))


def page() -> str:
    themes = [yaml.safe_load(file.read_text()) for file in sorted(FOLDER.glob("*.yaml"))]
    themes = [theme for theme in themes if theme["theme"] != "sanity"]
    quick = set(yaml.safe_load((FOLDER / "sets/quick.yaml").read_text())["cases"])
    sins = yaml.safe_load((ROOT / "fixtures/drivers/sins.json").read_text())
    count = sum(len(theme["cases"]) for theme in themes)
    lines = [HEAD.format(count=count, themes=len(themes), sins=len(sins))]
    for theme in themes:
        lines += [f"## {theme['theme']}", "", "| case | level | a good client | needs |", "|---|---|---|---|"]
        for case in theme["cases"]:
            mark = " ○" if case["id"] in quick else ""
            title = case["title"].replace("|", "\\|")
            lines.append(f"| `{case['id']}`{mark} | {levels(case, theme)} | {title} | {needs(case, theme)} |")
        lines.append("")
    return "\n".join(lines)


def main() -> int:
    if "--check" in sys.argv:
        return 0 if PAGE.exists() and PAGE.read_text() == page() else 1
    PAGE.write_text(page())
    return 0


if __name__ == "__main__":
    sys.exit(main())
