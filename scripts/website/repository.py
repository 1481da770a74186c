"""The pages of the repository for the site: README, CONTRIBUTING, CHANGELOG and docs/, at the same paths as in the repository.

Links between pages stay as they are. A link to another file of the repository leads to a page under `files/` with the file's text, since the site
has to be complete by itself.
"""

import os
import pathlib
import posixpath
import re
import subprocess
import urllib.parse

LINK = re.compile(r"(\]\(\s*)([^)\s#]+)(#[^)\s]*)?(\s*\))")
SPAN = re.compile(r"`[^`\n]+`")
LANGUAGES = {".py": "python", ".swift": "swift", ".mjs": "javascript", ".json": "json", ".yaml": "yaml", ".yml": "yaml", ".sh": "sh", ".rb": "ruby"}
LANGUAGES |= {".go": "go", ".java": "java", ".cs": "csharp"}


def paths(root: pathlib.Path) -> list[str]:
    """The tracked files of the repository, and new files that Git does not ignore."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    return sorted(path for path in listed.stdout.splitlines() if (root / path).is_file())


def is_page(path: str) -> bool:
    return path.endswith(".md") and (path.startswith("docs/") or "/" not in path)


def title(text: str) -> str:
    """The first heading."""
    return re.search(r"^# (.+)$", text, re.M)[1]


def pages(root: pathlib.Path) -> dict[str, str]:
    """Path → Markdown: every page of the repository, and a page for each other file to which one of these pages links."""
    tracked = paths(root)
    found, others = {}, {}
    for path in filter(is_page, tracked):
        found[path] = rewritten(path, (root / path).read_text(), tracked, others)
    for target, page in others.items():
        found[page] = listing(root, target, tracked)
    return found


def rewritten(path: str, text: str, tracked: list[str], others: dict[str, str]) -> str:
    """The page for the site. Adds the linked files that are not pages to `others`, each with the page that shows the file."""

    def link(match):
        start, target, anchor, end = match[1], match[2], match[3] or "", match[4]
        if re.match(r"[a-z][a-z+.-]*:", target):
            return match[0]
        place = posixpath.normpath(posixpath.join(posixpath.dirname(path), urllib.parse.unquote(target)))
        if is_page(place):
            return match[0]
        if not any(file == place or file.startswith(place + "/") for file in tracked):
            raise ValueError(f"{path}: the link {target} leads to no file of the repository")
        page = others.setdefault(place, f"files/{place}.md")
        return start + posixpath.relpath(page, posixpath.dirname(path) or ".") + anchor + end

    lines, is_code = [], False
    for line in text.split("\n"):
        if line.lstrip().startswith("```"):
            is_code = not is_code
        elif not is_code:
            line = LINK.sub(link, line)
            # In a table, GitHub needs a backslash before a pipe inside a code span. The generator of the site would show this backslash, so
            # it is removed.
            if line.startswith("|"):
                line = SPAN.sub(lambda span: span[0].replace("\\|", "|"), line)
        lines.append(line)
    return "\n".join(lines)


def listing(root: pathlib.Path, target: str, tracked: list[str]) -> str:
    """A file's text, or the files of a folder."""
    if (root / target).is_file():
        return f"# {posixpath.basename(target)}\n\n`{target}` in the repository.\n\n{fenced(root, target)}"
    lines = [f"# {posixpath.basename(target)}", "", f"The folder `{target}` of the repository.", ""]
    for file in (file for file in tracked if file.startswith(target + "/")):
        lines += [f"## {os.path.relpath(file, target)} {{ data-search-exclude }}", "", fenced(root, file)]
    return "\n".join(lines)


def fenced(root: pathlib.Path, file: str) -> str:
    text = (root / file).read_text().rstrip("\n")
    return block(text, LANGUAGES.get(posixpath.splitext(file)[1], "text"))


def block(text: str, language: str = "text") -> str:
    """A fenced block, whatever the text contains."""
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall(r"`+", text)), default=0))
    return f"{fence}{language}\n{text}\n{fence}\n"
