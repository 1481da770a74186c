#!/usr/bin/env python3
"""Packs a release build: `make dist` runs it. Standard library only.

    dist.py BINARY [--out DIR] [--vocabularies DIR]

Writes into DIR (dist/ by default) the stripped program, a .tar.gz with it, its manual pages, the licences and the vocabularies, a wheel
with the same and the package, and a bill of materials (SPDX 2.3). Equal inputs give equal bytes. Refuses a program that needs more than
glibc. The wheel's tag names the oldest glibc that has every symbol the program needs.
"""

import argparse
import base64
import gzip
import hashlib
import io
import pathlib
import platform
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile

import bom
import manual
import notices

ROOT = pathlib.Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "packaging" / "python" / "sparring"
LICENSE = ROOT / "LICENSE"
NOTICES = "THIRD-PARTY-NOTICES.txt"
VOCABULARIES = ROOT / ".vocabularies"
VOCABULARIES_LICENSE = ROOT / "packaging/vocabularies/LICENSE"
# For each vocabulary, its name in the packed archive, its name in tiktoken's cache, and its published SHA-256.
ENCODINGS = {
    "o200k_base.tiktoken": (
        "fb374d419588a4632f3f557e76b4b70aebbca790",
        "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d",
    ),
    "cl100k_base.tiktoken": (
        "9b5ad71b2ce5302211f9c61530b329a4922fc6a4",
        "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7",
    ),
}

# The libraries of glibc, which the program in a wheel may use (PEP 600).
GLIBC = re.compile(r"(libc|libm|libdl|librt|libpthread|libresolv|ld-linux-[\w-]+)\.so\.\d+")
# This limit detects a program that contains ICU's own tables, because such a program is twice as large.
LARGEST = 64_000_000

# All files are packed with this date, so that equal inputs give equal archives.
EPOCH = (1980, 1, 1, 0, 0, 0)

# Metadata 2.4 is the first version with License-Expression and License-File (PEP 639).
METADATA = """\
Metadata-Version: 2.4
Name: sparring
Version: {version}
Summary: A mock OpenAI server that fails on demand: scripted answers, rate limits, timeouts and broken streams, for tests.
License-Expression: Apache-2.0 AND MIT
License-File: LICENSE
License-File: THIRD-PARTY-NOTICES.txt
License-File: vocabularies/LICENSE
Keywords: openai,mock,testing,pytest,llm
Classifier: Development Status :: 4 - Beta
Classifier: Framework :: Pytest
Classifier: Operating System :: POSIX :: Linux
Classifier: Programming Language :: Python :: 3
Requires-Python: >=3.10
Description-Content-Type: text/markdown

{readme}"""


def fail(text):
    sys.exit(f"dist: {text}")


def output(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def version():
    text = (ROOT / "Sources/SparringCLI/Support/Version.swift").read_text()
    return re.search(r'enum Version \{\s*static let text = "([^"]+)"', text)[1]


def needed(binary):
    return re.findall(r"NEEDED\s+(\S+)", output("objdump", "-p", binary))


def glibc(binary):
    """The newest version of the symbols that the program takes from glibc, as (2, 35)."""
    versions = re.findall(r"GLIBC_(\d+)\.(\d+)", output("objdump", "-T", binary))
    return max((int(major), int(minor)) for major, minor in versions)


def tag(binary):
    major, minor = glibc(binary)
    return f"py3-none-manylinux_{major}_{minor}_{platform.machine()}"


def strip(binary, out):
    out.mkdir(parents=True, exist_ok=True)
    program = out / "sparring"
    subprocess.run(["strip", "--strip-all", "-o", program, binary], check=True)
    program.chmod(0o755)
    return program


def vocabularies(folder):
    """The vocabularies and their licence, by packed name."""
    files = {"LICENSE": VOCABULARIES_LICENSE.read_bytes()}
    for name, (cached, checksum) in ENCODINGS.items():
        file = folder / cached
        if not file.exists():
            fail(f"{file} is missing: run scripts/vocabularies.sh")
        files[name] = file.read_bytes()
        if hashlib.sha256(files[name]).hexdigest() != checksum:
            fail(f"{file} is not the published {name}: remove it and run scripts/vocabularies.sh")
    return files


def tarball(program, out, encodings):
    file = out / f"sparring-{version()}-linux-{platform.machine()}.tar.gz"
    plain = io.BytesIO()
    files = {"sparring": program.read_bytes(), "LICENSE": LICENSE.read_bytes(), NOTICES: notices.text().encode()}
    for name, page in sorted(manual.pages(*manual.described(program)).items()):
        files[f"share/man/man1/{name}"] = page.encode()
    files |= {f"vocabularies/{name}": data for name, data in encodings.items()}
    with tarfile.open(fileobj=plain, mode="w") as tar:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.mode, entry.size = 0o755 if name == "sparring" else 0o644, len(content)
            tar.addfile(entry, io.BytesIO(content))
    file.write_bytes(gzip.compress(plain.getvalue(), 9, mtime=0))
    return file


def for_an_index(page):
    """Prepares a page for a package index: removes the marks of scripts/pages.py and the links into the repository."""
    page = re.sub(r"<!-- .*? -->\n+", "", page)
    return re.sub(r"\[([^\]]+)\]\((?!https?:)[^)]*\)", r"\1", page)


def wheel(program, out, encodings):
    name = f"sparring-{version()}"
    tags = tag(program)
    sources = sorted([*PACKAGE.glob("*.py"), PACKAGE / "py.typed"])
    files = {f"sparring/{file.name}": file.read_bytes() for file in sources}
    files[f"{name}.data/scripts/sparring"] = program.read_bytes()
    for word, data in encodings.items():
        files[f"{name}.data/data/share/sparring/vocabularies/{word}"] = data
    readme = for_an_index((ROOT / "docs/guides/python.md").read_text())
    files[f"{name}.dist-info/METADATA"] = METADATA.format(version=version(), readme=readme).encode()
    files[f"{name}.dist-info/WHEEL"] = (
        f"Wheel-Version: 1.0\nGenerator: sparring scripts/dist.py\nRoot-Is-Purelib: false\nTag: {tags}\n".encode()
    )
    files[f"{name}.dist-info/licenses/LICENSE"] = LICENSE.read_bytes()
    files[f"{name}.dist-info/licenses/{NOTICES}"] = notices.text().encode()
    files[f"{name}.dist-info/licenses/vocabularies/LICENSE"] = VOCABULARIES_LICENSE.read_bytes()
    files[f"{name}.dist-info/entry_points.txt"] = b"[pytest11]\nsparring = sparring.pytest_plugin\n"
    record = f"{name}.dist-info/RECORD"
    files[record] = "".join(f"{path},{digest(data)},{len(data)}\n" for path, data in files.items()).encode()
    files[record] += f"{record},,\n".encode()

    for old in out.glob("sparring-*.whl"):
        old.unlink()
    file = out / f"{name}-{tags}.whl"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path, data in files.items():
            entry = zipfile.ZipInfo(path, EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = (0o100755 if "/scripts/" in path else 0o100644) << 16
            archive.writestr(entry, data)
    return file


def packed(program, out, encodings):
    """Makes the program, the archive, the wheel, and the bill of materials."""
    archive, package = tarball(program, out, encodings), wheel(program, out, encodings)
    bill = out / f"sparring-{version()}-linux-{platform.machine()}.spdx.json"
    return program, archive, package, bom.write(bill, version(), program, archive, package, encodings)


def digest(data):
    return "sha256=" + base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binary", type=pathlib.Path, nargs="?")
    parser.add_argument("--version", action="version", version=version(), help="print the version of this checkout")
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / "dist")
    parser.add_argument("--vocabularies", type=pathlib.Path, default=VOCABULARIES, help="the folder of scripts/vocabularies.sh")
    options = parser.parse_args()
    if options.binary is None:
        parser.error("name the program to pack")
    if platform.system() != "Linux":
        fail("archives and wheels are for Linux; elsewhere `make release` builds the program")
    for tool in ("objdump", "strip"):
        if not shutil.which(tool):
            fail(f"{tool} is missing: install binutils")

    program = strip(options.binary, options.out)
    if strangers := [library for library in needed(program) if not GLIBC.fullmatch(library)]:
        fail(f"the program needs {', '.join(strangers)}, which is not glibc: see scripts/release-flags")
    size = program.stat().st_size
    if size > LARGEST:
        fail(f"the program has {size / 1e6:.1f} MB, {LARGEST / 1e6:.0f} at most: see docs/internals/distribution.md")
    encodings = vocabularies(options.vocabularies)
    for file in packed(program, options.out, encodings):
        print(f"{file.stat().st_size / 1e6:6.1f} MB  {file}")
    print(f"needs  {', '.join(needed(program))}; glibc {'.'.join(map(str, glibc(program)))} or newer")


if __name__ == "__main__":
    main()
