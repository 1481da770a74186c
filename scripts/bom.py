#!/usr/bin/env python3
"""The bill of materials of a packed program, in SPDX 2.3 as JSON; `make dist` writes it beside the archives. Standard library only.

It names the program, the Swift packages of the build (Package.resolved) with their revisions, the libraries of the build machine that
are linked in, the vocabularies, and every file of the wheel with its sums.
"""

import datetime
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import zipfile

import notices

ROOT = notices.ROOT
UNKNOWN = "NOASSERTION"
# The parts that are linked statically by scripts/release-flags: (name, its package on Debian and Ubuntu, its licence).
LINKED = (
    ("sqlite", "libsqlite3-dev", "blessing"),
    ("zlib", "zlib1g-dev", "Zlib"),
    ("libstdc++", "libstdc++6", "GPL-3.0-or-later WITH GCC-exception-3.1"),
)
LICENCES = {"Apache License": "Apache-2.0", "Permission is hereby granted, free of charge": "MIT"}


def element(kind, name):
    return f"SPDXRef-{kind}-" + re.sub(r"[^A-Za-z0-9.-]", "-", name)


def package(name, version, location=UNKNOWN, licence=UNKNOWN, **more):
    row = {
        "SPDXID": element("Package", name),
        "name": name,
        "downloadLocation": location,
        "filesAnalyzed": False,
        "licenseConcluded": licence,
        "licenseDeclared": licence,
        "copyrightText": UNKNOWN,
    }
    return row | ({"versionInfo": version} if version else {}) | more


def licence(folder):
    """The licence of a checkout, from a sentence of its text."""
    text = " ".join(" ".join(notices.texts(folder)).split())
    return next((name for sentence, name in LICENCES.items() if sentence in text), UNKNOWN)


def swift_packages():
    pins = {pin["identity"]: pin for pin in json.loads((ROOT / "Package.resolved").read_text())["pins"]}
    for name, version, address, folder in notices.packages():
        place = f"git+{address}@{pins[name]['state']['revision']}"
        path = address.removeprefix("https://")
        reference = {
            "referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": f"pkg:swift/{path}@{version}",
        }  # fmt: skip
        yield package(name, version, place, licence(folder), externalRefs=[reference])


def linked():
    """Swift's own libraries, and those of the build machine; a version is left out if the machine does not report it."""
    yield package("swift", swift_version(), "https://www.swift.org", "Apache-2.0 WITH Swift-exception")
    for name, debian, licence in LINKED:
        yield package(name, debian_version(debian), UNKNOWN, licence)


def swift_version():
    program = shutil.which(os.environ.get("SWIFT", "swift"))
    found = subprocess.run([program, "--version"], capture_output=True, text=True).stdout if program else ""
    match = re.search(r"Swift version (\S+)", found)
    return match[1] if match else None


def debian_version(name):
    if not shutil.which("dpkg-query"):
        return None
    result = subprocess.run(["dpkg-query", "--show", "--showformat", "${Version}", name], capture_output=True, text=True)
    return result.stdout if result.returncode == 0 and result.stdout else None


def sums(data):
    return [
        {"algorithm": "SHA1", "checksumValue": hashlib.sha1(data).hexdigest()},
        {"algorithm": "SHA256", "checksumValue": hashlib.sha256(data).hexdigest()},
    ]


def files(wheel):
    """Every file of the wheel. The wheel's own licence texts state which licence applies to each file."""
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            yield {
                "SPDXID": element("File", name),
                "fileName": f"./{name}",
                "checksums": sums(archive.read(name)),
                "licenseConcluded": UNKNOWN,
                "copyrightText": UNKNOWN,
            }


def verification(rows):
    """SPDX's checksum over the files of a package (7.9 of the specification)."""
    values = sorted(row["checksums"][0]["checksumValue"] for row in rows)
    return {"packageVerificationCodeValue": hashlib.sha1("".join(values).encode()).hexdigest()}


def created():
    """A moment that is the same for every build of the same sources: SOURCE_DATE_EPOCH, or the date of the commit."""
    seconds = os.environ.get("SOURCE_DATE_EPOCH")
    if not seconds:
        log = subprocess.run(["git", "log", "-1", "--format=%ct"], cwd=ROOT, capture_output=True, text=True)
        # An archive of the sources has no commit, so the date is the date of its files in the wheel.
        seconds = log.stdout.strip() if log.returncode == 0 else "315532800"
    moment = datetime.datetime.fromtimestamp(int(seconds), datetime.timezone.utc)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def document(version, program, archive, wheel, encodings):
    """The bill of materials for the files that dist.py made. `encodings` contains the vocabularies with their licence, by name."""
    inside = list(files(wheel))
    data = program.read_bytes()
    main = package("sparring", version, UNKNOWN, "Apache-2.0", primaryPackagePurpose="APPLICATION", checksums=sums(data))
    packed = package(
        wheel.name, version, UNKNOWN, "Apache-2.0 AND MIT", packageFileName=wheel.name, checksums=sums(wheel.read_bytes()),
        packageVerificationCode=verification(inside),
    ) | {"filesAnalyzed": True}  # fmt: skip
    tarball = package(
        archive.name, version, UNKNOWN, "Apache-2.0 AND MIT", packageFileName=archive.name, checksums=sums(archive.read_bytes()),
    )  # fmt: skip
    parts = [*swift_packages(), *linked()]
    words = [package(name, None, UNKNOWN, "MIT", checksums=sums(data)) for name, data in encodings.items() if name != "LICENSE"]
    relations = [("SPDXRef-DOCUMENT", "DESCRIBES", row) for row in (main, packed, tarball)]
    relations += [(box["SPDXID"], "CONTAINS", row) for box in (packed, tarball) for row in (main, *words)]
    relations += [(main["SPDXID"], "STATIC_LINK", row) for row in parts]
    relations += [(packed["SPDXID"], "CONTAINS", row) for row in inside]
    return {
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": f"sparring-{version}",
        "documentNamespace": f"https://spdx.org/spdxdocs/sparring-{version}-{hashlib.sha256(wheel.read_bytes()).hexdigest()}",
        "creationInfo": {"created": created(), "creators": ["Tool: sparring-scripts-bom.py"]},
        "packages": [main, packed, tarball, *parts, *words],
        "files": inside,
        "relationships": [
            {"spdxElementId": one, "relationshipType": kind, "relatedSpdxElement": other["SPDXID"]} for one, kind, other in relations
        ],
    }


def write(path, *parts):
    path.write_text(json.dumps(document(*parts), indent=1) + "\n")
    return path
