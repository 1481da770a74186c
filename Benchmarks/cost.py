#!/usr/bin/env python3
"""Instructions and allocations of a chat answer, counted by callgrind: the numbers do not depend on the machine's load.

    SPARRING_BINARY=.build/release/sparring Benchmarks/cost.py [--answers 1000] [--check] [WORKLOAD…]

A workload is a scenario of Benchmarks/scenarios and what the client sends; all by default. With --check, a workload above its ceiling
is an error. valgrind cannot read the debug information of this toolchain, so a copy without it is measured. The kernel's work is not
counted.
"""

import argparse
import dataclasses
import pathlib
import re
import shutil
import subprocess
import tempfile

import servers
import wire

WARM_UP = 50


def same(number):
    return wire.SHORT


def unlike(number):
    """A text of one kilobyte, different for each number."""
    return f"Call {number:06}. " + "The quick brown fox jumps over the lazy dog. " * 22


@dataclasses.dataclass
class Workload:
    scenario: str
    text: callable
    # The maximum of instructions and allocations per answer: 5 % more than was counted when it was set.
    instructions: int
    allocations: float


WORKLOADS = {
    "answer": Workload("answer", same, 109_600, 24),
    "guarded": Workload("guarded", same, 109_600, 24),
    "unlike": Workload("answer", unlike, 243_700, 40),
}


def count(binary, workload, answers, directory):
    """(instructions, allocations) for each answer, over one kept-alive connection."""
    out = directory / f"{workload.scenario}.callgrind"
    port = servers.free_port()
    command = [
        "valgrind", "--tool=callgrind", "--instr-atstart=no", f"--callgrind-out-file={out}", binary, "serve",
        servers.HERE / "scenarios" / f"{workload.scenario}.yaml", "--port", str(port), "--quiet",
    ]  # fmt: skip
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        servers.connected(port, process, limit=60)
        with wire.connected(port) as client:
            client.ask(WARM_UP, lambda number: workload.text(number + answers))
            control(process, "on")
            client.ask(answers, workload.text)
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
    parser.add_argument("workloads", nargs="*", metavar="WORKLOAD", default=list(WORKLOADS), help=", ".join(WORKLOADS))
    parser.add_argument("--answers", type=int, default=1000)
    parser.add_argument("--check", action="store_true", help="end with an error if a workload is above its ceiling")
    wanted = parser.parse_args()
    if not shutil.which("valgrind"):
        raise SystemExit("cost: valgrind is missing. Install with: sudo apt-get install valgrind")
    with tempfile.TemporaryDirectory() as name:
        directory = pathlib.Path(name)
        binary = directory / "sparring"
        subprocess.run(["strip", "--strip-debug", "-o", binary, servers.BINARY], check=True)
        above = []
        for name in wanted.workloads:
            workload = WORKLOADS[name]
            instructions, mallocs = count(binary, workload, wanted.answers, directory)
            print(f"{name:10} {instructions:12,.0f} instructions {mallocs:8.1f} allocations per answer", flush=True)
            if instructions > workload.instructions or mallocs > workload.allocations:
                above.append(f"{name}: at most {workload.instructions:,} instructions and {workload.allocations} allocations")
    if wanted.check and above:
        raise SystemExit("cost: above the ceiling of Benchmarks/cost.py\n  " + "\n  ".join(above))


main()
