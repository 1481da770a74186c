"""Pages whose every fenced block is executed. A comment before a block states what kind of block it is:

    <!-- file NAME -->        written to the page's own folder
    <!-- run -->              bash, in that folder; all of a page in one shell, so that variables and activations last
    <!-- install -->          as `run`, before all others, where the files of `make dist` are there; else `sparring` is on the PATH
    <!-- transcript CODE -->  `$ COMMAND` and lines of what it printed, in this order; CODE is how it ends, 0 if left out
    <!-- output -->           lines that the block before it printed, in this order, others between them; … stands for anything
    <!-- steps -->            a workflow in YAML: the `run` of its steps is executed, in a shell of their own
    <!-- shown PATH -->       stands in that file of the repository, indentation aside, which is tested there
    <!-- build -->            needs the checkout and a compiler: shown, not executed

    pages.py PAGE…            executes pages with the `sparring` that is on the PATH; `install` blocks are left out
"""

import dataclasses
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import textwrap

ROOT = pathlib.Path(__file__).resolve().parent.parent
MARK = re.compile(r"<!-- (file|run|install|transcript|output|steps|shown|build)\b ?(.*?) ?-->\Z")
FENCE = "```"


@dataclasses.dataclass
class Block:
    line: int
    mark: str
    argument: str
    text: str


def blocks(path):
    """Every fenced block of a page. A block without a mark gets an empty mark."""
    found, open_block, last = [], None, ""
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if line.startswith(FENCE):
            if open_block:
                found.append(open_block)
                open_block, last = None, ""
            else:
                match = MARK.match(last)
                open_block = Block(number, match[1] if match else "", match[2] if match else "", "")
        elif open_block:
            open_block.text += line + "\n"
        elif line.strip():
            last = line.strip()
    return found


def problems(path, folder, environment, installs=True):
    """Executes a page. Returns a text for each result that differs from the page. If `installs` is false, nothing is installed."""
    name = path.relative_to(ROOT)
    steps, found, first = [], [], []
    for block in blocks(path):
        place = f"{name}:{block.line}"
        if block.mark == "file":
            file = folder / block.argument
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(block.text)
        elif block.mark == "run":
            steps.append((place, block.text, None))
        elif block.mark == "install" and installs:
            first.append((place, block.text, None))
        elif block.mark == "transcript":
            command, expected = transcript(block)
            steps.append((place, command, expected))
        elif block.mark == "steps":
            steps.append((place, in_a_shell_of_its_own(workflow_commands(block.text)), None))
        elif block.mark == "output" and steps:
            place, command, _ = steps[-1]
            steps[-1] = (place, command, block.text)
        elif block.mark == "shown":
            if squeezed(block.text) not in squeezed((ROOT / block.argument).read_text()):
                found.append(f"{place}: is not in {block.argument} as it stands here")
        elif block.mark not in ("install", "build"):
            found.append(f"{place}: no mark says how it is executed")
    return found + execute(first + steps, folder, environment)


def transcript(block):
    """The command of a transcript and the lines that it must print; the command must end with the mark's exit code."""
    command, _, expected = block.text.removeprefix("$ ").partition("\n")
    return f"code=0; ( {command} ) || code=$?; [ $code = {block.argument or 0} ]", expected


def execute(steps, folder, environment):
    script = ["set -euo pipefail"]
    for number, (_, command, _) in enumerate(steps):
        script += [f"echo @@{number}", command]
    process = subprocess.run(
        ["bash", "-c", "\n".join(script)], cwd=folder, env={**os.environ, **environment},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, text=True, errors="replace",
        timeout=600,
    )  # fmt: skip
    printed = dict(enumerate(re.split(r"^@@\d+\n", process.stdout, flags=re.M)[1:]))
    found = []
    for number, (place, _, expected) in enumerate(steps):
        if expected is not None and number in printed and (line := missing(expected, printed[number])):
            found.append(f"{place}: did not print {line!r}, in its place; it printed\n{printed[number]}")
    if process.returncode != 0:
        place, command, _ = steps[max(printed, default=0)]
        found.append(f"{place}: ended with {process.returncode}\n{command}\n{printed.get(max(printed, default=0), '')}")
    return found


def missing(expected, printed):
    """The first line of `expected` that `printed` lacks, or has in another order; None if `printed` has all lines in order."""
    rest = iter(printed.splitlines())
    for line in filter(str.strip, expected.splitlines()):
        pattern = re.compile(re.escape(line.strip()).replace("…", ".*"))
        if not any(pattern.search(other) for other in rest):
            return line
    return None


def workflow_commands(text):
    import yaml

    jobs = yaml.safe_load(text)
    jobs = jobs.get("jobs", jobs)
    commands = []
    for job in jobs.values():
        if isinstance(job, dict):
            commands += [step["run"] for step in job.get("steps", []) if "run" in step]
            commands += job.get("script", [])
    return "\n".join(commands)


def in_a_shell_of_its_own(commands):
    return f"(\n{commands}\n)"


def squeezed(text):
    return "\n".join(line.strip() for line in textwrap.dedent(text).splitlines() if line.strip())


def main():
    failed = False
    for name in sys.argv[1:]:
        with tempfile.TemporaryDirectory(prefix="sparring-page-") as folder:
            found = problems(ROOT / name, pathlib.Path(folder), {}, installs=False)
        print(f"pages: {name}: {'ok' if not found else f'{len(found)} wrong'}", *found, sep="\n")
        failed |= bool(found)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
