#!/usr/bin/env python3
"""Runs the official Python package's own tests, from its source distribution, against the built program.

Those tests hold every answer against the package's types, in its strict mode too, and keep no state: the server runs under
`--validation examples`. What is needed is installed into .venv-sdk on the first run.

    test_sdk.py [--binary PATH] [NAME…] [-- PYTEST-OPTION…]

NAME is a file or folder of the package's tests/api_resources without its ending; without one, those of RESOURCES.
"""

import argparse
import os
import pathlib
import re
import subprocess
import sys
import tarfile
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
HOME = ROOT / ".venv-sdk"
PYTHON = HOME / "bin/python3"

# What is emulated. A name joins the list with its resource.
RESOURCES = [
    "chat", "test_completions", "test_embeddings", "test_files", "test_models", "test_moderations", "test_responses", "responses",
    "test_conversations", "conversations",
]  # fmt: skip

PACKAGES = [
    "pytest==9.2.0", "pytest-asyncio==1.5.0", "pytest-xdist==3.8.0", "rich>=13.7.1", "inline-snapshot==0.36.1",
    "aiohttp==3.14.5", "httpx==0.28.1", "trio",
]  # fmt: skip


def version():
    """The pin of the end-to-end tests: both look at the same package."""
    pins = (ROOT / "fixtures/drivers/clients/python/requirements.txt").read_text()
    return re.search(r"^openai==(\S+)", pins, re.M)[1]


def install(wanted):
    """The folder of the source distribution, with an environment beside it that can run its tests."""
    source, stamp = HOME / f"sdist/openai-{wanted}", HOME / ".installed"
    contents = "\n".join([wanted, *PACKAGES])
    if stamp.exists() and stamp.read_text() == contents:
        return source
    print(f"test_sdk: installing openai {wanted} and its tests into {HOME.name}", flush=True)
    pip = [PYTHON, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    subprocess.run([sys.executable, "-m", "venv", "--clear", HOME], check=True)
    subprocess.run([*pip, "install", f"openai=={wanted}", *PACKAGES], check=True)
    download = ["download", "--no-deps", "--no-binary", ":all:", f"openai=={wanted}", "-d", HOME / "sdist"]
    subprocess.run([*pip, *download], check=True)
    with tarfile.open(HOME / f"sdist/openai-{wanted}.tar.gz") as archive:
        archive.extractall(HOME / "sdist", filter="data")
    stamp.write_text(contents)
    return source


class Server:
    """`sparring serve` on a free port, for the time of a `with`."""

    def __init__(self, binary):
        self.binary = binary

    def __enter__(self):
        self.directory = tempfile.TemporaryDirectory()
        ready = pathlib.Path(self.directory.name) / "ready"
        command = [self.binary, "serve", "--port", "0", "--ready-file", ready, "--quiet", "--validation", "examples"]
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


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help="default: what is emulated")
    parser.add_argument("--binary", type=pathlib.Path, default=ROOT / ".build/debug/sparring")
    split = sys.argv.index("--") if "--" in sys.argv else len(sys.argv)
    args, options = parser.parse_args(sys.argv[1:split]), sys.argv[split + 1 :]
    if not args.binary.exists():
        sys.exit(f"test_sdk: there is no {args.binary}: run `make build` first")
    source = install(version())
    tests = list(paths(source, args.names or RESOURCES))
    with Server(args.binary) as url:
        environment = os.environ | {"TEST_API_BASE_URL": url, "PYTHONPATH": "src", "DEFER_PYDANTIC_BUILD": "false"}
        # A proxy of the environment would stand between the tests and the server.
        environment |= {"NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}
        command = [PYTHON, "-m", "pytest", "-n", "2", "-q", "-p", "no:cacheprovider", *options, *tests]
        result = subprocess.run(command, cwd=source, env=environment)
    sys.exit(result.returncode)


if __name__ == "__main__":
    main()
