"""The rule `paths` of scripts/check.py: every file that docs/architecture.md names exists."""

import fnmatch
import re
import subprocess

PAGE = "docs/architecture.md"
# A pattern for the name of a file or folder. In such a name, `*` stands for several files.
NAME = re.compile(r"[\w.*+-]*(?:/[\w.*+-]+)*\.(?:swift|py|yaml|json|md)\b|(?<![\w/])[A-Z]\w*(?:/\w+)*/(?=[\s`)])")
# Names that look like files but are not in the repository: a package, and a file of the user.
OTHERS = {"GRDB.swift", "sparring.yaml"}
# Files that pending renames create. Delete a row as soon as its file exists.
PENDING: set[str] = set()


def names(page):
    # Links are relative to the folder of the page.
    return sorted({re.sub(r"^(\.\./)+", "", name) for name in NAME.findall(page)} - OTHERS)


def missing(names, files):
    """Names that are neither the path of a file nor the end of a file's path. A folder must be the start of a file's path below the root or
    Sources/."""
    folders = {file[: file.rindex("/") + 1] for file in files if "/" in file}
    folders |= {folder[: end + 1] for folder in folders for end in range(len(folder)) if folder[end] == "/"}

    def exists(name):
        if name.endswith("/"):
            return any(folder == name or folder.endswith("/" + name) for folder in folders)
        return any(fnmatch.fnmatchcase(file, name) or fnmatch.fnmatchcase(file, "*/" + name) for file in files)

    return [name for name in names if not exists(name)]


def problems(root, pending=None):
    pending = PENDING if pending is None else pending
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=root, capture_output=True, text=True, check=True
    )
    files = [file for file in listed.stdout.splitlines() if (root / file).exists()]
    absent = missing(names((root / PAGE).read_text()), files)
    found = [
        f"{PAGE} names {name}, but there is no such file. Correct the page."
        for name in absent
        if name.rsplit("/")[-1] not in pending
    ]
    there = sorted(set(pending) - {name.rsplit("/")[-1] for name in absent})
    return found + ([f"scripts/page_paths.py: delete {', '.join(there)} from PENDING."] if there else [])
