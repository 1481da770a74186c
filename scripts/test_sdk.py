#!/usr/bin/env python3
"""Runs the official Python package's own tests, from its source distribution, against the built program.

Those tests check every answer against the package's types, also in its strict mode, and keep no state: the server runs under
`--validation examples`. The first run installs all requirements into .venv-sdk.

    test_sdk.py [--binary PATH] [--openapi SPEC] [--validation NAME] [--retired NAME] [--record | --causes] [NAME…] [-- PYTEST-OPTION…]

NAME is a file or folder of the package's tests/api_resources without its ending; without one, all tests run. Operations without an
emulation are answered from the document that the program carries, or from SPEC; --record writes the results for
docs/reference/api/coverage.md. --causes prints a table of the failures by their causes (sdk_causes.py), and fails only for a
failure without a cause: `test_sdk.py --validation strict --retired gone --causes`.
"""

import argparse
import collections
import os
import pathlib
import re
import subprocess
import sys
import tarfile
import tempfile
import time
import xml.etree.ElementTree

import pins
import sdk_causes

ROOT = pathlib.Path(__file__).resolve().parent.parent
RECORD = ROOT / "fixtures/api/package-tests.tsv"
HOME = ROOT / ".venv-sdk"
PYTHON = HOME / "bin/python3"

LOCK = ROOT / "fixtures/sdk/requirements.lock"


def version():
    """The version of the package; its built-in document is made from the same version."""
    pins = (ROOT / "fixtures/sdk/requirements.txt").read_text()
    return re.search(r"^openai==(\S+)", pins, re.M)[1]


def install(wanted):
    """The folder of the source distribution, with an environment in the same place that can run its tests."""
    source, stamp = HOME / f"sdist/openai-{wanted}", HOME / ".installed"
    contents = LOCK.read_text()
    if stamp.exists() and stamp.read_text() == contents:
        return source
    print(f"test_sdk: installing openai {wanted} and its tests into {HOME.name}", flush=True)
    pip = [PYTHON, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    subprocess.run([sys.executable, "-m", "venv", "--clear", HOME], check=True)
    subprocess.run([*pip, "install", "--require-hashes", "--requirement", LOCK], check=True)
    alone = HOME / "openai.lock"
    alone.write_text(pins.line_of("openai", contents))
    download = ["download", "--no-deps", "--no-binary", ":all:", "--require-hashes", "--requirement", alone, "-d", HOME / "sdist"]
    subprocess.run([*pip, *download], check=True)
    with tarfile.open(HOME / f"sdist/openai-{wanted}.tar.gz") as archive:
        archive.extractall(HOME / "sdist", filter="data")
    stamp.write_text(contents)
    return source


class Server:
    """`sparring serve` on a free port, running during a `with` block."""

    def __init__(self, binary, options):
        self.binary = binary
        self.options = options

    def __enter__(self):
        self.directory = tempfile.TemporaryDirectory()
        ready = pathlib.Path(self.directory.name) / "ready"
        command = [self.binary, "serve", "--port", "0", "--ready-file", ready, "--quiet", *self.options]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        while not (ready.exists() and ready.read_text().strip()):
            if self.process.poll() is not None:
                sys.exit(f"test_sdk: sparring serve ended with {self.process.returncode}")
            time.sleep(0.01)
        return ready.read_text().strip()

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(10)
        self.directory.cleanup()


def paths(source, names):
    folder = source / "tests/api_resources"
    for name in names:
        path = folder / name
        if not path.exists():
            path = folder / f"{name}.py"
        if not path.exists():
            sys.exit(f"test_sdk: the package has no tests called '{name}'")
        yield path.relative_to(source)


def record(results, package):
    """Writes one line for each test file, with the numbers of tests by result: passed, failed, unknown (operations that are not served),
    skipped."""
    counts = collections.defaultdict(collections.Counter)
    for case in xml.etree.ElementTree.parse(results).iter("testcase"):
        name = "/".join(case.get("classname").split(".")[2:-1]) or "functions alone"
        bad = case.find("failure") if case.find("error") is None else case.find("error")
        message = "" if bad is None else bad.get("message") or ""
        is_unknown = "Invalid URL" in message or "Not allowed to" in message
        counts[name][
            "skipped" if case.find("skipped") is not None
            else "passed" if bad is None else "unknown" if is_unknown else "failed"
        ] += 1
    kinds = ["passed", "failed", "unknown", "skipped"]
    rows = ["\t".join([name, *(str(counts[name][kind]) for kind in kinds)]) for name in sorted(counts)]
    RECORD.write_text("\n".join(["\t".join([f"openai {package}", *kinds]), *rows]) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help="default: all tests")
    parser.add_argument("--binary", type=pathlib.Path, default=ROOT / ".build/debug/sparring")
    parser.add_argument("--openapi", type=pathlib.Path, metavar="SPEC", help="an OpenAPI document to answer from")
    parser.add_argument("--validation", default="examples", metavar="NAME", help="default: examples")
    parser.add_argument("--retired", default="serve", metavar="NAME", help="default: serve")
    parser.add_argument("--causes", action="store_true", help="print the failures by their causes")
    parser.add_argument("--record", action="store_true", help=f"write {RECORD.relative_to(ROOT)}")
    split = sys.argv.index("--") if "--" in sys.argv else len(sys.argv)
    args, options = parser.parse_args(sys.argv[1:split]), sys.argv[split + 1 :]
    if not args.binary.exists():
        sys.exit(f"test_sdk: there is no {args.binary}: run `make build` first")
    source = install(version())
    names = args.names or [""]
    tests = list(paths(source, names))
    served = ["--validation", args.validation, "--retired", args.retired]
    if args.openapi:
        served += ["--openapi", args.openapi.resolve()]
    with Server(args.binary.absolute(), served) as url, tempfile.TemporaryDirectory() as scratch:
        environment = os.environ | {"TEST_API_BASE_URL": url, "PYTHONPATH": "src", "DEFER_PYDANTIC_BUILD": "false"}
        # Without this setting, a proxy in the environment would receive the tests' requests.
        environment |= {"NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}
        command = [PYTHON, "-m", "pytest", "-n", "2", "-q", "-p", "no:cacheprovider", *options, *tests]
        results = pathlib.Path(scratch) / "results.xml"
        if args.record or args.causes:
            command.insert(3, f"--junitxml={results}")
        if args.causes:
            command += ["--tb=no", "--no-summary"]
        result = subprocess.run(command, cwd=source, env=environment)
        if args.causes:
            lines, is_explained = sdk_causes.table(results)
            print("\n".join(lines))
            sys.exit(0 if is_explained else 1)
        if args.record:
            record(results, version())
    sys.exit(result.returncode)


if __name__ == "__main__":
    main()
