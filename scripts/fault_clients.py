#!/usr/bin/env python3
"""What clients make of every fault: a table for docs/fault-clients.md.

    fault_clients.py SPARRING [--markdown] [NAME…]

Each client asks once for each fault, without retries, three seconds of patience. A cell says what the program above the client
sees: `same` (nothing unusual), `other` (an answer that differs), `less` (part of the answer and no error), or the error's name.
"""

import asyncio
import json
import pathlib
import re
import shutil
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


def stage(name):
    """The kind of answer that the fault is shown on, as `sparring faults show` chose it."""
    title = re.search(r"^=== .*\((.*)\)$", (ROOT / f"fixtures/faults/{name}.txt").read_text(), re.M)[1]
    return title


def body(kind):
    prompt = {"stream of JSON": "json", "stream with a pace": "pace"}.get(kind, "hello")
    options = {} if kind == "whole body" else {"stream": True, "stream_options": {"include_usage": True}}
    tools = {"tools": TOOLS} if kind == "stream with two tool calls" else {}
    return {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": prompt}], **options, **tools}


def message(choice):
    part = choice.get("delta") or choice.get("message") or {}
    calls = "".join(str((c.get("function") or {}).get("arguments") or "") for c in part.get("tool_calls") or [])
    return (part.get("content") or "") + (part.get("refusal") or "") + calls


def read(text):
    """What a simple program makes of the bytes: lines that start with `data:`."""
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


def with_openai(base, request):
    client = openai.OpenAI(base_url=base, api_key="sk-sparring", max_retries=0, timeout=PATIENCE)
    with client:
        answer = client.chat.completions.create(**request)
        if "stream" not in request:
            return "".join(message(c.model_dump()) for c in answer.choices)
        return "".join(message(c.model_dump()) for chunk in answer for c in chunk.choices or [])


def with_httpx(base, request):
    with httpx.Client(timeout=PATIENCE) as client:
        headers = {"authorization": "Bearer sk-sparring"}
        with client.stream("POST", base + "/chat/completions", json=request, headers=headers) as answer:
            text = "".join(answer.iter_text())
            answer.raise_for_status()
    return read(text)


def with_aiohttp(base, request):
    async def ask():
        timeout = aiohttp.ClientTimeout(total=PATIENCE)
        async with aiohttp.ClientSession(timeout=timeout, headers={"authorization": "Bearer sk-sparring"}) as session:
            async with session.post(base + "/chat/completions", json=request) as answer:
                text = await answer.text()
                answer.raise_for_status()
                return text

    return read(asyncio.run(ask()))


class Failed(Exception):
    pass


def with_curl(base, request):
    command = ["curl", "-sS", "--fail", "-m", str(PATIENCE), "--compressed", "-L", "--max-redirs", "5", base + "/chat/completions"]
    headers = ["-H", "authorization: Bearer sk-sparring", "-H", "content-type: application/json"]
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


def with_fetch(base, request):
    done = subprocess.run(
        ["node", "--input-type=module", "-e", NODE, base, json.dumps(request)], capture_output=True, timeout=20
    )
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


def outcome(ask, base, request, usual):
    try:
        said = ask(base, request)
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
        ready = folder / "ready"
        command = [sparring, "serve", str(folder / "s.yaml"), "--port", "0", "--quiet", "--ready-file", str(ready)]
        server = subprocess.Popen(command)
        try:
            while not ready.exists() or not ready.read_text().strip():
                time.sleep(0.02)
            root = re.match(r"http://[^/]+", ready.read_text())[0]
            rows = [row(root, name) for name in names]
        finally:
            server.terminate()
            server.wait()
    versions = {"openai": openai.__version__, "httpx2": httpx.__version__}
    if aiohttp:
        versions["aiohttp"] = aiohttp.__version__
    if "--markdown" in sys.argv:
        page(rows, versions)


def row(root, name):
    kind = stage(name)
    request = body(kind)
    order = name if kind != "stream with CRLF" else f"line_end+crlf,{name}"
    cells = [name]
    for client, ask in CLIENTS.items():
        usual = ask(f"{root}/s/{client}-{name}/v1", request)
        cells.append(outcome(ask, f"{root}/s/{client}-{name}/f/{order}/v1", request, usual))
    print(" ".join(f"{cell:26}" for cell in cells), file=sys.stderr, flush=True)
    return cells


def page(rows, versions):
    clients = [f"{c} {versions[c]}" if c in versions else c for c in CLIENTS]
    print("# What clients make of faults\n")
    print(
        "Written by `make faultclients`: every fault at its usual point, asked for once, without retries and with three seconds\n"
        "of patience. `same`: the program above the client sees nothing unusual. `other`: it sees an answer that differs. `less`: part of\n"
        "the answer, and no error. Everything else is the error. `openai` is the official package; the others read the body with the\n"
        "plainest code there is: lines that start with `data:`, split as the language splits lines.\n"
    )
    print("| fault | " + " | ".join(clients) + " |\n|" + "---|" * (len(clients) + 1))
    for cells in rows:
        print("| " + " | ".join([f"`{cells[0]}`", *cells[1:]]) + " |")


main()
