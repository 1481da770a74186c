#!/usr/bin/env python3
"""Draws sentences at random for a reader with fresh eyes: thirty that users see, thirty of comments, each with its place.

    sentence_draw.py [COMMIT] [--count 30]    COMMIT (HEAD by default) is the seed; the texts are those of the working tree

The same commit and the same texts give the same draw. A sentence has four words or more, most of them plain words: lists of names, HTML and SQL are
left out. Users see pages, strings of Swift, Python and JavaScript outside tests, titles and reasons of cases, and descriptions in schemas. The strings
of SparringAPI are the API's own and are left out. A cell of a table is printed with its row.
"""

import argparse
import hashlib
import re
import subprocess

import words

LEAST_WORDS = 4
END = re.compile(r"(?<=[.!?])\s+(?=[A-Z`'\"«“])")
# Where a comment begins; a docstring is one.
MARKS = {"py": r"#|\"\"\"|'''"}
# A pattern for the code in a string, which words.py blanks.
CODE = re.compile(r"\\\([^)]*\)")
SQL = re.compile(r"[A-Z]{3,}\b")
# A pattern for rows of compared members, which a script writes.
COMPARED = re.compile(r"\b(only|there|here)\b.*\b(there|here)\b|\bonly (there|here)\b")
PLAIN_WORD = re.compile(r"[(\"'“*_]*[A-Za-z][a-z'’-]*[)\"'”.,:;!?*_]*$")


def is_sentence(text: str) -> bool:
    parts = CODE.sub("", text).split()
    return len(parts) >= LEAST_WORDS and sum(PLAIN_WORD.match(part) is not None for part in parts) > 0.6 * len(parts)


def sentences(path: str, texts: list) -> list[tuple[int, str]]:
    """Returns (line, sentence) for each sentence of each text that is not a heading."""
    found = []
    for text in texts:
        if text.is_heading or path.endswith("fidelity.md") and COMPARED.search(text.text):
            continue
        start = 0
        for part in END.split(text.text.strip()):
            place = text.text.find(part, start)
            start = place + len(part)
            if is_sentence(part):
                found.append((text.line(place), part))
    return found


def kinds(path: str, source: str) -> tuple[list, list]:
    """The texts of a file: those that users see, and its comments."""
    read = words.reader(path)
    if read is None or path.startswith("fixtures/") or path in words.EXEMPT_FILES:
        return [], []
    if read is words.markdown:
        return (read(source), []) if path == "README.md" or path.startswith("docs/") else ([], [])
    if read is words.schema:
        return read(source), []
    if read in (words.shell, words.yaml):
        comments = words.shell(source)
        return [text for text in read(source) if text not in comments], comments
    lines = source.split("\n")
    texts = read(source)
    comments = [text for text in texts if is_comment(path, lines, text)]
    is_shown = path.startswith(("Sources/", "packaging/")) and "/test" not in path and not path.startswith("Sources/SparringAPI/")
    strings = [text for text in texts if text not in comments and not SQL.match(text.text)] if is_shown else []
    return strings, comments


def is_comment(path: str, lines: list[str], text) -> bool:
    line = lines[text.lines[0][1] - 1]
    mark = re.search(MARKS.get(path.rpartition(".")[2], r"//|/\*|^\s*\*"), line)
    return mark is not None and text.text.split()[0] in line[mark.end() :]


def pools() -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Returns (place, sentence) for the sentences that users see, and for those of comments."""
    command = ["git", "ls-files", ":!*/Generated/*", ":!CHANGELOG.md"]
    listed = subprocess.run(command, cwd=words.ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    found = ([], [])
    for path in listed:
        file = words.ROOT / path
        if words.reader(path) is None or not file.is_file():
            continue
        for pool, texts in zip(found, kinds(path, file.read_text())):
            pool += [(f"{path}:{line}", sentence) for line, sentence in sentences(path, texts)]
    return found


def draw(pool: list[tuple[str, str]], count: int, seed: str) -> list[tuple[str, str]]:
    """Returns the first sentences in the order of a digest of seed and sentence. A change of one sentence does not change the draw of the
    others."""
    first = {sentence: place for place, sentence in reversed(pool)}
    chosen = sorted(first, key=lambda sentence: hashlib.sha256(f"{seed} {sentence}".encode()).digest())[:count]
    return [(first[sentence], sentence) for sentence in chosen]


def row_at(place: str) -> str:
    """The row of a table of Markdown at this place; empty for other places."""
    path, _, line = place.rpartition(":")
    text = (words.ROOT / path).read_text().split("\n")[int(line) - 1]
    return text if path.endswith(".md") and text.startswith("|") else ""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("commit", nargs="?", default="HEAD")
    parser.add_argument("--count", type=int, default=30)
    arguments = parser.parse_args()
    shown = subprocess.run(["git", "rev-parse", arguments.commit], cwd=words.ROOT, capture_output=True, text=True, check=True)
    seed = shown.stdout.strip()
    print(f"seed {seed}")
    for name, pool in zip(("that users see", "of comments"), pools()):
        print(f"\n{arguments.count} of {len(pool)} sentences {name}\n")
        for number, (place, sentence) in enumerate(draw(pool, arguments.count, seed), 1):
            print(f"{number:3}  {CODE.sub('…', sentence)}\n     {place}")
            if row := row_at(place):
                print(f"     row: {row}")


if __name__ == "__main__":
    main()
