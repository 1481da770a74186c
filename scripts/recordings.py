"""Reads recorded exchanges with the real API, and turns their content into the steps of a scenario."""

import datetime
import email.utils
import gzip
import json
import re
import urllib.parse

KINDS = {
    "/chat/completions": "chat", "/completions": "completions", "/embeddings": "embeddings", "/responses": "responses",
    "/moderations": "moderations",
}  # fmt: skip
AZURE = re.compile(r"^/+openai/(v1|deployments/(?P<deployment>[^/]+))(?P<operation>/.*)$")


def read(file):
    """Returns the rows of a file of JSON lines, which may be compressed by gzip."""
    data = file.read_bytes()
    text = (gzip.decompress(data) if file.suffix == ".gz" else data).decode()
    return [json.loads(line) for line in text.splitlines()]


def kind_of(row):
    """The kind of a call of a model, such as `chat`; None for other endpoints."""
    path = urllib.parse.urlsplit(re.sub("^/+", "/", row["path"])).path
    if azure := AZURE.match(path):
        return KINDS.get(azure["operation"])
    return KINDS.get(path.removeprefix("/v1")) if row["method"] == "POST" else None


class Recording:
    def __init__(self, number, row):
        self.number, self.row, self.kind = number, row, kind_of(row)
        self.path = re.sub("^/+", "/", row["path"])
        self.is_azure = bool(row.get("azure")) or "openai.azure.com" in row.get("host", "")
        self.source = row.get("source") or row["src"]
        self.request = json.loads(row["req"])
        deployment = (AZURE.match(urllib.parse.urlsplit(self.path).path) or {"deployment": None})["deployment"]
        self.model = self.request.get("model") or deployment or ""
        # The recorder of this project sorts the keys of every object.
        self.sorted = "envoyproxy" in self.source
        self.name = self.source.rsplit("/", 1)[-1].removesuffix(".yaml")
        self.answer = Answer(row["status"], row["headers"], row["res"])
        self.streamed = bool(self.answer.events)
        self.date = self._date()

    def _date(self):
        """The day of the recording, from its header, or else from the time in its body. If there is neither a header nor a time, the day is
        earlier than all others."""
        if date := self.answer.headers.get("date"):
            return email.utils.parsedate_to_datetime(date).date().isoformat()
        for document in [self.answer.document, *self.answer.chunks]:
            body = document.get("response", document) if isinstance(document, dict) else {}
            if seconds := body.get("created") or body.get("created_at"):
                return datetime.datetime.fromtimestamp(seconds, datetime.UTC).date().isoformat()
        return "2020-01-01"


class Answer:
    def __init__(self, status, headers, body):
        self.status = status
        self.headers = {name.lower(): value for name, value in headers.items()}
        self.events, self.document = [], None
        # One of the recorders replaced the content type of a stream by application/json.
        if body.startswith(("data: ", "event: ")):
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


def is_text_only(request):
    """True for a request without tools, calls, formats and images: for such requests, the rule in docs/reference/api/tokens.md is
    certain."""
    if any(request.get(key) for key in ("tools", "functions")):
        return False
    # A prompt stored at OpenAI and earlier items contain text that the recording does not show.
    if any(request.get(key) for key in ("prompt_id", "previous_response_id", "conversation")) or isinstance(request.get("prompt"), dict):
        return False
    if (request.get("response_format") or {}).get("type") == "json_schema":
        return False
    if ((request.get("text") or {}).get("format") or {}).get("type") == "json_schema":
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


# The content of a recording, as a step of a scenario.


def content_of_chat(answer):
    if answer.document is not None:
        choice = answer.document["choices"][0]
        message = choice["message"]
        calls = [c.get("function") or c["custom"] for c in message.get("tool_calls") or []]
        calls += [call] if (call := message.get("function_call")) else []
        spoken = (message.get("audio") or {}).get("transcript")
        return message.get("content") or spoken, calls, message.get("refusal")
    text, refusal, calls = "", "", {}
    for choice in (c for chunk in answer.chunks for c in chunk.get("choices", []) if c["index"] == 0):
        delta = choice.get("delta") or {}
        text += delta.get("content") or ""
        refusal += delta.get("refusal") or ""
        older = [{"index": 0, "function": delta["function_call"]}] if delta.get("function_call") else []
        for part in delta.get("tool_calls") or older:
            call = calls.setdefault(part["index"], {"name": "", "arguments": ""})
            for key in call:
                call[key] += part["function"].get(key) or ""
    return text or None, list(calls.values()), refusal or None


def content_of_completion(answer):
    choices = answer.document["choices"] if answer.document is not None else []
    chunks = (c for chunk in answer.chunks for c in chunk["choices"])
    return "".join(c["text"] for c in choices[:1] or chunks if c["index"] == 0), [], None


def response_of(answer):
    if answer.document is not None:
        return answer.document
    return next((c["response"] for c in reversed(answer.chunks) if "response" in c), {"output": []})


def content_of_response(answer):
    text, refusal, calls = "", "", []
    for item in response_of(answer)["output"]:
        if item["type"] == "function_call":
            calls.append({"name": item["name"], "arguments": item["arguments"]})
        for part in item.get("content") or []:
            text += part.get("text", "")
            refusal += part.get("refusal", "")
    return text or None, calls, refusal or None


CONTENT = {"chat": content_of_chat, "completions": content_of_completion, "responses": content_of_response}


def step(recording):
    """The scenario's step for a recording, or None if the answer must come from the server without a step."""
    if recording.answer.status != 200 or recording.kind not in CONTENT:
        return None
    text, calls, refusal = CONTENT[recording.kind](recording.answer)
    scripted = {"times": "forever", **ending(recording)}
    if recording.kind == "responses" and (items := output(recording.answer)):
        return {"items": items, **scripted}
    if refusal:
        return {"refusal": refusal, **scripted}
    if calls:
        tools = [{"name": c["name"], "arguments": arguments(c)} for c in calls]
        return {"tools": tools, **({"text": text} if text else {}), **scripted}
    return {"text": text or "", **scripted}


def arguments(call):
    try:
        return json.loads(call.get("arguments") or "{}")
    except ValueError:
        return call["arguments"]


def ending(recording):
    """How a recorded response ended, if it was not completed."""
    if recording.kind != "responses":
        return {}
    response = response_of(recording.answer)
    if response.get("status") == "incomplete":
        return {"ends": {"incomplete": response["incomplete_details"]["reason"]}}
    return {}


def output(answer):
    """The items of a response, for `items:`."""
    items = response_of(answer)["output"]
    return [{key: value for key, value in item.items() if key not in ("id", "call_id", "status", "role")} for item in items]


def without_placeholders(value):
    """The value in which two braces are written so that a scenario reads them as text."""
    if isinstance(value, str):
        return value.replace("{{", '{{"{{"}}')
    if isinstance(value, list):
        return [without_placeholders(item) for item in value]
    return {key: without_placeholders(item) for key, item in value.items()} if isinstance(value, dict) else value


def scenario(recordings, models):
    """The text of a scenario that answers each recording's request with its content. `models`: the value of the scenario's key `models`."""
    rules = []
    for recording in recordings:
        if (scripted := step(recording)) is not None:
            rules.append({"when": {"header.x-recording": str(recording.number)}, **without_placeholders(scripted)})
    document = {"schema": 1, "scenario": "what the recordings say", **models, "rules": rules, "otherwise": "auto"}
    # JSON is YAML, except for escaped pairs of characters outside the basic plane.
    return json.dumps(document, ensure_ascii=False, indent=1)
