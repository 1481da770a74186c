#!/usr/bin/env python3
"""Builds the site from docs/ into dist/site, without references to other hosts: `make site` calls it with the program.

    build.py PROGRAM [--keep FOLDER]    --keep leaves the Markdown that the pages are made from in a folder
"""

import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import case_pages
import client_pages
import fault_pages
import icon
import llms
import navigation
import repository
import scorecards
import yaml

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
SITE = ROOT / "dist/site"
# The front page has no navigation beside it, because it has no neighbouring pages.
FRONT = "---\nhide: [navigation]\n---\n\n"
# A folder's address leads to the page that lists its content.
MOVED = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Sparring</title><meta http-equiv="refresh" content="0; url={place}">
<a href="{place}">{place}</a></html>
"""


def asked(program: str, *arguments: str) -> list[dict]:
    """The value that the program prints as JSON."""
    done = subprocess.run([program, *arguments, "--json"], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def compose(program: str) -> tuple[dict[str, str], list]:
    """The pages by path, and the navigation."""
    cases = [case for case in asked(program, "cases") if case["theme"] != "sanity"]
    faults = asked(program, "faults")
    names = [fault["name"] for fault in faults]
    scores = scorecards.Scorecards(ROOT, program)
    pages = repository.pages(ROOT)
    documents = dict(pages)
    case, fault = r"[a-z-]+\.[a-z0-9-]+", "|".join(names)
    for path, pattern, folder in (
        ("docs/reference/cases.md", case, "../../cases"),
        ("docs/measurements/scorecards/README.md", case, "../../../cases"),
        ("docs/reference/faults.md", fault, "../../faults"),
        ("docs/measurements/fault-clients.md", fault, "../../faults"),
    ):
        pages[path] = navigation.linked(pages[path], pattern, folder)
    pages["README.md"] = FRONT + pages["README.md"]
    pages |= case_pages.pages(ROOT, cases, names, scores)
    pages |= fault_pages.pages(ROOT, faults, case_pages.scripts(ROOT))
    pages |= client_pages.pages(cases, scores)
    pages |= {"llms.txt": llms.index(documents), "llms-full.txt": llms.full(documents)}
    return pages, navigation.tree(documents, cases, faults, scores.clients)


def build(pages: dict[str, str], nav: list, folder: pathlib.Path) -> int:
    """Writes the pages below `folder`, and makes the site from these pages. Returns the generator's exit code."""
    documents = folder / "pages"
    for path, text in pages.items():
        file = documents / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    shutil.copytree(HERE / "assets", documents / "assets")
    settings = {"INHERIT": str(HERE / "mkdocs.yml"), "docs_dir": str(documents), "site_dir": str(SITE), "nav": nav}
    (folder / "mkdocs.yml").write_text(yaml.safe_dump(settings, sort_keys=False, allow_unicode=True))
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--clean", "--config-file", str(folder / "mkdocs.yml")]
    # The theme prints a note about its successor. The note is only for people who choose a theme, so it is removed:
    # docs/internals/website.md.
    code = subprocess.run(command, env=os.environ | {"NO_MKDOCS_2_WARNING": "1"}).returncode
    if code == 0:
        for folder, place in {"cases": "../docs/reference/cases/", "faults": "../docs/reference/faults/"}.items():
            (SITE / folder / "index.html").write_text(MOVED.format(place=place))
        (SITE / "favicon.ico").write_bytes(icon.favicon())
    # llms.txt links to the Markdown of each page, whose address is the same as in the repository.
    for path in pages:
        if repository.is_page(path) and code == 0:
            (SITE / path).parent.mkdir(parents=True, exist_ok=True)
            (SITE / path).write_text(pages[path].removeprefix(FRONT))
    return code


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("--keep", type=pathlib.Path, metavar="FOLDER")
    arguments = parser.parse_args()
    pages, nav = compose(arguments.program)
    if arguments.keep:
        return build(pages, nav, arguments.keep)
    with tempfile.TemporaryDirectory() as folder:
        code = build(pages, nav, pathlib.Path(folder))
    if code == 0:
        print(f"site: {len(list(SITE.rglob('*.html')))} pages in {SITE.relative_to(ROOT)}")
    return code


if __name__ == "__main__":
    sys.exit(main())
