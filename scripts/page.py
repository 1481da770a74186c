"""Writes generated tables into a page of docs/, between two markers, and keeps the text around them."""

import pathlib

ROOT = pathlib.Path(__file__).resolve().parent.parent


def write(path, name, lines):
    """Replaces the text between `<!-- name: begin -->` and `<!-- name: end -->`; creates a missing page."""
    start, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    page = ROOT / path
    text = page.read_text() if page.exists() else f"# {name.capitalize()}\n\n{start}\n{end}\n"
    if start not in text or end not in text:
        raise SystemExit(f"{path} has no {start} … {end} to write between")
    before, rest = text.split(start, 1)
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(before + start + "\n\n" + "\n".join(lines) + "\n\n" + end + rest.split(end, 1)[1])
