#!/usr/bin/env python3
"""Measures how clients react to every fault: a table for docs/measurements/fault-clients.md.

    fault_clients.py SPARRING [--markdown] [NAME…]

Each client sends one call for each fault, without retries, with a timeout of three seconds. A cell is what the program above the client
gets: `same` (nothing unusual), `other` (an answer that differs), `less` (part of the answer and no error), or the error's name.
"""

import asyncio
import json
import os
import pathlib
import re
import shutil
import ssl
import subprocess
import sys
import tempfile
import time

import httpx2 as httpx
import openai

try:
    import aiohttp
except ImportError:
    aiohttp = None

ROOT = pathlib.Path(__file__).resolve().parent.parent
PATIENCE = 3
TEXT = "Hé, you 🥊"
SCENARIO = """
schema: 1
scenario: fault-clients
rules:
  - when: { offers_tool: one }
    tools: [ { name: one, arguments: { a: 1 } }, { name: two, arguments: { a: 1 } } ]
  - { when: { last.user: json }, json: { city: Paris, degrees: 21 } }
  - { when: { last.user: pace }, text: "Hé, you 🥊", stream: { every: 20ms } }
  - text: "Hé, you 🥊"
"""
TOOLS = [{"type": "function", "function": {"name": n, "parameters": {"type": "object"}}} for n in ("one", "two")]


def shown(name):
    """The fault's layer, and the kind of answer that shows it in `sparring faults show`. Faults of connections and requests have no
    kind."""
    text = (ROOT / f"fixtures/faults/{name}.txt").read_text()
    title = re.search(r"^=== .*\((.*)\)$", text, re.M)
    return re.search(r"^  layer: (.*)$", text, re.M)[1], title[1] if title else "stream"


def body(kind):
    prompt = {"stream of JSON": "json", "stream with a pace": "pace"}.get(kind, "hello")
    options = {} if kind == "whole body" else {"stream": True, "stream_options": {"include_usage": True}}
    tools = {"tools": TOOLS} if kind == "stream with two tool calls" else {}
    return {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": prompt}], **options, **tools}


# Options that make clients use HTTP/2 without TLS, where the protocol is not negotiated. Empty for a fault of HTTP/1.
HTTP2 = {}
NO_HTTP2 = "no HTTP/2"

# Faults that one client cannot show with the default arguments of the faults.
ORDERS = {"connection_limit": "connection_limit fin 0"}


def extra(name):
    """Header fields that the fault needs. Node's fetch does not allow a program to send this field."""
    return {"expect": "100-continue"} if name.endswith("_continue") else {}


def message(choice):
    part = choice.get("delta") or choice.get("message") or {}
    calls = "".join(str((c.get("function") or {}).get("arguments") or "") for c in part.get("tool_calls") or [])
    return (part.get("content") or "") + (part.get("refusal") or "") + calls


def read(text):
    """Reads the bytes like a simple program: only the lines that start with `data:`."""
    if not text.startswith(("data", ":", "event", "id", "retry", "\ufeff", "x-")):
        return "".join(message(c) for c in json.loads(text)["choices"])
    words = []
    for line in text.splitlines():
        if line.startswith("data:") and (data := line[5:].strip()) != "[DONE]":
            chunk = json.loads(data)
            if "error" in chunk:
                raise RuntimeError("error event")
            words += [message(c) for c in chunk["choices"]]
    return "".join(words)


def with_openai(base, request, fields):
    own = {"http_client": httpx.Client(timeout=PATIENCE, **HTTP2)} if HTTP2 else {}
    client = openai.OpenAI(
        base_url=base, api_key="sk-sparring", max_retries=0, timeout=PATIENCE, default_headers=fields, **own
    )
    with client:
        answer = client.chat.completions.create(**request)
        if "stream" not in request:
            return "".join(message(c.model_dump()) for c in answer.choices)
        return "".join(message(c.model_dump()) for chunk in answer for c in chunk.choices or [])


def with_httpx(base, request, fields):
    with httpx.Client(timeout=PATIENCE, **HTTP2) as client:
        headers = {"authorization": "Bearer sk-sparring", **fields}
        with client.stream("POST", base + "/chat/completions", json=request, headers=headers) as answer:
            text = "".join(answer.iter_text())
            answer.raise_for_status()
    return read(text)


def with_aiohttp(base, request, fields):
    async def ask():
        timeout = aiohttp.ClientTimeout(total=PATIENCE)
        async with aiohttp.ClientSession(timeout=timeout, headers={"authorization": "Bearer sk-sparring"}) as session:
            expects = {"expect100": True} if fields else {}
            # The client creates its default TLS context at import, with the certificate authorities that were set then.
            expects |= {"ssl": ssl.create_default_context()} if base.startswith("https") else {}
            async with session.post(base + "/chat/completions", json=request, **expects) as answer:
                text = await answer.text()
                answer.raise_for_status()
                return text

    return read(asyncio.run(ask()))


class Failed(Exception):
    pass


def with_curl(base, request, fields):
    command = ["curl", "-sS", "--fail", "-m", str(PATIENCE), "--compressed", "-L", "--max-redirs", "5", base + "/chat/completions"]
    headers = ["-H", "authorization: Bearer sk-sparring", "-H", "content-type: application/json"]
    command += ["--http2-prior-knowledge"] if HTTP2 else []
    headers += [part for field in fields.items() for part in ("-H", ": ".join(field))]
    done = subprocess.run([*command, *headers, "-d", json.dumps(request)], capture_output=True)
    if done.returncode != 0:
        raise Failed(f"curl {done.returncode}")
    return read(done.stdout.decode("utf-8", "replace"))


NODE = """
const [base, body] = process.argv.slice(1);
const headers = { authorization: "Bearer sk-sparring", "content-type": "application/json" };
try {
  const answer = await fetch(base + "/chat/completions", { method: "POST", body, headers, signal: AbortSignal.timeout(3000) });
  const text = await answer.text();
  if (!answer.ok) throw Object.assign(new Error(), { name: "status " + answer.status });
  process.stdout.write(text);
} catch (error) { process.stderr.write(error.cause?.code ?? error.name); process.exit(1); }
"""


def with_fetch(base, request, _):
    done = subprocess.run(
        ["node", "--input-type=module", "-e", NODE, base, json.dumps(request)], capture_output=True, timeout=20
    )
    if done.returncode == 13:
        # Node's exit code for a program that waits for a promise that can no longer settle. In this script, that promise is the promise of
        # fetch.
        raise Failed("never settles")
    if done.returncode != 0:
        raise Failed(done.stderr.decode()[-40:] or "crash")
    return read(done.stdout.decode("utf-8", "replace"))


CLIENTS = {"openai": with_openai, "httpx2": with_httpx}
if aiohttp:
    CLIENTS["aiohttp"] = with_aiohttp
if shutil.which("curl"):
    CLIENTS["curl"] = with_curl
if shutil.which("node"):
    CLIENTS["fetch"] = with_fetch


def outcome(ask, base, request, usual, fields):
    if HTTP2 and ask in (with_aiohttp, with_fetch):
        return NO_HTTP2
    try:
        said = ask(base, request, fields)
    except Failed as error:
        return str(error)
    except openai.APIStatusError as error:
        return f"{type(error).__name__} {error.status_code}"
    except Exception as error:  # noqa: BLE001 — whatever a client throws is the finding
        return type(error).__name__
    if said == usual:
        return "same"
    return "less" if said != usual and usual.startswith(said) else "other"


def main():
    arguments = [a for a in sys.argv[1:] if not a.startswith("--")]
    sparring = arguments[0]
    known = subprocess.run([sparring, "faults", "list", "--names"], capture_output=True, text=True).stdout.split()
    names = arguments[1:] or known
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        (folder / "s.yaml").write_text(SCENARIO)
        with Server(sparring, folder) as usual:
            rows = [row(usual, name, folder) for name in names]
    versions = {"openai": openai.__version__, "httpx2": httpx.__version__}
    if aiohttp:
        versions["aiohttp"] = aiohttp.__version__
    if "--markdown" in sys.argv:
        page(rows, versions)


class Server:
    """`sparring serve`, running during a block. Connection faults apply to all connections of this server."""

    def __init__(self, sparring, folder, *options):
        self.sparring, self.folder, self.options = sparring, folder, options

    def __enter__(self):
        ready = pathlib.Path(tempfile.mkdtemp(dir=self.folder)) / "ready"
        command = [self.sparring, "serve", str(self.folder / "s.yaml"), "--port", "0", "--quiet"]
        self.process = subprocess.Popen([*command, "--ready-file", str(ready), *self.options])
        while not ready.exists() or not ready.read_text().strip():
            time.sleep(0.02)
        self.root = re.match(r"https?://[^/]+", ready.read_text())[0]
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()


def row(usual, name, folder):
    layer, kind = shown(name)
    request = body(kind)
    order = ORDERS.get(name, name) if kind != "stream with CRLF" else f"line_end crlf,{name}"
    said = {c: ask(f"{usual.root}/s/{c}-{name}/v1", request, {}) for c, ask in CLIENTS.items()}
    spoken = ["--tls", "--tls-ca-out", str(folder / "ca.pem")] if "TLS" in layer else []
    spoken += ["--http2"] if "HTTP/2" in layer else []
    if not spoken and not layer.startswith("connection"):
        return cells(usual, name, request, order, said)
    faults = ["--fault", order] if layer.startswith("connection") else []
    HTTP2.update({"http1": False, "http2": True} if "HTTP/2" in layer else {})
    try:
        return elsewhere(usual, name, folder, [*spoken, *faults], request, None if faults else order, said)
    finally:
        HTTP2.clear()


def elsewhere(usual, name, folder, options, request, order, said):
    """Runs a client against a fault on a new server."""
    with Server(usual.sparring, folder, *options) as server:
        if "--tls" in options:
            for variable in ("SSL_CERT_FILE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"):
                os.environ[variable] = str(folder / "ca.pem")
        return cells(server, name, request, order, said)


def cells(server, name, request, order, said):
    found = [name]
    for client, ask in CLIENTS.items():
        path = f"/f/{order.replace(' ', '+')}" if order else ""
        found.append(outcome(ask, f"{server.root}/s/{client}-{name}{path}/v1", request, said[client], extra(name)))
    print(" ".join(f"{cell:26}" for cell in found), file=sys.stderr, flush=True)
    return found


def page(rows, versions):
    clients = [f"{c} {versions[c]}" if c in versions else c for c in CLIENTS]
    print("# How clients react to faults\n")
    print(
        "`make faultclients` writes this page. Every fault is applied once at its usual point (`connection_limit` with a limit of 0), without\n"
        "retries and with a timeout of three seconds. Faults of HTTP/2 are played without TLS, to clients that support HTTP/2.\n"
        "\n"
        "`openai` is the official package; the others read the body with the simplest code: lines that start with `data:`, split as the language\n"
        "splits lines.\n"
        "\n"
        "| result | meaning |\n"
        "|---|---|\n"
        "| `same` | the program that uses the client gets no sign of the fault |\n"
        "| `other` | the program gets a different answer |\n"
        "| `less` | the program gets a part of the answer, and no error |\n"
        "| `never settles` | the promise of Node's fetch is neither fulfilled nor rejected, and the program ends |\n"
        "| everything else | the error |\n"
    )
    print("| fault | " + " | ".join(clients) + " |\n|" + "---|" * (len(clients) + 1))
    for found in rows:
        print("| " + " | ".join([f"`{found[0]}`", *found[1:]]) + " |")


main()
