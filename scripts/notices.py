#!/usr/bin/env python3
"""The licences of the parts that the packed program contains: the packages that Package.resolved names, and Swift's own libraries.

    notices.py          prints the text that `make dist` packs as THIRD-PARTY-NOTICES.txt
"""

import json
import pathlib
import shutil
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
CHECKOUTS = ROOT / ".build/checkouts"
# The licence of a package comes first, then its notice. The Apache licence requires both texts.
NAMES = ("LICENSE*", "NOTICE*")
TITLE = """\
Sparring contains the software named below, each part under its own licence.
The licence of Sparring itself is in LICENSE.
"""


def packages():
    """Returns (name, version, address, folder) for each package of the build, by name."""
    pins = json.loads((ROOT / "Package.resolved").read_text())["pins"]
    for pin in sorted(pins, key=lambda pin: pin["identity"]):
        address = pin["location"].removesuffix(".git")
        yield pin["identity"], pin["state"].get("version", pin["state"]["revision"]), address, CHECKOUTS / address.split("/")[-1]


def swift():
    """The folder with the licence of the toolchain, whose libraries are linked into the program; None if it has no licence."""
    program = shutil.which("swift")
    folder = pathlib.Path(program).resolve().parent.parent / "share/swift" if program else None
    return folder if folder and any(folder.glob("LICENSE*")) else None


def texts(folder):
    return [file.read_text(errors="replace").strip() for name in NAMES for file in sorted(folder.glob(name))]


def text():
    parts = [TITLE]
    toolchain = swift()
    sources = list(packages()) + ([("swift", "the toolchain of the build", "https://www.swift.org", toolchain)] if toolchain else [])
    for name, version, address, folder in sources:
        found = texts(folder)
        if not found:
            sys.exit(f"notices: {folder} has no licence: build first, or add its file name to NAMES")
        parts.append("\n\n".join([f"{'=' * 80}\n{name} {version}\n{address}\n{'=' * 80}", *found]) + "\n")
    return "\n".join(parts)


if __name__ == "__main__":
    print(text(), end="")
