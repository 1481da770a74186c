"""Grades third-party gateways and pairs of replicas with `sparring gateway check`, and prints the table of docs/measurements/gateways.md.

    gateways.py SPARRING [NAME…]      all of them without a name; one that is not installed is named and left out

Gateways are found on the PATH; LITELLM and ENVOY name programs elsewhere. The data of each run and its gateway's log are written to
.sparring/gateways, and `sparring gateway report .sparring/gateways/*.json` makes a page of them.
"""

import json
import os
import pathlib
import re
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
FIXTURES = ROOT / "fixtures/gateway"
RECIPES = FIXTURES / "recipes"
DATA = ROOT / ".sparring/gateways"
BAD = ("fail", "timeout", "warn", "error", "inconclusive")


def program(name):
    """Its path; None if it is not installed."""
    path = shutil.which(os.environ.get(name.upper(), name))
    return path and str(pathlib.Path(path).absolute())


def free_ports(count):
    probes = [socket.socket() for _ in range(count)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports


def free_neighbours():
    """The first of two free ports that follow each other: the upstreams of `--port`."""
    while True:
        port = free_ports(1)[0]
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port + 1))
            except (OSError, OverflowError):
                continue
            return port


class Foreign:
    """A gateway that Sparring starts with a template of its configuration."""

    def __init__(self, name, template, command, version, options=()):
        self.name, self.template, self.command, self.version, self.options = name, template, command, version, options

    def run(self, sparring):
        path = program(self.name)
        if path is None:
            return None
        version = subprocess.run([path, *self.version], capture_output=True, text=True)
        number = re.search(r"\d+\.\d+\.\d+", re.sub(r"[0-9a-f]{40}", "", version.stdout + version.stderr))
        title = f"{self.name} {number[0] if number else ''}".strip()
        port = free_ports(1)[0]
        log = DATA / f"{self.name}.log"
        command = f"exec '{path}' {self.command} > '{log}' 2>&1"
        data = check(sparring, self.name, [port], "--start", command, "--config", RECIPES / self.template, *self.options)
        return title, data


def check(sparring, name, ports, *options):
    urls = ",".join(f"http://127.0.0.1:{port}/v1" for port in ports)
    run = subprocess.run(
        [sparring, "gateway", "check", "--through", urls, "--patience", "300", "--format", "json", *options],
        capture_output=True, text=True,
    )
    try:
        data = json.loads(run.stdout)
    except ValueError:
        sys.exit(f"{name}: {run.stdout}{run.stderr}")
    (DATA / f"{name}.json").write_text(run.stdout)
    return data


FOREIGN = [
    Foreign("nginx", "nginx.conf", '-c {config} -p "$(dirname {config})"', ["-v"]),
    Foreign("haproxy", "haproxy.cfg", "-f {config}", ["-v"]),
    Foreign("envoy", "envoy.yaml", "-c {config} --disable-hot-restart --concurrency 1", ["--version"]),
    Foreign("litellm", "litellm.yaml", "--config {config} --port {port} --host 127.0.0.1", ["--version"],
            ("--adapter", RECIPES / "litellm-adapter.yaml")),
]


class Pair:
    """Two replicas of the gateway of the fixtures, which share one count or have a count each."""

    # The second replica is killed after this many calls of the limited key.
    CALLS = 5

    def __init__(self, name, title, shares, loses_one):
        self.name, self.title, self.shares, self.loses_one = name, title, shares, loses_one

    def run(self, sparring):
        ports, upstream = free_ports(2), free_neighbours()
        with tempfile.TemporaryDirectory() as folder:
            states = [pathlib.Path(folder) / ("state" if self.shares else f"state-{index}") for index in (1, 2)]
            environment = os.environ | {
                f"SPARRING_{name}_{part}": value
                for name, port in (("PRIMARY", upstream), ("SECONDARY", upstream + 1))
                for part, value in (("URL", f"http://127.0.0.1:{port}/v1"), ("KEY", "sk-upstream"), ("KEY_2", "sk-upstream-2"))
            }
            replicas = [
                subprocess.Popen(
                    [sys.executable, FIXTURES / "gateway.py", "--port", str(port), "--state", state], env=environment)
                for port, state in zip(ports, states)
            ]
            if self.loses_one:
                threading.Thread(target=self.kill, args=(replicas, states), daemon=True).start()
            try:
                wait_for(ports)
                data = check(
                    sparring, self.name, ports, "replicas.limit-while-killed", "--port", str(upstream), "--cases",
                    FIXTURES / "limit-while-killed.yaml", "--adapter", FIXTURES / "adapter.yaml")
            finally:
                for replica in replicas:
                    replica.kill()
                    replica.wait()
        return self.title, data

    def kill(self, replicas, states):
        """Kills the second replica when both together have counted CALLS calls of the limited key."""
        while sum(counted(state) for state in set(states)) < self.CALLS:
            if replicas[1].poll() is not None:
                return
            time.sleep(0.001)
        replicas[1].kill()


def counted(state):
    try:
        return len(json.loads(state.read_text()).get("calls", []))
    except (OSError, ValueError):
        # Not written yet, or being written.
        return 0


def wait_for(ports):
    """Waits until a program listens on each port, but at most a minute."""
    for port in ports:
        for _ in range(600):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        else:
            sys.exit(f"no gateway listens on port {port}")


PAIRS = [
    Pair("killed", "two replicas with one count, one killed", shares=True, loses_one=True),
    # This must fail, because each replica lets the whole limit through.
    Pair("apart", "two replicas with counts of their own", shares=False, loses_one=False),
]


def findings(data):
    """The cases that did not pass, with the reason."""
    for case in data["cases"]:
        if case["verdict"] in BAD:
            reason = next((check["actual"] for check in case["checks"] if check["verdict"] != "pass"), "")
            yield f"{case['id']} {case['verdict']}: {reason}"


def row(title, data):
    counts = {}
    for case in data["cases"]:
        counts[case["verdict"]] = counts.get(case["verdict"], 0) + 1
    words = ", ".join(f"{count} {verdict}" for verdict, count in sorted(counts.items()))
    lines = {line["name"]: line for line in data["ledger"]["lines"]}
    both = "; ".join(
        f"{name} {lines[name]['truth']:.6g} / {'–' if lines[name]['reported'] is None else format(lines[name]['reported'], '.6g')}"
        for name in ("answered", "dollars") if name in lines
    )
    return f"| {title} | {words} | {both} | {data['milliseconds'] / 1000:.0f} s |"


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__.strip())
    sparring, *names = sys.argv[1:]
    sparring = str(pathlib.Path(sparring).resolve())
    subjects = {subject.name: subject for subject in FOREIGN + PAIRS}
    unknown = [name for name in names if name not in subjects]
    if unknown:
        sys.exit(f"unknown: {', '.join(unknown)}; there are {', '.join(subjects)}")
    DATA.mkdir(parents=True, exist_ok=True)
    # LiteLLM's proxy needs a strong key of its own, which is also the key of the client.
    key = "sk-" + secrets.token_hex(24)
    os.environ |= {"LITELLM_MASTER_KEY": key, "LITELLM_LOCAL_MODEL_COST_MAP": "True"}
    litellm = subjects["litellm"]
    litellm.options = (*litellm.options, "--key", key)
    print("| gateway | verdicts | upstreams / reported | time |\n|---|---|---|---|", flush=True)
    for name in names or subjects:
        result = subjects[name].run(sparring)
        if result is None:
            print(f"{name} is not installed; {name.upper()} names its program", file=sys.stderr)
            continue
        print(row(*result), flush=True)
        for finding in findings(result[1]):
            print(f"    {finding}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
