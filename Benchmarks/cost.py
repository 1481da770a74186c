#!/usr/bin/env python3
"""Instructions and allocations of a chat answer, counted by callgrind: the numbers do not depend on the machine's load.

    SPARRING_BINARY=.build/release/sparring Benchmarks/cost.py [--answers 1000] [SCENARIO…]

Each scenario is one of Benchmarks/scenarios; `answer` and `guarded` by default. valgrind cannot read the debug information of
this toolchain, so a copy without it is measured. The kernel's work is not counted.
"""

import argparse
import pathlib
import re
import shutil
import subprocess
import tempfile

import servers
import wire

WARM_UP = 50


def count(binary, scenario, answers, directory):
    """(instructions, allocations) for each answer, over one kept-alive connection."""
    out = directory / f"{scenario}.callgrind"
    port = servers.free_port()
    command = [
        "valgrind", "--tool=callgrind", "--instr-atstart=no", f"--callgrind-out-file={out}", binary, "serve",
        servers.HERE / "scenarios" / f"{scenario}.yaml", "--port", str(port), "--quiet",
    ]  # fmt: skip
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        servers.connected(port, process, limit=60)
        with wire.connected(port) as client:
            client.ask(WARM_UP)
            control(process, "on")
            client.ask(answers)
            control(process, "off")
    finally:
        process.terminate()
        process.wait()
    text = out.read_text()
    instructions = int(re.search(r"^totals: (\d+)", text, re.MULTILINE)[1])
    return instructions / answers, allocations(text) / answers


def control(process, state):
    subprocess.run(["callgrind_control", "-i", state, str(process.pid)], check=True, stdout=subprocess.DEVNULL)


def allocations(text):
    """The number of calls of malloc. Names are compressed: only the first use of an id has the name."""
    ids = set(re.findall(r"^c?fn=\((\d+)\) malloc$", text, re.MULTILINE))
    calls = re.findall(r"^cfn=\((\d+)\).*\ncalls=(\d+)", text, re.MULTILINE)
    return sum(int(number) for id, number in calls if id in ids)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scenarios", nargs="*", default=["answer", "guarded"])
    parser.add_argument("--answers", type=int, default=1000)
    wanted = parser.parse_args()
    if not shutil.which("valgrind"):
        raise SystemExit("cost: valgrind is missing. Install with: sudo apt-get install valgrind")
    with tempfile.TemporaryDirectory() as name:
        directory = pathlib.Path(name)
        binary = directory / "sparring"
        subprocess.run(["strip", "--strip-debug", "-o", binary, servers.BINARY], check=True)
        for scenario in wanted.scenarios:
            instructions, mallocs = count(binary, scenario, wanted.answers, directory)
            print(f"{scenario:10} {instructions:12,.0f} instructions {mallocs:8.1f} allocations an answer")


main()
