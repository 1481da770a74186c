"""Measures how much delay gateways add to an answer, and whether `sparring gateway overhead` measures this correctly.

    gateway_overhead.py SPARRING [--calls N]

nginx as a plain proxy, then the gateway of the fixtures without a delay and with one of 20 ms: the difference between its two medians has to be
20 ms, give or take one. The Python that runs this script needs aiohttp (`.venv`). On a busy machine, the program refuses to measure.
"""

import argparse
import json
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile

FIXTURES = pathlib.Path(__file__).resolve().parent.parent / "fixtures/gateway"
DELAY = 20


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def measured(sparring, calls, *options):
    """The delay in milliseconds that is added at the median, by the name of the series."""
    run = subprocess.run(
        [sparring, "gateway", "overhead", "--through", f"http://127.0.0.1:{free_port()}/v1", "--calls", str(calls), "--format", "json", *options],
        capture_output=True, text=True)
    if run.returncode != 0:
        sys.exit(run.stderr)
    return {series["name"]: series["added_median"] for series in json.loads(run.stdout)["series"]}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sparring")
    parser.add_argument("--calls", type=int, default=200)
    arguments = parser.parse_args()

    def show(title, series):
        print(f"{title}: " + ", ".join(f"{name} {added:.2f} ms" for name, added in series.items()), flush=True)

    if shutil.which("nginx"):
        nginx = measured(arguments.sparring, arguments.calls, "--start", 'nginx -c {config} -p "$(dirname {config})"', "--config",
                         FIXTURES / "recipes/nginx.conf")
        show("nginx", nginx)
    with tempfile.TemporaryDirectory() as folder:
        both = []
        for delay in (0, DELAY):
            command = f"'{sys.executable}' '{FIXTURES / 'gateway.py'}' --port {{port}} --state '{folder}/state' --delay {delay}"
            both.append(measured(arguments.sparring, arguments.calls, "--key", "sk-gateway", "--start", command))
            show(f"the gateway of the fixtures, {delay} ms", both[-1])
    added = both[1]["first byte of an answer"] - both[0]["first byte of an answer"]
    is_right = abs(added - DELAY) <= 1
    print(f"{'ok' if is_right else 'WRONG'}: a delay of {DELAY} ms is measured as {added:.2f} ms")
    return 0 if is_right else 1


if __name__ == "__main__":
    sys.exit(main())
