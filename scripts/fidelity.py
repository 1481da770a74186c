#!/usr/bin/env python3
"""Compares Sparring's answers with recorded traffic of the real API.

Each recorded request is sent to `sparring serve`, under a scenario with the content of the recording (its text, tool
calls, refusal). Errors are not scripted: they must come from Sparring's own checks. Then the two answers are compared,
dimension by dimension. There are two collections of recordings: in the first, a difference that no rule of EXPLAINED
covers makes the run fail; in the second, a rate below its goal.

    fidelity.py [--recordings FOLDER] [--binary PATH] [--markdown [FILE]] [--verbose] [--only NAME]
"""

import argparse
import collections
import http.client
import os
import pathlib
import subprocess
import sys
import tempfile
import time

import page
from recordings import KINDS, Answer, Recording, is_text_only, kind_of, read, scenario

ROOT = pathlib.Path(__file__).resolve().parent.parent
VOCABULARIES = ROOT / ".vocabularies"
RECORDINGS = ROOT.parent / "shared/recordings"
# This dimension is only for requests that contain only text. For these requests, the rule in docs/reference/api/tokens.md is certain.
PROMPT = "prompt tokens"
DIMENSIONS = ["status", "error", "headers", "keys", "key order", "types", "usage", "events"]

# The header fields that the API's own machinery sends. Header fields of Cloudflare, of HTTP framing and of the recorder's proxy are not
# imitated.
HEADERS = [
    "content-type", "access-control-expose-headers", "openai-organization", "openai-processing-ms", "openai-project",
    "openai-version", "openai-model", "x-content-type-options", "strict-transport-security", "x-request-id",
    "x-ratelimit-limit-requests", "x-ratelimit-limit-tokens", "x-ratelimit-remaining-requests",
    "x-ratelimit-remaining-tokens", "x-ratelimit-reset-requests", "x-ratelimit-reset-tokens",
]  # fmt: skip


# A field that was present only for a time. Such a difference is counted separately.
PROXY = "x-openai-proxy-wasm"


def before(date):
    return lambda recording: recording.date < date


def model(*parts):
    return lambda recording: any(part in recording.model for part in parts)


class Explanation:
    """A reason why a current answer may differ from a recording."""

    def __init__(self, dimension, part, when, reason):
        self.dimension, self.part, self.when, self.reason = dimension, part, when, reason
        # An explanation that never applies is reported, so that the table contains no outdated rows.
        self.count = 0


def both(*conditions):
    return lambda recording: all(condition(recording) for condition in conditions)


def azure(recording):
    return recording.is_azure


def foreign(recording):
    """The exchange was recorded through a gateway, which answers in its own shape: OpenRouter names its providers, LiteLLM adds
    `reasoning_content`."""
    return any(word in recording.row["res"] for word in ('"provider":', '"native_finish_reason"', '"reasoning_content"'))


def few_headers(recording):
    """The recorder kept only some fields, or removed some to mask them. Every answer of today's API has these fields."""
    if recording.is_azure:
        return "apim-request-id" not in recording.answer.headers
    every = {"x-request-id", "openai-organization", "openai-version", "x-content-type-options", "strict-transport-security"}
    return not every <= set(recording.answer.headers)


def of(kind):
    return lambda recording: recording.kind == kind


def streamed(recording):
    return recording.streamed


def unknown_model(recording):
    return "does not exist" in recording.row["res"]


def any_time(recording):
    return True


EXPLAINED = [
    # The default server answers for models that it does not know (docs/reference/models.md).
    Explanation("status", "there, 200 here", unknown_model, "the default server answers for an unknown model, with a warning"),
    Explanation("headers", "openai-project only here", before("2025-08"), "recorded before the header existed"),
    Explanation("headers", "openai-organization only here", lambda recording: recording.sorted,
                "removed by the recorder of envoyproxy/ai-gateway"),
    Explanation("headers", "only here", few_headers, "the recorder kept only some header fields"),
    Explanation("headers", "expose-headers only here", both(of("responses"), before("2026-06-11")),
                "recorded before responses exposed the id of the request"),
    Explanation("headers", "x-ratelimit", both(of("responses"), before("2025-09")),
                "recorded before responses reported limits"),
    Explanation("headers", "x-ratelimit", both(of("responses"), streamed),
                "recorded with and without limits in the same months"),
    Explanation("headers", "openai-model only there", before("2024"), "recorded when every answer named its model"),
    Explanation("headers", "openai-model only there", both(of("embeddings"), before("2026-06")),
                "recorded before text-embedding-3 left its name out"),
    Explanation("key order", "object, index, embedding] there", before("2026-06"),
                "recorded before text-embedding-3 put the index last"),
    Explanation("keys", "content_filter", azure, "the owner of a deployment chooses its filters"),
    Explanation("usage", "content_filter", azure, "the owner of a deployment chooses its filters"),
    Explanation("keys", "logprobs only here", both(azure, before("2024")), "recorded before choices had logprobs"),
    Explanation("keys", "content only here", both(of("responses"), before("2026-06-24")),
                "recorded before reasoning had content"),
    Explanation("keys", "output_schema only here", before("2026-08-19"), "recorded before tools had an output schema"),
    Explanation("keys", "search_content_types only here", before("2026-04"), "recorded before searches had content types"),
    *[Explanation(dimension, "", foreign, "recorded through a gateway with a shape of its own")
      for dimension in ("keys", "types", "usage", "events", "key order")],
    Explanation("keys", "annotations only here", before("2025-04"), "recorded before messages had annotations"),
    Explanation("keys", "refusal only here", before("2025"), "recorded before messages had refusal"),
    Explanation("keys", "logprobs only here", before("2024"), "recorded before choices had logprobs"),
    Explanation("keys", "system_fingerprint only here", before("2025"), "recorded before every answer had a fingerprint"),
    Explanation("keys", "obfuscation only here", before("2025-08"), "recorded before chunks and deltas were padded"),
    Explanation("usage", "obfuscation only here", before("2025-08"), "recorded before chunks and deltas were padded"),
    Explanation("keys", "service_tier only here", before("2025-04"), "recorded before every answer named its tier"),
    Explanation("usage", "service_tier only here", before("2025-04"), "recorded before every answer named its tier"),
    Explanation("key order", "system_fingerprint, usage, choices] there", before("2025"),
                "recorded when usage came before choices"),
    Explanation("key order", "service_tier, usage, system_fingerprint] there", before("2024-12"),
                "recorded when service_tier came before usage"),
    Explanation("types", "system_fingerprint: null there", before("2025"), "gpt-4 had no fingerprint in 2024"),
    Explanation("keys", "reasoning.mode only here", before("2026-07-10"), "recorded before reasoning had a mode"),
    Explanation("keys", "reasoning.context only here", before("2026-05-28"), "recorded before reasoning had a context"),
    Explanation("keys", "moderation only here", before("2026-05-06"), "recorded before responses had moderation"),
    Explanation("keys", "completed_at only here", before("2026-02-12"), "recorded before responses had completed_at"),
    Explanation("keys", "_penalty only here", before("2026-02-12"), "recorded before responses had penalties"),
    Explanation("keys", "prompt_cache_retention only here", before("2026-02-12"), "recorded before responses named their retention"),
    Explanation("types", "prompt_cache_retention: null there", before("2026-05"), "recorded before responses named their retention"),
    Explanation("keys", "billing only here", before("2026-02-12"), "recorded before responses had billing"),
    Explanation("keys", "text.verbosity only here", before("2026-02-12"), "recorded before responses had a verbosity"),
    Explanation("keys", "prompt_cache_key only here", before("2026-02-12"), "recorded before responses had prompt_cache_key"),
    Explanation("keys", "safety_identifier only here", before("2026-02-12"), "recorded before responses had safety_identifier"),
    Explanation("keys", "top_logprobs only here", before("2026-02-12"), "recorded before responses had top_logprobs"),
    Explanation("keys", "logprobs only here", before("2026-02-12"), "recorded before output texts had logprobs"),
    Explanation("keys", "max_tool_calls only here", before("2025-07"), "recorded before responses had max_tool_calls"),
    Explanation("keys", "background only here", before("2025-06"), "recorded before responses had background"),
    Explanation("keys", "sequence_number only here", before("2025-06"), "recorded before events were numbered"),
    Explanation("keys", "reasoning.generate_summary only there", before("2025-04"), "recorded when the summary had another name"),
    Explanation("keys", "reasoning.summary only here", before("2025-04"), "recorded when the summary had another name"),
    Explanation("usage", "tool_usage only here", before("2026-07-10"), "recorded before responses had tool_usage"),
    Explanation("keys", "function_call_arguments.done.name only here", any_time, "required by the official package; not in recordings"),
    Explanation(PROMPT, "", before("2024"), "counted by the models of 2023"),
    Explanation(PROMPT, "", both(of("responses"), before("2025-04")), "recorded when responses had a longer frame"),
    Explanation(PROMPT, "0 there", streamed, "the stream was cut before its tokens were counted"),
    *[Explanation(dimension, part, both(azure, streamed, before("2025-08")), "recorded when the first chunk had no delta")
      for dimension, part in (("events", "usage content"), ("keys", "delta only here"))],
    Explanation("usage", "cache_write_tokens only here", before("2026-07"),
                "recorded before writes into the prompt cache were counted"),
]  # fmt: skip


def kind(value):
    if isinstance(value, bool):
        return "boolean"
    names = {str: "string", int: "number", float: "number", list: "array", dict: "object", type(None): "null"}
    return names[type(value)]


def shape(theirs, ours, path, ordered):
    if kind(theirs) != kind(ours):
        yield "types", f"{path or 'body'}: {kind(theirs)} there, {kind(ours)} here"
    elif isinstance(theirs, dict) and path.endswith("logprobs.top_logprobs[]"):
        # The keys of this object are tokens, which differ from answer to answer.
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
            yield "key order", f"{path or 'body'}: [{', '.join(theirs)}] there, [{', '.join(ours)}] here"
    elif isinstance(theirs, list) and theirs and ours:
        # Only the first item is compared, because answers with other words have lists of other lengths.
        yield from shape(theirs[0], ours[0], path + "[]", ordered)


def chunk_kind(chunk):
    """The purpose of a chunk of a chat or legacy completion."""
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
    """The kinds of chunks of the first choice in order, with consecutive equal kinds as one, and the end of the stream."""
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
    """(prompt, completion) tokens, if the answer reports them. Reasoning tokens are left out, because Sparring does not generate any."""
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
    def __init__(self, binary, scenario_text, flags):
        self.directory = tempfile.TemporaryDirectory()
        folder = pathlib.Path(self.directory.name)
        (folder / "recordings.yaml").write_text(scenario_text)
        ready = folder / "ready"
        self.process = subprocess.Popen(
            [binary, "serve", folder / "recordings.yaml", "--port", "0", "--ready-file", ready, "--quiet", *flags],
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
        key = {"api-key": "fidelity"} if recording.is_azure else {"authorization": "Bearer sk-fidelity"}
        headers = {**key, "content-type": "application/json", "x-recording": str(recording.number)}
        connection.request("POST", recording.path, recording.row["req"].encode(), headers)
        response = connection.getresponse()
        body = response.read().decode()
        connection.close()
        return Answer(response.status, dict(response.getheaders()), body)

    def stop(self):
        self.process.terminate()
        self.process.wait(10)
        self.directory.cleanup()


class Collection:
    """Recordings of one origin, and the requirements for Sparring's answers to their requests."""

    def __init__(self, name, file, title, flags=(), models=None, goals=None):
        self.name, self.file, self.title, self.flags, self.models = name, file, title, flags, models or {}
        #: The lowest allowed rate of recordings that are the same or explained, by dimension. If the value is None, every difference must
        #be explained.
        self.goals = goals
        #: The number of answers with PROXY: in the recordings, and in Sparring's answers.
        self.proxied = [0, 0]

    def load(self, folder):
        rows = read(folder / self.file)
        self.recordings = [Recording(n, row) for n, row in enumerate(rows) if kind_of(row)]
        self.skipped = len(rows) - len(self.recordings)

    def compare(self, binary):
        """Sends every request. Returns the differences, and the counts of tokens as (recording, count in the recording, Sparring's
        count)."""
        found, counts = [], []
        server = Server(binary, scenario(self.recordings, self.models), self.flags)
        try:
            for recording in self.recordings:
                ours = server.send(recording)
                self.proxied[0] += PROXY in recording.answer.headers
                self.proxied[1] += PROXY in ours.headers
                for dimension, difference in dict.fromkeys(differences(recording, ours)):
                    found.append((recording, dimension, difference, reason(recording, dimension, difference)))
                theirs_count, ours_count = usage(recording.answer), usage(ours)
                if theirs_count and ours_count:
                    counts.append((recording, theirs_count, ours_count))
                    if is_text_only(recording.request) and theirs_count[0] not in (None, ours_count[0]):
                        miscount = f"{theirs_count[0]} there, {ours_count[0]} here"
                        found.append((recording, PROMPT, miscount, reason(recording, PROMPT, miscount)))
        finally:
            server.stop()
        return found, counts


COLLECTIONS = [
    # Some of the recorded models have been shut down since, and the recordings show the API's 404 for unknown models.
    Collection("2025", "openai-exchanges.jsonl", "Two public test suites", ["--models", "strict"],
               {"models": {"*": {"shutdown_date": "never"}}}),
    Collection("wild", "wild-exchanges.jsonl.gz", "Eleven public repositories, with the default server",
               goals={"status": 0.99, "error": 1, "headers": 0.99, "keys": 0.97, "events": 0.99, PROMPT: 0.97}),
]  # fmt: skip


# The report.


def reason(recording, dimension, difference):
    for rule in EXPLAINED:
        if rule.dimension == dimension and rule.part in difference and rule.when(recording):
            rule.count += 1
            return rule.reason
    return None


def rates(collection, found, counts):
    """For each dimension: the number of recordings, and the rates of recordings that are the same, and of recordings that are the same or
    explained."""
    result = {}
    counted = {r.number for r, theirs, _ in counts if is_text_only(r.request) and theirs[0] is not None}
    for dimension in [*DIMENSIONS, PROMPT]:
        rows = [r for r in collection.recordings if (r.number in counted if dimension == PROMPT else applies(dimension, r))]
        different = {r.number for r, d, _, _ in found if d == dimension}
        unexplained = {r.number for r, d, _, why in found if d == dimension and not why}
        if rows:
            result[dimension] = (len(rows), *((len(rows) - len(x)) / len(rows) for x in (different, unexplained)))
    return result


def tables(collection, found, counts):
    """The Markdown text: rates, explained differences, unexplained differences, tokens."""
    goals = collection.goals or {}
    lines = ["| compared | recordings | same | same or explained | goal |", "|---|---:|---:|---:|---:|"]
    for dimension, (number, same, explained) in rates(collection, found, counts).items():
        goal = f"{goals[dimension]:.0%}" if dimension in goals else "–" if goals else "100%"
        lines.append(f"| {dimension} | {number} | {same:.1%} | {explained:.1%} | {goal} |")
    lines += ["", f"`{PROXY}` is in {collection.proxied[0]} of the recorded answers, and in {collection.proxied[1]} of ours."]
    for title, wanted in (("Explained differences", True), ("Unexplained differences", False)):
        groups = collections.defaultdict(list)
        for recording, dimension, difference, why in found:
            if bool(why) == wanted:
                groups[(dimension, difference if not wanted else "", why)].append((recording, difference))
        if groups:
            lines += ["", f"#### {title}", "", "| compared | recordings | difference | reason |", "|---|---:|---|---|"]
        ordered = sorted(groups.items(), key=lambda group: (group[0][0], -len(group[1]), str(group[0])))
        for (dimension, difference, why), items in ordered:
            shown = difference or "; ".join(sorted({d for _, d in items})[:4])
            numbers = {r.number for r, _ in items}
            example = why or "example: " + items[0][0].name
            lines.append(f"| {dimension} | {len(numbers)} | {cell(shown)} | {cell(example)} |")
    lines += ["", "#### Token counts", ""]
    lines.append("| endpoint | recordings | text alone: prompt same | prompt same | mean error | completion same | mean error |")
    lines.append("|---|---:|---:|---:|---:|---:|---:|")
    for name in KINDS.values():
        pairs = [(theirs, ours) for recording, theirs, ours in counts if recording.kind == name]
        texts = [t[0] == o[0] for r, t, o in counts if r.kind == name and is_text_only(r.request)]
        if not pairs:
            continue
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
            if t[i] is not None and t[i] != o[i] and (not collection.goals or i == 0 and is_text_only(r.request))]  # fmt: skip
    if rows:
        lines += ["", "| recording | model | tokens of the | there | here |", "|---|---|---|---:|---:|"]
        lines += [f"| {r.name} | {r.model} | {side} | {there} | {here} |" for r, side, there, here in rows]
    return lines


def mistakes(collection, found, counts):
    """The reasons why the collection fails, as sentences."""
    if collection.goals is None:
        if unexplained := sum(not why for *_, why in found):
            yield f"{unexplained} differences have no explanation"
        return
    for dimension, (_, _, explained) in rates(collection, found, counts).items():
        if explained < collection.goals.get(dimension, 0):
            yield f"{dimension}: {explained:.1%} are the same or explained, less than the goal of {collection.goals[dimension]:.0%}"


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
    parser.add_argument("--recordings", type=pathlib.Path, default=RECORDINGS, help="the folder of the recordings")
    parser.add_argument("--only", choices=[collection.name for collection in COLLECTIONS], help="compare one collection")
    parser.add_argument("--binary", type=pathlib.Path)
    parser.add_argument("--markdown", nargs="?", const="docs/measurements/fidelity.md", help="write the tables into this page")
    parser.add_argument("--verbose", action="store_true", help="print each difference with its recording")
    return parser.parse_args()


def main():
    args = arguments()
    chosen = [c for c in COLLECTIONS if args.only in (None, c.name)]
    missing = [c for c in chosen if not (args.recordings / c.file).exists()]
    for collection in missing:
        print(f"fidelity: {collection.name} skipped, there is no {os.path.relpath(args.recordings / collection.file)}")
    chosen = [c for c in chosen if c not in missing]
    if not chosen:
        return 0
    if not VOCABULARIES.exists():
        print("fidelity: there are no vocabularies: run scripts/vocabularies.sh", file=sys.stderr)
        return 1
    if args.binary is None:
        shown = subprocess.check_output(["swift", "build", "--show-bin-path"], cwd=ROOT, text=True)
        args.binary = pathlib.Path(shown.strip()) / "sparring"

    lines, wrong = [], []
    for collection in chosen:
        collection.load(args.recordings)
        found, counts = collection.compare(args.binary)
        if args.verbose:
            for recording, dimension, difference, why in found:
                print(f"{recording.number:3} {recording.name}: {dimension}: {difference} [{why or 'UNEXPLAINED'}]")
        title = f"{len(collection.recordings)} recorded exchanges; {collection.skipped} of other endpoints are left out."
        lines += [f"### {collection.title}", "", title, "", *tables(collection, found, counts), ""]
        wrong += [f"{collection.name}: {mistake}" for mistake in mistakes(collection, found, counts)]
    print("\n".join(lines))
    if len(chosen) == len(COLLECTIONS):
        stale = [rule for rule in EXPLAINED if not rule.count]
        wrong += [f"the explanation '{rule.reason}' no longer explains a difference: remove it" for rule in stale]
        if args.markdown:
            page.write(args.markdown, "fidelity", lines[:-1])
    elif args.markdown:
        wrong.append("the page needs every collection: nothing was written")
    for mistake in wrong:
        print(f"fidelity: {mistake}", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
