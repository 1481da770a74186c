"""Grades third-party gateways and pairs of replicas with `sparring gateway check`, and prints the table of docs/measurements/gateways.md.

    gateways.py SPARRING [NAME…]      all of them without a name; one that is not installed is named and left out

Gateways are found on the PATH; LITELLM, LM_PROXY and ENVOY name programs elsewhere. The replicas of LiteLLM's proxy also need redis-server, and one of
them nginx. The data of each run and its gateway's log are written to .sparring/gateways, and `sparring gateway report .sparring/gateways/*.json` makes a page of them.
"""

import contextlib
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
    """The path of the program; None if it is not installed."""
    path = shutil.which(os.environ.get(name.upper().replace("-", "_"), name))
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
    """The first of two consecutive free ports, for the upstreams of `--port`."""
    while True:
        port = free_ports(1)[0]
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port + 1))
            except (OSError, OverflowError):
                continue
            return port


def version(path, *words):
    """The version that a program prints; empty if it prints none."""
    run = subprocess.run([path, *words], capture_output=True, text=True)
    # Envoy prints a commit in addition to its version. LiteLLM's proxy also prints lines of its log.
    number = re.search(r"(?<![\d.:])\d+\.\d+\.\d+", re.sub(r"[0-9a-f]{40}", "", run.stdout + run.stderr))
    return number[0] if number else ""


class Foreign:
    """A gateway that Sparring starts with a template of its configuration."""

    def __init__(self, name, template, command, version, options=(), program=None, title=""):
        self.name, self.template, self.command, self.version, self.options = name, template, command, version, options
        self.program, self.title = program or name, title

    def run(self, sparring):
        path = program(self.program)
        if path is None:
            return None
        title = f"{self.program} {version(path, *self.version)}".strip() + self.title
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
    Foreign("lm-proxy", "lm-proxy.toml", "--config {config}", ["--version"], ("--key", "sk-client")),
    Foreign("nginx-streams", "nginx.conf", '-c {config} -p "$(dirname {config})"', ["-v"],
            ("many.thousand-streams", "--cases", FIXTURES / "thousand-streams.yaml"), program="nginx", title=", a thousand streams"),
    Foreign("litellm-streams", "litellm.yaml", "--config {config} --port {port} --host 127.0.0.1", ["--version"],
            ("many.thousand-streams", "--cases", FIXTURES / "thousand-streams.yaml"), program="litellm", title=", a thousand streams"),
]


class Pair:
    """Two replicas of the gateway of the fixtures, which share one count of calls or have a count each."""

    # The second replica is killed after this many calls of the limited key.
    CALLS = 5

    def __init__(self, name, title, shares, loses_one, case=("replicas.limit-while-killed", "limit-while-killed.yaml")):
        self.name, self.title, self.shares, self.loses_one, self.case = name, title, shares, loses_one, case

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
                    sparring, self.name, ports, self.case[0], "--port", str(upstream), "--cases",
                    FIXTURES / self.case[1], "--adapter", FIXTURES / "adapter.yaml")
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
        # The log file is not written yet, or is being written.
        return 0


def wait_for(ports, seconds=60):
    """Waits until a program listens on each port, but at most this long for each port."""
    for port in ports:
        for _ in range(10 * seconds):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        else:
            sys.exit(f"no gateway listens on port {port}")


class LiteLLMReplicas:
    """Replicas of LiteLLM's proxy that share a Redis: behind nginx, where one replica is killed, or each with its own address."""

    # The second replica is killed after this many answers of the case are counted.
    CALLS = 5
    # The calls of the case are longer than those before it.
    LENGTH = 1000

    def __init__(self, name, title, count, recipe, case, terms, loses_one=False):
        self.name, self.title, self.count, self.recipe = name, title, count, recipe
        self.case, self.terms, self.loses_one = case, terms, loses_one
        self.killed_after = None

    def run(self, sparring):
        path, redis, nginx = (program(name) for name in ("litellm", "redis-server", "nginx"))
        if path is None or redis is None or (self.loses_one and nginx is None):
            return None
        key, upstream = os.environ["LITELLM_MASTER_KEY"], free_neighbours()
        front, store, *ports = free_ports(self.count + 2)
        with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
            config, adapter = pathlib.Path(folder, "config.yaml"), pathlib.Path(folder, "adapter.yaml")
            text = (RECIPES / self.recipe).read_text()
            for old, new in (("{{primary.url}}", f"http://127.0.0.1:{upstream}/v1"), ("{{primary.key}}", "sk-upstream"), ("6379", str(store))):
                text = text.replace(old, new)
            config.write_text(text)
            adapter.write_text(f"schema: 1\ngateway: LiteLLM's proxy\nkeys: {{ limited: {key}, budget: {key} }}\n{self.terms}\n"
                               "reports: { cost: x-litellm-response-cost }\n")

            def start(*command, log):
                process = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder)
                stack.callback(lambda: (process.kill(), process.wait()))
                return process

            start(redis, "--port", str(store), "--save", "", "--appendonly", "no", log=subprocess.DEVNULL)
            wait_for([store])
            replicas = [
                start(path, "--config", str(config), "--port", str(port), "--host", "127.0.0.1",
                      log=stack.enter_context(open(DATA / f"{self.name}-{index}.log", "w")))
                for index, port in enumerate(ports, 1)
            ]
            wait_for(ports, seconds=300)
            if self.loses_one:
                self.behind_nginx(pathlib.Path(folder), front, ports, start, nginx)
                thread = threading.Thread(target=self.kill, args=(replicas[1], pathlib.Path(folder, f"replicas-{front}.log")), daemon=True)
                thread.start()
            data = check(
                sparring, self.name, [front] if self.loses_one else ports, self.case[0], "--port", str(upstream), "--cases",
                FIXTURES / self.case[1], "--adapter", adapter, "--key", key)
        words = f", the second killed after {self.killed_after} answers" if self.killed_after else ""
        return f"litellm {version(path, '--version')}, {self.title}{words}", data

    @staticmethod
    def behind_nginx(folder, front, ports, start, nginx):
        text = (RECIPES / "nginx-replicas.conf").read_text()
        for name, port in (("port", front), ("first", ports[0]), ("second", ports[1])):
            text = text.replace("{{" + name + "}}", str(port))
        (folder / "nginx.conf").write_text(text)
        start(nginx, "-c", str(folder / "nginx.conf"), "-p", str(folder), log=subprocess.DEVNULL)
        wait_for([front])

    def kill(self, replica, log):
        """Kills a replica when nginx has passed on CALLS answers of the case."""
        while replica.poll() is None:
            lines = [line.split() for line in log.read_text().splitlines()] if log.exists() else []
            answered = sum(int(length) > self.LENGTH and status == "200" for length, status in (line for line in lines if len(line) == 2))
            if answered >= self.CALLS:
                self.killed_after = answered
                return replica.kill()
            time.sleep(0.001)


BUDGET = ("replicas.budget", "budget-in-dollars.yaml")
LIMIT = ("replicas.limit-of-tokens", "limit-of-tokens.yaml")
PAIRS = [
    Pair("killed", "two replicas with one count, one killed", shares=True, loses_one=True),
    # This pair must fail, because each replica lets the whole limit through.
    Pair("apart", "two replicas with counts of their own", shares=False, loses_one=False),
    Pair("budget", "two replicas with one sum, a budget of $0.004", shares=True, loses_one=False, case=BUDGET),
    # This pair must also fail.
    Pair("budget-apart", "two replicas with sums of their own, a budget of $0.004", shares=False, loses_one=False, case=BUDGET),
    LiteLLMReplicas("litellm-killed", "two replicas behind nginx, one Redis", 2, "litellm-limits.yaml", LIMIT,
                    "limits: { requests_per_minute: 14 }", loses_one=True),
    LiteLLMReplicas("litellm-replicas", "three replicas, one Redis", 3, "litellm-limits.yaml", LIMIT, "limits: { requests_per_minute: 14 }"),
    LiteLLMReplicas("litellm-budget", "three replicas, one Redis, a budget of $0.002", 3, "litellm-budget.yaml",
                    BUDGET, "budget: { dollars: 0.002 }"),
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
    # LiteLLM's proxy needs a strong key, which is also the key of the client.
    key = "sk-" + secrets.token_hex(24)
    os.environ |= {"LITELLM_MASTER_KEY": key, "LITELLM_LOCAL_MODEL_COST_MAP": "True"}
    for litellm in (subject for subject in FOREIGN if subject.program == "litellm"):
        litellm.options = (*litellm.options, "--key", key)
    print("| gateway | verdicts | upstreams / reported | time |\n|---|---|---|---|", flush=True)
    for name in names or subjects:
        result = subjects[name].run(sparring)
        if result is None:
            print(f"{name}: a program is not installed; LITELLM, LM_PROXY and ENVOY name programs outside the PATH", file=sys.stderr)
            continue
        print(row(*result), flush=True)
        for finding in findings(result[1]):
            print(f"    {finding}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
