#!/usr/bin/env python3
"""The clients that the kit is tested with, from fixtures/drivers/clients/subjects.json: their environments, their commands.

    subjects.py install [NAME…]    an environment for each (.venv-NAME), the Swift client built; does nothing if it is up to date
    subjects.py list               names and commands
"""

import dataclasses
import json
import pathlib
import shlex
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
CLIENTS = ROOT / "fixtures/drivers/clients"


@dataclasses.dataclass(frozen=True)
class Subject:
    name: str
    title: str
    # The path is relative to CLIENTS; {python} is the interpreter of the client's environment.
    parts: tuple[str, ...]
    environment: str | None = None
    build: tuple[str, ...] = ()
    # The cases in the client's column; by default all cases.
    cases: tuple[str, ...] = ()

    @property
    def python(self) -> pathlib.Path:
        return ROOT / f".venv-{self.environment}/bin/python3"

    @property
    def command(self) -> list[str]:
        """Returns the command, which must be run in ROOT."""
        return [str(self.python.relative_to(ROOT)) if part == "{python}" else path_of(part) for part in self.parts]

    def install(self) -> None:
        """Installs the command's dependencies."""
        if self.build:
            subprocess.run([*self.build, "--quiet"], cwd=CLIENTS, check=True)
        if not self.environment:
            return
        requirements = CLIENTS / self.environment / "requirements.txt"
        lock = requirements.with_suffix(".lock")
        stamp = self.python.parent.parent / ".installed"
        if stamp.exists() and stamp.read_text() == lock.read_text():
            return
        print(f"subjects: installing {requirements.read_text().strip()}", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", "--clear", self.python.parent.parent], check=True)
        pip = [self.python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "--require-hashes", "--requirement", lock], check=True)
        stamp.write_text(lock.read_text())


def path_of(part: str) -> str:
    """A part of a command: the path of the file of that name beside the clients, or the unchanged part if there is no such file."""
    return str((CLIENTS / part).relative_to(ROOT)) if "/" in part else part


def all_subjects() -> list[Subject]:
    rows = json.loads((CLIENTS / "subjects.json").read_text())
    return [
        Subject(
            row["name"], row["title"], tuple(row["command"]), row.get("environment"), tuple(row.get("build", ())), tuple(row.get("cases", ())))
        for row in rows
    ]


def chosen(names: list[str]) -> list[Subject]:
    subjects = all_subjects()
    strangers = set(names) - {subject.name for subject in subjects}
    if strangers:
        sys.exit(f"subjects: there is no {', '.join(sorted(strangers))}; the names are {', '.join(s.name for s in subjects)}")
    return [subject for subject in subjects if not names or subject.name in names]


def main() -> int:
    action, names = (sys.argv[1:2] or ["help"])[0], sys.argv[2:]
    if action == "install":
        for subject in chosen(names):
            subject.install()
    elif action == "list":
        for subject in chosen(names):
            print(f"{subject.name:18}{shlex.join(subject.command)}")
    else:
        print(__doc__.strip())
        return 64
    return 0


if __name__ == "__main__":
    sys.exit(main())
