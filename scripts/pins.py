#!/usr/bin/env python3
"""Pins everything that tests install from PyPI, with hashes: writes a lock file for each list of packages.

    pins.py             resolves every list again, and writes its lock file; needs `uv` (pip install uv)
    pins.py NAME…       only the lists whose path contains one of these words
    pins.py --check     compares lists and lock files, without the network; `make check` runs it

A lock file contains every package of an environment, for Python 3.10 and newer, or for the versions that a line such as `# Python 3.11` in
the list names. For each package, it contains the SHA-256 of its source distribution and of its wheels for Linux and macOS. `pip install
--require-hashes` then refuses any other file, wherever it comes from: an index, a mirror, or a folder. """

import json
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
OLDEST = "3.10"
# Frameworks that need a newer Python.
NEWER = {"pydantic-ai": "3.11"}
HEAD = "# Made by scripts/pins.py from {source}: run it again after a change there.\n"
SYSTEMS = ("manylinux", "musllinux", "macosx")
MACHINES = ("x86_64", "aarch64", "arm64", "universal2")
# The newest Python for which the lock files contain wheels of extension modules.
PYTHONS = range(10, 15)


def lists():
    """For each environment: the list of its packages, the packages, its lock file, and its oldest Python."""
    for pattern in ("fixtures/**/requirements.txt", "scripts/**/requirements.txt"):
        for source in sorted(ROOT.glob(pattern)):
            text = source.read_text()
            newer = re.search(r"^# Python (3[\d.]+)$", text, re.M)
            yield source.relative_to(ROOT), packages(text), source.with_suffix(".lock"), newer[1] if newer else OLDEST
    source = ROOT / "fixtures/frameworks.json"
    table = json.loads(source.read_text())
    for name, wanted in table.items():
        if name != "*":
            yield source.relative_to(ROOT), [*table["*"], *wanted], source.parent / f"frameworks/{name}.lock", NEWER.get(name, OLDEST)


def line_of(name, text):
    """The line of a package in a list, or its lines with hashes in a lock file."""
    return next(entry + "\n" for entry in re.split(r"\n(?=\S)", text) if entry.startswith(f"{name}=="))


def packages(text):
    return [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]


def fits(file):
    """Whether a developer or CI may install this file: sources, and wheels for Linux and macOS."""
    if not file.endswith(".whl"):
        return True
    python, _, system = file.removesuffix(".whl").split("-")[-3:]
    # A wheel of the stable ABI (abi3) that was built for an old Python works with every newer Python.
    old = "-abi3-" in file or python.startswith(("py2", "py3"))
    new = any(tag in (f"cp3{number}", f"pp3{number}") for number in PYTHONS for tag in python.split("."))
    return (old or new) and (system == "any" or any(name in system for name in SYSTEMS) and any(name in system for name in MACHINES))


def resolved(wanted, oldest):
    """The lines of a lock file."""
    import tomllib

    with tempfile.TemporaryDirectory() as folder:
        source, lock = pathlib.Path(folder, "wanted.txt"), pathlib.Path(folder, "pylock.toml")
        source.write_text("\n".join(wanted) + "\n")
        command = ["uv", "pip", "compile", "--quiet", "--universal", "--python-version", oldest, source, "--output-file", lock]
        subprocess.run(command, check=True)
        rows = tomllib.loads(lock.read_text())["packages"]
    for row in sorted(rows, key=lambda row: (row["name"], row["version"])):
        files = [*row.get("wheels", []), *([row["sdist"]] if "sdist" in row else [])]
        names = {file.get("name") or file["url"].split("#")[0].rsplit("/", 1)[-1]: file["hashes"]["sha256"] for file in files}
        kept = sorted({total for name, total in names.items() if fits(name)}) or sorted(names.values())
        marker = f" ; {row['marker']}" if "marker" in row else ""
        yield f"{row['name']}=={row['version']}{marker}" + "".join(f" \\\n    --hash=sha256:{total}" for total in kept) + "\n"


def normal(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def pinned(text):
    """The versions of each package in a lock file; fails for a package without a hash."""
    found = {}
    for entry in re.split(r"\n(?=\S)", text):
        if match := re.match(r"([\w.-]+)==([^\s;\\]+)", entry):
            if "--hash=sha256:" not in entry:
                raise ValueError(f"{match[1]} has no hash")
            found.setdefault(normal(match[1]), set()).add(match[2])
    return found


def problems():
    """Lists without a lock file, packages that are not in their lock file, and lock files without a list."""
    found, known = [], set()
    for source, wanted, lock, _ in lists():
        known.add(lock)
        name = lock.relative_to(ROOT)
        if not lock.exists():
            found.append(f"{name} is missing. Run scripts/pins.py.")
            continue
        try:
            versions = pinned(lock.read_text())
        except ValueError as error:
            found.append(f"{name}: {error}. Run scripts/pins.py.")
            continue
        for package in wanted:
            match = re.fullmatch(r"([\w.-]+)(?:\[[\w,-]+\])?==(\S+)", package)
            if not match:
                found.append(f"{source}: {package!r} does not name one version (NAME==VERSION).")
            elif match[2] not in versions.get(normal(match[1]), ()):
                found.append(f"{name} does not have {package} of {source}. Run scripts/pins.py.")
    locks = {lock for folder in ("fixtures", "scripts") for lock in (ROOT / folder).rglob("*.lock")}
    return found + [f"{lock.relative_to(ROOT)} belongs to no list of packages." for lock in sorted(locks - known)]


def main():
    if sys.argv[1:] == ["--check"]:
        found = problems()
        print("\n".join(found))
        sys.exit(1 if found else 0)
    for source, wanted, lock, oldest in lists():
        name = str(lock.relative_to(ROOT))
        if sys.argv[1:] and not any(word in name for word in sys.argv[1:]):
            continue
        lines = list(resolved(wanted, oldest))
        lock.parent.mkdir(parents=True, exist_ok=True)
        lock.write_text(HEAD.format(source=source) + "".join(lines))
        print(f"{len(lines):4} packages  {name}", flush=True)


if __name__ == "__main__":
    main()
