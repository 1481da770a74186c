#!/usr/bin/env python3
"""Measures the time from `pip install` to a first test that passes, beside two other mock servers from PyPI, in one run.

    install.py [--rounds N] [--markdown]

Each round creates a virtual environment for each package with the usual packages of a project (pytest, openai), then times two steps:
installing the package with everything it needs, and one pytest run with one test that calls the server through the official
client. Each install uses the package index (no cache of pip); the wheel of Sparring is the one in dist/. Python's own
compilation of the installed files is part of the first test, as it is for every user. --markdown writes the table into
docs/measurements/distribution.md.
"""

import argparse
import datetime
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent

ASK = """
def ask(**options):
    answer = openai.OpenAI(**options).chat.completions.create(
        model="gpt-4o-mini", messages=[{"role": "user", "content": "hello"}])
    return answer.choices[0].message.content
"""

# The first pytest example of each project's documentation, reduced to one call.
TESTS = {
    "sparring": "import openai\n" + ASK + "\ndef test_first(sparring):\n    assert ask()\n",
    "llmock": "import openai\n" + ASK + "\ndef test_first(llmock):\n    assert ask()\n",
    "stubllm": "import openai\nfrom stubllm.pytest_plugin import use_fixtures\n"
    + ASK
    + '\n@use_fixtures("chat.yaml")\ndef test_first(stubllm_server):\n'
    + '    assert ask(base_url=stubllm_server.openai_url, api_key="test-key")\n',
}
STUBLLM_ANSWER = """
fixtures:
  - name: first
    match: { provider: openai, messages: [ { role: user, content: { contains: hello } } ] }
    response: { content: Hello }
"""
REQUIREMENTS = {"llmock": "llmock==0.2.2", "stubllm": "stubllm[pytest]==0.1.5"}


def timed(*command, cwd):
    start = time.monotonic()
    result = subprocess.run(list(map(str, command)), cwd=cwd, capture_output=True, text=True)
    if result.returncode:
        sys.exit(f"install: {' '.join(map(str, command))}\n{result.stdout}{result.stderr}")
    return time.monotonic() - start


def size(place):
    return sum(file.stat().st_size for file in place.rglob("*") if file.is_file() and not file.is_symlink())


def packages(place):
    listed = subprocess.run([place / "bin/pip", "list", "--format=freeze"], capture_output=True, text=True, check=True)
    return len(listed.stdout.splitlines())


def measure(name, requirement):
    with tempfile.TemporaryDirectory(prefix="sparring-install-") as folder:
        folder = pathlib.Path(folder)
        place = folder / "venv"
        subprocess.run([sys.executable, "-m", "venv", place], check=True)
        pip = [place / "bin/pip", "install", "--quiet", "--disable-pip-version-check", "--no-cache-dir"]
        timed(*pip, "pytest", "openai", cwd=folder)
        before = size(place), packages(place)
        (folder / "test_first.py").write_text(TESTS[name])
        (folder / "chat.yaml").write_text(STUBLLM_ANSWER)
        install = timed(*pip, requirement, cwd=folder)
        added = size(place) - before[0], packages(place) - before[1]
        first = timed(place / "bin/pytest", "-q", "test_first.py", cwd=folder)
        second = timed(place / "bin/pytest", "-q", "test_first.py", cwd=folder)
        return {"install": install, "first": first, "second": second, "megabytes": added[0] / 1e6, "packages": added[1]}


def table(rows, rounds):
    lines = [
        "| package | `pip install` | first test | together | the same test again | packages | on disk |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, row in rows.items():
        middle = {key: statistics.median(measured[key] for measured in row) for key in row[0]}
        together = statistics.median(measured["install"] + measured["first"] for measured in row)
        lines.append(
            f"| {name} | {middle['install']:.1f} s | {middle['first']:.1f} s | **{together:.1f} s** | "
            f"{middle['second']:.1f} s | {middle['packages']:.0f} | {middle['megabytes']:.0f} MB |"
        )
    day = datetime.date.today()
    lines += ["", f"Median of {rounds} rounds in turn, {day:%-d %B %Y}, two cores, Python {sys.version.split()[0]}."]
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--markdown", action="store_true")
    options = parser.parse_args()
    wheels = list((ROOT / "dist").glob("sparring-*.whl"))
    if len(wheels) != 1:
        sys.exit("install: dist/ has no wheel: run make dist")
    rows = {"sparring (the wheel)": [], **{text: [] for text in REQUIREMENTS.values()}}
    for _ in range(options.rounds):
        for label, row in rows.items():
            name = re.match(r"\w+", label)[0]
            row.append(measure(name, REQUIREMENTS.get(name, wheels[0])))
    text = table(rows, options.rounds)
    print(text)
    if options.markdown:
        page = ROOT / "docs/measurements/distribution.md"
        marks = "<!-- install -->\n", "<!-- /install -->"
        before, _, rest = page.read_text().partition(marks[0])
        after = rest.partition(marks[1])[2]
        page.write_text(before + marks[0] + text + "\n" + marks[1] + after)


if __name__ == "__main__":
    main()
