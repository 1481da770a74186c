#!/usr/bin/env python3
"""Tests the files of `make dist`: `make test-dist` runs it.

    test_dist.py [PART…]    without a name, all of them: libraries, licence, manuals, reproducible, bill, vocabularies, readme, pages, frameworks,
                            files, bare

Everything runs with the wheel in an empty virtual environment and with no Swift on the PATH. Two parts, or two pages, run at a time: each waits
for pip, for processes and for the network most of its time.
"""

import concurrent.futures
import functools
import hashlib
import json
import os
import pathlib
import platform
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import threading
import zipfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import dist  # noqa: E402
import pages  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parent.parent
DIST = ROOT / "dist"
TOOLS = ROOT / "fixtures/tools/requirements.lock"
GUIDES = ("getting-started", "python", "node", "any-language", "ci", "agents", "streaming", "own-cases", "frameworks/ai-sdk", "swift")
PAGES = [f"docs/guides/{name}.md" for name in GUIDES] + ["docs/reference/models.md"]


# A client for a system without Python, curl or any other client.
ASK = r"""
place=${OPENAI_BASE_URL#http://} place=${place%/v1}
exec 3<>"/dev/tcp/${place/://}"
printf 'GET /v1/models HTTP/1.0\r\nAuthorization: Bearer x\r\n\r\n' >&3
read -r line <&3 && echo "$line"
"""


def environment():
    """An environment without Swift, the developer's servers and keys, and the build directory."""
    places = [p for p in os.environ["PATH"].split(":") if p and not pathlib.Path(p, "swift").exists()]
    places = [p for p in places if str(ROOT) not in p]
    drop = ("OPENAI_", "SPARRING_", "PYTHON", "VIRTUAL_ENV", "LD_LIBRARY_PATH", "MAKE", "MFLAGS")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(drop)}
    os.environ.clear()
    return {**kept, "PATH": ":".join(places), "PIP_DISABLE_PIP_VERSION_CHECK": "1"}


ENVIRONMENT = environment()


def run(*command, **options):
    return subprocess.run(
        list(map(str, command)), capture_output=True, text=True, env=options.pop("env", ENVIRONMENT), **options
    )


def scratch():
    """A folder that contains `dist` and `packaging`, like the root of the repository."""
    folder = tempfile.TemporaryDirectory(prefix="sparring-dist-")
    for name in ("dist", "packaging"):
        pathlib.Path(folder.name, name).symlink_to(ROOT / name)
    return folder


def virtual_environment(folder, *files, lock=None):
    """A new environment with the packages of a lock file, whose hashes pip checks, and with files of this checkout."""
    place = pathlib.Path(folder, ".venv")
    subprocess.run([sys.executable, "-m", "venv", place], check=True, env=ENVIRONMENT)
    for what in ([["--require-hashes", "--requirement", lock]] if lock else []) + ([["--no-index", "--no-deps", *files]] if files else []):
        result = run(place / "bin/pip", "install", "--quiet", *what)
        if result.returncode:
            sys.exit(f"test-dist: {result.stderr}")
    return place


TOOLS_LOCK = threading.Lock()


@functools.cache
def tools_folder():
    """The folder of the environment that `tools` makes; it is removed at the end."""
    return tempfile.TemporaryDirectory(prefix="sparring-dist-tools-")


def tools():
    """The programs of an environment with the tools of fixtures/tools, made once for all parts."""
    with TOOLS_LOCK:
        place = pathlib.Path(tools_folder().name, ".venv")
        return (place if place.exists() else virtual_environment(tools_folder().name, lock=TOOLS)) / "bin"


def libraries():
    """The program needs only glibc, and the wheel's tag is the one that an independent tool determines."""
    found = []
    strangers = [line for line in dist.needed(DIST / "sparring") if not dist.GLIBC.fullmatch(line)]
    listed = re.findall(r"^\s+(\S+) =>", run("ldd", DIST / "sparring").stdout, re.M)
    strangers += [name for name in listed if not dist.GLIBC.fullmatch(name)]
    if strangers or not listed:
        found.append(f"dist/sparring needs {strangers}; ldd lists {listed}")
    said = run(tools() / "auditwheel", "show", wheel())
    if f'"{dist.tag(DIST / "sparring").split("-")[2]}"' not in said.stdout:
        found.append(f"{wheel().name} has a different tag than auditwheel determines:\n{said.stdout}{said.stderr}")
    return found


def manuals():
    """The archive has a manual page for each command, with all options of the program."""
    found = []
    for archive in DIST.glob("sparring-*.tar.gz"):
        with tarfile.open(archive) as tar:
            pages_in = {name: tar.extractfile(name).read().decode() for name in tar.getnames() if name.startswith("share/man/man1/")}
        for command in ("", "-serve", "-cassette-import"):
            page = pages_in.get(f"share/man/man1/sparring{command}.1", "")
            if not page.startswith(".TH SPARRING") or ".SH SYNOPSIS" not in page:
                found.append(f"{archive.name} has no manual page of sparring{command.replace('-', ' ')}")
        if r"\fB\-\-ready\-file\fR \fIfile\fR" not in pages_in.get("share/man/man1/sparring-serve.1", ""):
            found.append(f"{archive.name}: the manual page of sparring serve does not have --ready-file")
    return found


def licence():
    """The archive and the wheel carry the licence, and the wheel's metadata names it."""
    text, found = dist.LICENSE.read_bytes(), []
    for archive in DIST.glob("sparring-*.tar.gz"):
        with tarfile.open(archive) as tar:
            if "LICENSE" not in tar.getnames() or tar.extractfile("LICENSE").read() != text:
                found.append(f"{archive.name} does not have the LICENSE of the repository")
    with zipfile.ZipFile(wheel()) as archive:
        folder = next(name for name in archive.namelist() if name.endswith("/METADATA")).rpartition("/")[0]
        metadata = archive.read(f"{folder}/METADATA").decode().splitlines()
        found += [
            f"{wheel().name}: METADATA has no line {line!r}"
            for line in ("Metadata-Version: 2.4", "License-Expression: Apache-2.0 AND MIT", "License-File: LICENSE")
            if line not in metadata
        ]
        strangers = ("<!--", "](../", ".md)")
        found += [f"{wheel().name}: the description has {text!r}" for text in strangers if text in "\n".join(metadata)]
        file = f"{folder}/licenses/LICENSE"
        if file not in archive.namelist() or archive.read(file) != text:
            found.append(f"{wheel().name} does not hold {file} as LICENSE is in the repository")
    return found


def reproducible():
    """Checks that packing the same program twice gives equal bytes, even with another umask, time zone and folder."""
    made = []
    for mask, zone in ((0o022, "UTC"), (0o077, "Asia/Tokyo")):
        with tempfile.TemporaryDirectory(prefix="sparring-dist-") as folder:
            command = [sys.executable, ROOT / "scripts/dist.py", DIST / "sparring", "--out", folder]
            # If Swift is installed in /usr/bin, that folder also contains the tools of the system.
            path = f"{ENVIRONMENT['PATH']}:{os.defpath}"
            result = run(*command, cwd=folder, umask=mask, env={**ENVIRONMENT, "PATH": path, "TZ": zone})
            if result.returncode:
                return [f"dist.py ended with {result.returncode}: {result.stdout}{result.stderr}"]
            made.append({file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in pathlib.Path(folder).iterdir()})
    return [f"{name} has other bytes when it is packed again" for name in made[0] | made[1] if made[0].get(name) != made[1].get(name)]


def bill():
    """The bill of materials is valid by SPDX's own validator, and its checksums match the files."""
    bills = sorted(DIST.glob("sparring-*.spdx.json"))
    if len(bills) != 1:
        return ["dist/ has no bill of materials, or several: run make dist"]
    text, found = json.loads(bills[0].read_text()), []
    checked = run(tools() / "pyspdxtools", "--infile", bills[0])
    if checked.returncode:
        found.append(f"{bills[0].name} is not valid: {checked.stdout}{checked.stderr}")
    rows = {row["name"]: row for row in text["packages"]}
    for file in (DIST / "sparring", wheel(), *DIST.glob("sparring-*.tar.gz")):
        total = {"algorithm": "SHA256", "checksumValue": hashlib.sha256(file.read_bytes()).hexdigest()}
        if total not in rows.get(file.name, {}).get("checksums", []):
            found.append(f"{bills[0].name} does not have the SHA-256 of {file.name}")
    pins = json.loads((ROOT / "Package.resolved").read_text())["pins"]
    found += [f"{bills[0].name} does not name {pin['identity']}" for pin in pins if pin["identity"] not in rows]
    with zipfile.ZipFile(wheel()) as archive:
        if sorted(row["fileName"] for row in text["files"]) != sorted(f"./{name}" for name in archive.namelist()):
            found.append(f"{bills[0].name} does not list the files of {wheel().name}")
    return found


def vocabularies():
    """The program of the archive and the program of the wheel count tokens exactly, in a home without vocabularies."""
    found = []
    with scratch() as folder:
        for archive in DIST.glob("sparring-*.tar.gz"):
            with tarfile.open(archive) as tar:
                tar.extractall(pathlib.Path(folder, "archive"), filter="data")
        programs = [pathlib.Path(folder, "archive/sparring"), virtual_environment(folder, wheel()) / "bin/sparring"]
        home = {name: value for name, value in ENVIRONMENT.items() if name not in ("TIKTOKEN_CACHE_DIR", "XDG_CACHE_HOME")}
        for program in programs:
            counted = run(program, "tokens", "count", "-", input="Hello, world!", env={**home, "HOME": str(folder)})
            if counted.returncode or "~" in counted.stdout or not counted.stdout.strip():
                found.append(f"{program}: tokens count prints {counted.stdout}{counted.stderr}")
    return found


def readme():
    """Executes every block of README.md in an empty folder, including the installation."""
    with scratch() as folder:
        return pages.problems(ROOT / "README.md", pathlib.Path(folder), ENVIRONMENT)


def guide(page):
    """Runs every block of a page for users, with the program on the PATH."""
    if page == "docs/guides/node.md" and not shutil.which("node", path=ENVIRONMENT["PATH"]):
        print("test-dist: pages: docs/guides/node.md: skipped, needs node on the PATH")
        return []
    with scratch() as folder:
        path = f"{DIST}:{ENVIRONMENT['PATH']}"
        return pages.problems(ROOT / page, pathlib.Path(folder), {**ENVIRONMENT, "PATH": path})


def framework(name):
    """Executes every block of a page about a framework, with its packages of fixtures/frameworks.json from PyPI."""
    with scratch() as folder:
        place = pathlib.Path(folder, ".venv")
        subprocess.run([sys.executable, "-m", "venv", place], check=True, env=ENVIRONMENT)
        lock = ROOT / f"fixtures/frameworks/{name}.lock"
        installed = run(place / "bin/pip", "install", "--quiet", "--require-hashes", "--requirement", lock)
        if installed.returncode:
            reason = (installed.stderr.strip().splitlines() or ["pip failed"])[-1]
            print(f"test-dist: frameworks: {name}: skipped, the packages of {lock.name} cannot be installed: {reason}")
            # A wrong hash is a failure; a missing package in the index is not a failure.
            return [f"{lock.name}: {installed.stderr}"] if "HASH" in installed.stderr.upper() else []
        if (result := run(place / "bin/pip", "install", "--quiet", "--no-index", "--no-deps", wheel())).returncode:
            return [f"{name}: {result.stderr}"]
        path = f"{place}/bin:{ENVIRONMENT['PATH']}"
        return pages.problems(ROOT / f"docs/guides/frameworks/{name}.md", pathlib.Path(folder), {**ENVIRONMENT, "PATH": path})


def frameworks():
    return [name for name in json.loads((ROOT / "fixtures/frameworks.json").read_text()) if name != "*"]


def files():
    """Checks that files which cannot run here are well-formed: Dockerfile, workflows, manifests, formula."""
    found = []
    with scratch() as folder:
        workflows = [ROOT / "packaging/github/release.yml"]
        for number, block in enumerate(pages.blocks(ROOT / "docs/guides/ci.md")):
            if block.mark == "steps" and "runs-on" in block.text:
                workflows.append(pathlib.Path(folder, f"ci-{number}.yml"))
                workflows[-1].write_text(block.text)
        checks = [[tools() / "hadolint", ROOT / "packaging/docker/Dockerfile"]]
        checks += [[tools() / "check-jsonschema", "--builtin-schema", "vendor.github-workflows", file] for file in workflows]
        checks.append([tools() / "kubernetes-validate", "--strict", ROOT / "packaging/kubernetes/sparring.yaml"])
        if ruby := shutil.which("ruby", path=ENVIRONMENT["PATH"]):
            checks.append([ruby, "-c", ROOT / "packaging/homebrew/sparring.rb"])
        else:
            print("test-dist: files: the formula is not checked, because ruby is not installed")
        for check in checks:
            result = run(*check)
            if result.returncode:
                found.append(f"{' '.join(map(str, check))}:\n{result.stdout}{result.stderr}")
    return found


def bare():
    """Runs the program on a bare Debian 12."""
    if os.geteuid() != 0 or not shutil.which("debootstrap", path=ENVIRONMENT["PATH"]):
        print("test-dist: bare: skipped, needs root and debootstrap (apt-get install debootstrap)")
        return []
    with tempfile.TemporaryDirectory(prefix="sparring-bare-") as root:
        made = run("debootstrap", "--variant=minbase", "bookworm", root)
        if made.returncode:
            return [f"debootstrap: {made.stdout[-2000:]}{made.stderr}"]
        shutil.copy(DIST / "sparring", pathlib.Path(root, "usr/local/bin/sparring"))
        # Swift reads the command line from /proc, so /proc must be mounted as in every container.
        inside = ["unshare", "--mount", "--pid", "--fork", f"--root={root}", "--mount-proc"]
        if run(*inside, "true").returncode:
            print("test-dist: bare: skipped, this machine does not allow namespaces")
            return []
        result = run(*inside, "/usr/local/bin/sparring", "run", "--", "bash", "-c", ASK)
        if result.returncode or "HTTP/1.1 200" not in result.stdout:
            return [f"in a bare Debian 12 it ended with {result.returncode}: {result.stdout}{result.stderr}"]
    return []


def wheel():
    wheels = sorted(DIST.glob("sparring-*.whl"))
    if len(wheels) != 1:
        sys.exit("test-dist: dist/ has no wheel, or several: run make dist")
    return wheels[0]


# The parts of the test, each with its jobs: the longest come first, so that none of them runs alone at the end.
PARTS = {
    "readme": lambda: [readme],
    "pages": lambda: [functools.partial(guide, page) for page in PAGES],
    "frameworks": lambda: [functools.partial(framework, name) for name in frameworks()],
    **{part.__name__: (lambda part=part: [part]) for part in (libraries, licence, manuals, reproducible, bill, vocabularies, files, bare)},
}


def main():
    if platform.system() != "Linux":
        print("test-dist: skipped, wheels are for Linux")
        return
    names = sys.argv[1:] or list(PARTS)
    problems = 0
    with concurrent.futures.ThreadPoolExecutor(max_workers=2) as pool:
        jobs = {name: [pool.submit(job) for job in PARTS[name]()] for name in names}
        for name, parts in jobs.items():
            found = [text for part in parts for text in part.result()]
            print(f"test-dist: {name}: {'ok' if not found else f'{len(found)} wrong'}", flush=True)
            for text in found:
                print(text)
            problems += len(found)
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
