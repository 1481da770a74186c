"""The rule `links` of scripts/check.py: every link of a page leads to an existing page or heading.

A relative link of README.md, CONTRIBUTING.md or a page of docs/ leads to a file or a folder, and its anchor to a heading of that page. A page is
named by a link, not by a code span. Every page of docs/ is reached from docs/README.md. A file of the repository that names `docs/….md` names a
page that exists. Pages stay readable: a paragraph has 100 words at most, README 900, the glossary 40 terms.
"""

import posixpath
import re
import subprocess
import urllib.parse

FRONT_DOOR = "docs/README.md"
MOST_WORDS = {"README.md": 900}
MOST_ROWS = {"docs/glossary.md": 40}
PARAGRAPH = 100
LINK = re.compile(r"\[[^\]]*\]\(\s*<?([^)\s>]+)>?[^)]*\)")
REFERENCE = re.compile(r"^\s{0,3}\[[^\]]+\]:\s+<?(\S+?)>?\s*$", re.M)
SPAN = re.compile(r"(`+)(.+?)\1", re.S)
NAMED = re.compile(r"(?<![\w/.-])docs/[\w./-]+\.md\b")
HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*\s*$", re.M)
ANCHOR = re.compile(r"<a (?:id|name)=\"([^\"]+)\"")


def prose(text):
    """The text with fenced and indented code blanked out. The line breaks are kept, so that line numbers are correct."""
    lines, fence = [], None
    for line in text.splitlines():
        mark = re.match(r"\s{0,3}(```+|~~~+)", line)
        if fence:
            fence = None if mark and mark[1].startswith(fence) else fence
            lines.append("")
        elif mark:
            fence = mark[1]
            lines.append("")
        else:
            lines.append("" if line.startswith(("    ", "\t")) else line)
    return "\n".join(lines)


def without_spans(text):
    return SPAN.sub(lambda match: "\n" * match[0].count("\n"), text)


def slugs(text):
    """The anchors that GitHub gives to the headings of a page."""
    found = set(ANCHOR.findall(text))
    for heading in HEADING.findall(prose(text)):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)
        base = re.sub(r"[^\w\- ]", "", plain.lower()).replace(" ", "-")
        slug, number = base, 0
        while slug in found:
            number += 1
            slug = f"{base}-{number}"
        found.add(slug)
    return found


def targets(text):
    """Every link of a page with the number of the link's line."""
    # A code span may be the text of a link, so the text of a span is blanked, but the span is kept.
    plain = SPAN.sub(lambda match: "x" + "\n" * match[0].count("\n"), prose(text))
    for pattern in (LINK, REFERENCE):
        for match in pattern.finditer(plain):
            yield plain.count("\n", 0, match.start(1)) + 1, match[1]


def broken(pages, files):
    """The broken links of `pages` (path → text); `files` are the paths of the repository."""
    folders = {folder for file in files for folder in above(file)}
    anchors = {path: slugs(text) for path, text in pages.items()}
    found = []
    for path, text in pages.items():
        for line, target in targets(text):
            if re.match(r"[a-z][a-z+.-]*:", target):
                continue
            name, _, anchor = urllib.parse.unquote(target).partition("#")
            place = posixpath.normpath(posixpath.join(posixpath.dirname(path), name)) if name else path
            if place not in files and place not in folders:
                found.append(f"{path}:{line}: the link {target} leads to no file.")
            elif anchor and place in anchors and anchor not in anchors[place]:
                found.append(f"{path}:{line}: {place} has no heading with the anchor #{anchor}.")
        for match in SPAN.finditer(prose(text)):
            if NAMED.fullmatch(match[2].strip()):
                line = prose(text).count("\n", 0, match.start()) + 1
                found.append(f"{path}:{line}: make {match[0]} a link, so that readers can follow it.")
    return found


def above(file):
    while "/" in file:
        file = file.rpartition("/")[0]
        yield file


def unreachable(pages):
    """Pages of docs/ that cannot be reached by links from docs/README.md."""
    seen, waiting = set(), [FRONT_DOOR]
    while waiting:
        path = waiting.pop()
        if path in seen or path not in pages:
            continue
        seen.add(path)
        for _, target in targets(pages[path]):
            name = urllib.parse.unquote(target).partition("#")[0]
            if name and ":" not in name:
                waiting.append(posixpath.normpath(posixpath.join(posixpath.dirname(path), name)))
    return [f"{path} is reached from no page: link it in {FRONT_DOOR}." for path in sorted(pages) if path.startswith("docs/") and path not in seen]


def too_long(pages):
    """Texts that are longer than their limits: paragraphs, list items, README, the glossary. Tables and code do not count."""
    found = []
    for path, text in pages.items():
        if (words := len(text.split())) > MOST_WORDS.get(path, words):
            found.append(f"{path}: {words} words, {MOST_WORDS[path]} at most. Move something to docs/.")
        if (rows := len(re.findall(r"^\| (?!term )\w", text, re.M))) > MOST_ROWS.get(path, rows):
            found.append(f"{path}: {rows} rows, {MOST_ROWS[path]} at most.")
        plain = prose(text)
        for match in re.finditer(r"(?:^(?![|<\s-]|\* |\d+\. ).*\n?)+|^\s*(?:[-*]|\d+\.) .*(?:\n(?!\s*[-*] ).+)*", plain, re.M):
            if (words := len(match[0].split())) > PARAGRAPH:
                found.append(f"{path}:{plain.count(chr(10), 0, match.start()) + 1}: a paragraph of {words} words, {PARAGRAPH} at most. Split it.")
    return found


def stale(texts, files):
    """Names of pages in any file (path → text) that do not exist."""
    return [
        f"{path}:{text.count(chr(10), 0, match.start()) + 1}: there is no page {match[0]}."
        for path, text in texts.items()
        for match in NAMED.finditer(text)
        if match[0] not in files
    ]


def problems(root):
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=root, capture_output=True, text=True, check=True
    )
    files = {file for file in listed.stdout.splitlines() if (root / file).is_file()}
    pages = {file: (root / file).read_text() for file in sorted(files) if is_page(file)}
    texts = {file: read(root / file) for file in sorted(files) if is_ours(file)}
    return broken(pages, files) + unreachable(pages) + too_long(pages) + stale(texts, files)


def is_page(file):
    return file.endswith(".md") and (file.startswith("docs/") or "/" not in file) and file != "CHANGELOG.md"


def is_ours(file):
    """False for recorded traffic, generated sources and the examples of the tests of this script, because they name pages of other
    projects."""
    return not file.startswith("fixtures/") and "/Generated/" not in file and file != "scripts/test_checks.py"


def read(path):
    try:
        return path.read_text()
    except UnicodeDecodeError:
        return ""
