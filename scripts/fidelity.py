#!/usr/bin/env python3
"""Compares our answers with recorded traffic of the real API.

Each recorded request is sent to `sparring serve`, under a scenario with the content of the recording (its text, tool
calls, refusal). Errors are not scripted: they must come from our own checks. Then the two answers are compared,
dimension by dimension. A difference that no rule of EXPLAINED covers makes the run fail.

    fidelity.py [--recordings FILE] [--binary PATH] [--markdown [FILE]] [--verbose]
"""

import argparse
import collections
import email.utils
import http.client
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

import page

ROOT = pathlib.Path(__file__).resolve().parent.parent
VOCABULARIES = ROOT / ".vocabularies"
RECORDINGS = ROOT.parent / "shared/recordings/openai-exchanges.jsonl"
PATHS = {
    "/v1/chat/completions": "chat", "/v1/completions": "completions", "/v1/embeddings": "embeddings",
    "/v1/responses": "responses",
}  # fmt: skip
DIMENSIONS = ["status", "error", "headers", "keys", "key order", "types", "usage", "events"]

# The header fields that the API's own machinery sends. Those of Cloudflare, of HTTP framing and of the recorder's
# proxy are not ours to imitate.
HEADERS = [
    "content-type", "access-control-expose-headers", "openai-organization", "openai-processing-ms", "openai-project",
    "openai-version", "openai-model", "x-content-type-options", "strict-transport-security", "x-request-id",
    "x-ratelimit-limit-requests", "x-ratelimit-limit-tokens", "x-ratelimit-remaining-requests",
    "x-ratelimit-remaining-tokens", "x-ratelimit-reset-requests", "x-ratelimit-reset-tokens",
]  # fmt: skip

def before(date):
    return lambda recording: recording.date < date


def model(*parts):
    return lambda recording: any(part in recording.model for part in parts)


class Explanation:
    """Why an answer of today may differ from a recording."""

    def __init__(self, dimension, part, when, reason):
        self.dimension, self.part, self.when, self.reason = dimension, part, when, reason
        # An explanation that never applies is reported, so that the table stays current.
        self.count = 0


EXPLAINED = [
    Explanation("headers", "openai-project only here", before("2025-08"), "recorded before the header existed"),
    Explanation("headers", "openai-organization only here", lambda recording: recording.sorted,
                "removed by the recorder of envoyproxy/ai-gateway"),
    Explanation("keys", "annotations only here", before("2025"), "recorded before messages had annotations"),
    Explanation("keys", "delta.refusal only here", before("2025"), "recorded before tool streams began with refusal"),
    Explanation("keys", "obfuscation only here", before("2025"), "recorded before chunks were padded"),
    Explanation("usage", "obfuscation only here", before("2025"), "recorded before chunks were padded"),
    Explanation("keys", "service_tier only here", before("2025"), "recorded before every answer named its tier"),
    Explanation("usage", "service_tier only here", before("2025"), "recorded before every answer named its tier"),
    Explanation("key order", "system_fingerprint, usage, choices there", before("2025"),
                "recorded when usage came before choices"),
    Explanation("key order", "service_tier, usage, system_fingerprint there", before("2024-12"),
                "recorded when service_tier came before usage"),
    Explanation("types", "system_fingerprint: null there", before("2025"), "gpt-4 had no fingerprint in 2024"),
    Explanation("usage", "cache_write_tokens only here", before("2026-06"),
                "recorded before writes into the prompt cache were counted"),
]  # fmt: skip


def is_text_only(request):
    """No tools, no calls, no format, no images: what the rule of docs/reference/api/tokens.md is sure of."""
    if any(request.get(key) for key in ("tools", "functions")):
        return False
    if (request.get("response_format") or {}).get("type") == "json_schema":
        return False
    items = request.get("messages") or (request["input"] if isinstance(request.get("input"), list) else [])
    for item in items:
        if isinstance(item, dict):
            parts = item["content"] if isinstance(item.get("content"), list) else []
            if item.get("tool_calls") or item.get("role") == "tool" or item.get("type", "message") != "message":
                return False
            if any(part.get("type") not in ("text", "input_text", "output_text") for part in parts):
                return False
    return True


class Recording:
    def __init__(self, number, row):
        self.number = number
        self.row = row
        self.kind = PATHS[row["path"]]
        self.request = json.loads(row["req"])
        self.model = self.request.get("model", "")
        self.streamed = "text/event-stream" in row["headers"].get("content-type", "")
        # The recorder of this project sorts the keys of every object.
        self.sorted = "envoyproxy" in row["source"]
        self.date = email.utils.parsedate_to_datetime(row["headers"]["date"]).date().isoformat()
        self.name = row["source"].rsplit("/", 1)[-1].removesuffix(".yaml")
        self.answer = Answer(row["status"], row["headers"], row["res"])


class Answer:
    def __init__(self, status, headers, body):
        self.status = status
        self.headers = {name.lower(): value for name, value in headers.items()}
        self.events, self.document = [], None
        if "text/event-stream" in self.headers.get("content-type", ""):
            for block in body.replace("\r\n", "\n").split("\n\n"):
                fields = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line)
                if data := fields.get("data"):
                    self.events.append((fields.get("event"), data if data == "[DONE]" else json.loads(data)))
        else:
            try:
                self.document = json.loads(body)
            except ValueError:
                self.document = body

    @property
    def chunks(self):
        return [data for _, data in self.events if data != "[DONE]"]


# The content of a recording, as a step of a scenario.


def content_of_chat(answer):
    if answer.document is not None:
        choice = answer.document["choices"][0]
        message = choice["message"]
        calls = [c["function"] for c in message.get("tool_calls") or []]
        spoken = (message.get("audio") or {}).get("transcript")
        return message.get("content") or spoken, calls, message.get("refusal")
    text, refusal, calls = "", "", {}
    for choice in (c for chunk in answer.chunks for c in chunk["choices"] if c["index"] == 0):
        delta = choice["delta"]
        text += delta.get("content") or ""
        refusal += delta.get("refusal") or ""
        for part in delta.get("tool_calls") or []:
            call = calls.setdefault(part["index"], {"name": "", "arguments": ""})
            for key in call:
                call[key] += part["function"].get(key) or ""
    return text or None, list(calls.values()), refusal or None


def content_of_completion(answer):
    choices = answer.document["choices"] if answer.document is not None else []
    chunks = (c for chunk in answer.chunks for c in chunk["choices"])
    return "".join(c["text"] for c in choices[:1] or chunks if c["index"] == 0), [], None


def content_of_response(answer):
    response = answer.document if answer.document is not None else answer.chunks[-1]["response"]
    text, refusal, calls = "", "", []
    for item in response["output"]:
        if item["type"] == "function_call":
            calls.append({"name": item["name"], "arguments": item["arguments"]})
        for part in item.get("content") or []:
            text += part.get("text", "")
            refusal += part.get("refusal", "")
    return text or None, calls, refusal or None


CONTENT = {"chat": content_of_chat, "completions": content_of_completion, "responses": content_of_response}


def step(recording):
    """The scenario's step for a recording, or None if the answer must come from the server alone."""
    if recording.answer.status != 200 or recording.kind == "embeddings":
        return None
    text, calls, refusal = CONTENT[recording.kind](recording.answer)
    if refusal:
        return {"refusal": refusal, "times": "forever"}
    if calls:
        tools = [{"name": c["name"], "arguments": json.loads(c["arguments"] or "{}")} for c in calls]
        return {"tools": tools, **({"text": text} if text else {}), "times": "forever"}
    return {"text": text or "", "times": "forever"}


def scenario(recordings):
    rules = []
    for recording in recordings:
        if (scripted := step(recording)) is not None:
            rules.append({"when": {"header.x-recording": str(recording.number)}, **scripted})
    # JSON is YAML, except for escaped pairs of characters outside the basic plane.
    # Some of the recorded models have been shut down since.
    models = {"*": {"shutdown_date": "never"}}
    document = {"schema": 1, "scenario": "what the recordings say", "models": models, "rules": rules, "otherwise": "auto"}
    return json.dumps(document, ensure_ascii=False, indent=1)


# Differences, each as (dimension, sentence).


def kind(value):
    if isinstance(value, bool):
        return "boolean"
    names = {str: "string", int: "number", float: "number", list: "array", dict: "object", type(None): "null"}
    return names[type(value)]


def shape(theirs, ours, path, ordered):
    if kind(theirs) != kind(ours):
        yield "types", f"{path or 'body'}: {kind(theirs)} there, {kind(ours)} here"
    elif isinstance(theirs, dict) and path.endswith("logprobs.top_logprobs[]"):
        # Keyed by tokens, which differ.
        yield from shape(list(theirs.values()), list(ours.values()), path, ordered)
    elif isinstance(theirs, dict):
        for key in theirs:
            if key not in ours:
                yield ("usage" if "usage" in f"{path}.{key}" else "keys"), f"{path}.{key} only there".lstrip(".")
            else:
                yield from shape(theirs[key], ours[key], f"{path}.{key}".lstrip("."), ordered)
        for key in ours:
            if key not in theirs:
                yield ("usage" if "usage" in f"{path}.{key}" else "keys"), f"{path}.{key} only here".lstrip(".")
        both = [k for k in theirs if k in ours]
        if ordered and both != [k for k in ours if k in theirs]:
            yield "key order", f"{path or 'body'}: {', '.join(theirs)} there, {', '.join(ours)} here"
    elif isinstance(theirs, list) and theirs and ours:
        # The first item speaks for all: lists differ in length as the words differ.
        yield from shape(theirs[0], ours[0], path + "[]", ordered)


def chunk_kind(chunk):
    """What a chunk of a chat or legacy completion is for."""
    if not chunk["choices"]:
        return "usage"
    choice = chunk["choices"][0]
    if "delta" not in choice:
        return "finish" if choice["finish_reason"] else "content"
    delta = choice["delta"]
    if choice["finish_reason"]:
        return "finish"
    if "role" in delta:
        return "role+tool" if delta.get("tool_calls") else "role"
    if calls := delta.get("tool_calls"):
        return "tool" if calls[0].get("id") else "arguments"
    return "refusal" if delta.get("refusal") else "content"


def collapsed(words):
    result = []
    for word in words:
        if not result or result[-1] != word:
            result.append(word)
    return result


def chat_sequence(answer):
    """The kinds of chunks of the first choice in order, runs as one, and what ends the stream."""
    words = ["[DONE]" if data == "[DONE]" else chunk_kind(data) for _, data in answer.events
             if data == "[DONE]" or not data["choices"] or data["choices"][0]["index"] == 0]  # fmt: skip
    return collapsed(words)


def stream_differences(recording, ours):
    theirs, ordered = recording.answer, not recording.sorted
    if recording.kind != "responses":
        sequences = [chat_sequence(a) for a in (theirs, ours)]
        samples = [{chunk_kind(c): c for c in reversed(a.chunks)} for a in (theirs, ours)]
        names = [{name for name, _ in a.events} for a in (theirs, ours)]
    else:
        sequences = [collapsed(name for name, _ in a.events) for a in (theirs, ours)]
        samples = [{c["type"]: c for c in reversed(a.chunks)} for a in (theirs, ours)]
        names = [{name == data["type"] for name, data in a.events if data != "[DONE]"} for a in (theirs, ours)]
    if sequences[0] != sequences[1]:
        yield "events", f"{' '.join(sequences[0])} there, {' '.join(sequences[1])} here"
    if names[0] != names[1]:
        yield "events", f"event lines {sorted(map(str, names[0]))} there, {sorted(map(str, names[1]))} here"
    for name in sorted(set(samples[0]) & set(samples[1])):
        yield from shape(samples[0][name], samples[1][name], name, ordered)


def differences(recording, ours):
    theirs = recording.answer
    if theirs.status != ours.status:
        yield "status", f"{theirs.status} there, {ours.status} here"
        return
    for name in HEADERS:
        if (name in theirs.headers) != (name in ours.headers):
            yield "headers", f"{name} only {'there' if name in theirs.headers else 'here'}"
    types = [answer.headers.get("content-type") for answer in (theirs, ours)]
    if types[0] != types[1]:
        yield "headers", f"content-type {types[0]} there, {types[1]} here"
    if recording.streamed:
        yield from stream_differences(recording, ours)
        return
    if theirs.status >= 400:
        errors = [a.document.get("error", {}) if isinstance(a.document, dict) else {} for a in (theirs, ours)]
        for key in ("type", "code", "param", "message"):
            pair = [error.get(key) for error in errors]
            if pair[0] != pair[1]:
                yield "error", f"{key}: {pair[0]!r} there, {pair[1]!r} here"
    yield from shape(theirs.document, ours.document, "", not recording.sorted)


def usage(answer):
    """(prompt, completion) tokens, where the answer reports them; without reasoning tokens, which the mock does not need."""
    documents = [answer.document] if answer.document is not None else [c.get("response", c) for c in answer.chunks]
    for document in reversed(documents):
        if isinstance(document, dict) and (counts := document.get("usage")):
            details = counts.get("completion_tokens_details") or counts.get("output_tokens_details") or {}
            said = counts.get("completion_tokens", counts.get("output_tokens"))
            return (
                counts.get("prompt_tokens", counts.get("input_tokens")),
                said and said - details.get("reasoning_tokens", 0),
            )
    return None


# The server.


class Server:
    def __init__(self, binary, scenario_text):
        self.directory = tempfile.TemporaryDirectory()
        folder = pathlib.Path(self.directory.name)
        (folder / "recordings.yaml").write_text(scenario_text)
        ready = folder / "ready"
        self.process = subprocess.Popen(
            [binary, "serve", folder / "recordings.yaml", "--port", "0", "--ready-file", ready, "--quiet", "--models", "strict"],
            stdout=subprocess.DEVNULL,
            env={**os.environ, "SPARRING_VOCABULARIES": str(VOCABULARIES)},
        )
        while not (ready.exists() and ready.read_text().strip()):
            if self.process.poll() is not None:
                sys.exit(f"fidelity: sparring serve ended with {self.process.returncode}")
            time.sleep(0.01)
        self.port = int(ready.read_text().strip().removesuffix("/v1").rsplit(":", 1)[1])

    def send(self, recording):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers = {
            "authorization": "Bearer sk-fidelity",
            "content-type": "application/json",
            "x-recording": str(recording.number),
        }
        connection.request("POST", recording.row["path"], recording.row["req"].encode(), headers)
        response = connection.getresponse()
        body = response.read().decode()
        connection.close()
        return Answer(response.status, dict(response.getheaders()), body)

    def stop(self):
        self.process.terminate()
        self.process.wait(10)
        self.directory.cleanup()


# The report.


def reason(recording, dimension, difference):
    for rule in EXPLAINED:
        if rule.dimension == dimension and rule.part in difference and rule.when(recording):
            rule.count += 1
            return rule.reason
    return None


def tables(recordings, found, counts):
    """The Markdown: rates, explained differences, unexplained ones, tokens."""
    lines = ["| compared | recordings | same | same or explained |", "|---|---:|---:|---:|"]
    for dimension in DIMENSIONS:
        rows = [r for r in recordings if applies(dimension, r)]
        different = {r.number for r, d, _, _ in found if d == dimension}
        unexplained = {r.number for r, d, _, why in found if d == dimension and not why}
        if rows:
            rates = [f"{(len(rows) - len(x)) / len(rows):.0%}" for x in (different, unexplained)]
            lines.append(f"| {dimension} | {len(rows)} | {rates[0]} | {rates[1]} |")
    for title, wanted in (("Explained differences", True), ("Unexplained differences", False)):
        groups = collections.defaultdict(list)
        for recording, dimension, difference, why in found:
            if bool(why) == wanted:
                groups[(dimension, difference if not wanted else "", why)].append((recording, difference))
        if groups:
            lines += ["", f"### {title}", "", "| compared | recordings | difference | reason |", "|---|---:|---|---|"]
        ordered = sorted(groups.items(), key=lambda group: (group[0][0], -len(group[1]), str(group[0])))
        for (dimension, difference, why), items in ordered:
            shown = difference or "; ".join(sorted({d for _, d in items})[:4])
            numbers = {r.number for r, _ in items}
            example = why or "example: " + items[0][0].name
            lines.append(f"| {dimension} | {len(numbers)} | {cell(shown)} | {cell(example)} |")
    lines += ["", "### Token counts", ""]
    lines.append("| endpoint | recordings | text alone: prompt same | prompt same | mean error | completion same | mean error |")
    lines.append("|---|---:|---:|---:|---:|---:|---:|")
    for name in PATHS.values():
        pairs = [(theirs, ours) for recording, theirs, ours in counts if recording.kind == name]
        texts = [t[0] == o[0] for r, t, o in counts if r.kind == name and is_text_only(r.request)]
        cells = [f"| {name} | {len(pairs)}", f"{sum(texts)} of {len(texts)}"]
        for side in (0, 1):
            both = [(t[side], o[side]) for t, o in pairs if t[side] is not None and o[side] is not None]
            if both:
                same = sum(t == o for t, o in both) / len(both)
                errors = [abs(t - o) / t for t, o in both if t]
                error = sum(errors) / len(errors)
                cells.append(f"{same:.0%} | {error:.1%}")
            else:
                cells.append("– | –")
        lines.append(" | ".join(cells) + " |")
    rows = [(r, side, t[i], o[i]) for r, t, o in counts for i, side in enumerate(("prompt", "completion"))
            if t[i] is not None and t[i] != o[i]]  # fmt: skip
    if rows:
        lines += ["", "| recording | model | tokens of the | there | here |", "|---|---|---|---:|---:|"]
        lines += [f"| {r.name} | {r.model} | {side} | {there} | {here} |" for r, side, there, here in rows]
    return lines


def miscounted(counts):
    """Requests of text alone whose prompt has another number of tokens here."""
    for recording, theirs, ours in counts:
        if theirs[0] != ours[0] and is_text_only(recording.request):
            yield recording, theirs[0], ours[0]


def applies(dimension, recording):
    is_error = recording.answer.status >= 400
    if dimension == "error":
        return is_error
    if dimension == "events":
        return recording.streamed
    if dimension == "usage":
        return usage(recording.answer) is not None
    return True


def cell(text):
    return text.replace("|", "\\|").replace("\n", " ")[:300]


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--recordings", type=pathlib.Path, default=RECORDINGS)
    parser.add_argument("--binary", type=pathlib.Path)
    parser.add_argument("--markdown", nargs="?", const="docs/measurements/fidelity.md", help="write the tables into this page")
    parser.add_argument("--verbose", action="store_true", help="print each difference with its recording")
    return parser.parse_args()



def main():
    args = arguments()
    if not args.recordings.exists():
        print(f"fidelity: skipped, there are no recordings at {os.path.relpath(args.recordings)}")
        return 0
    if not VOCABULARIES.exists():
        print("fidelity: there are no vocabularies: run scripts/vocabularies.sh", file=sys.stderr)
        return 1
    if args.binary is None:
        shown = subprocess.check_output(["swift", "build", "--show-bin-path"], cwd=ROOT, text=True)
        args.binary = pathlib.Path(shown.strip()) / "sparring"
    rows = [json.loads(line) for line in args.recordings.read_text().splitlines()]
    recordings = [Recording(n, row) for n, row in enumerate(rows) if row["path"] in PATHS]
    skipped = len(rows) - len(recordings)

    found, counts = [], []
    server = Server(args.binary, scenario(recordings))
    try:
        for recording in recordings:
            ours = server.send(recording)
            for dimension, difference in dict.fromkeys(differences(recording, ours)):
                why = reason(recording, dimension, difference)
                found.append((recording, dimension, difference, why))
                if args.verbose:
                    print(f"{recording.number:3} {recording.name}: {dimension}: {difference} [{why or 'UNEXPLAINED'}]")
            theirs_count, ours_count = usage(recording.answer), usage(ours)
            if theirs_count and ours_count:
                counts.append((recording, theirs_count, ours_count))
    finally:
        server.stop()

    title = f"{len(recordings)} recorded exchanges of {', '.join(PATHS)}; {skipped} of other endpoints are left out."
    lines = [title, "", *tables(recordings, found, counts)]
    print("\n".join(lines))
    if args.markdown:
        page.write(args.markdown, "fidelity", lines)
    wrong = list(miscounted(counts))
    for recording, there, here in wrong:
        print(f"fidelity: {recording.name}: a prompt of {there} tokens has {here} here", file=sys.stderr)
    stale = [rule for rule in EXPLAINED if not rule.count]
    for rule in stale:
        print(f"fidelity: the explanation '{rule.reason}' no longer explains a difference: remove it", file=sys.stderr)
    unexplained = sum(not why for *_, why in found)
    if unexplained:
        print(f"fidelity: {unexplained} differences have no explanation", file=sys.stderr)
    return 1 if unexplained or stale or wrong else 0


if __name__ == "__main__":
    sys.exit(main())
