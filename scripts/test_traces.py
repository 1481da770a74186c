#!/usr/bin/env python3
"""Compares Sparring's spans with those of an instrumented `openai` program: `make test-traces` calls it.

    test_traces.py PROGRAM

A receiver of OTLP/HTTP takes the spans of both sides: those of the server as JSON, read with the messages of opentelemetry-proto, those of
the client from the OpenTelemetry SDK. A call with two rate limits is one client span with three attempts under it, a stream that is reset has
its fault as an event with byte and time, ids and times fit, the names of the attributes are those of the conventions, and the receiver's
refusals are counted.
"""

import base64
import http.server
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import threading
import urllib.request

from google.protobuf import json_format
from opentelemetry import trace
from opentelemetry.instrumentation.httpx import HTTPXClientInstrumentor
from opentelemetry.instrumentation.openai_v2 import OpenAIInstrumentor
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.semconv import attributes as stable
from opentelemetry.semconv._incubating import attributes as incubating

import openai

SCENARIO = """
schema: 1
scenario: traces
rules:
  - when: { model: gpt-4o-mini }
    steps: [{ error: rate_limit_exceeded, retry_after: 10ms, times: 2 }, { auto: {} }]
  - when: { model: gpt-4o }
    steps: [{ text: "one two three four", faults: [{ at: event 2, end: reset }] }, { error: server_error }]
otherwise: auto
"""


class Receiver(http.server.BaseHTTPRequestHandler):
    """Keeps each span with the header fields that came with it; answers `status`."""

    spans, requests, status = [], [], 200

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        Receiver.requests.append((self.path, dict(self.headers)))
        if Receiver.status == 200:
            message = json_format.ParseDict(with_binary_ids(json.loads(body)), ExportTraceServiceRequest())
            for resource in message.resource_spans:
                for scope in resource.scope_spans:
                    Receiver.spans += [(resource.resource, span) for span in scope.spans]
        self.send_response(Receiver.status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_):
        pass


def with_binary_ids(value):
    """OTLP writes ids as hexadecimal digits, where the JSON form of protobuf has base64."""
    if isinstance(value, list):
        return [with_binary_ids(item) for item in value]
    if not isinstance(value, dict):
        return value
    ids = ("traceId", "spanId", "parentSpanId")
    return {
        name: base64.b64encode(bytes.fromhex(item)).decode() if name in ids else with_binary_ids(item)
        for name, item in value.items()
    }


def known_names():
    """The names of attributes that the packages of the conventions have."""
    names = set()
    for package in (stable, incubating):
        for folder in package.__path__:
            for file in pathlib.Path(folder).glob("*.py"):
                names |= {line.split('"')[1] for line in file.read_text().splitlines() if ': Final = "' in line}
    return names


def attributes(span):
    return {item.key: getattr(item.value, item.value.WhichOneof("value")) for item in span.attributes}


def play(program, receiver, calls):
    """The client's spans, the metrics page and the server's log."""
    with tempfile.TemporaryDirectory() as folder:
        scenario, ready = pathlib.Path(folder, "traces.yaml"), pathlib.Path(folder, "ready")
        scenario.write_text(SCENARIO)
        os.mkfifo(ready)
        environment = os.environ | {
            "OTEL_EXPORTER_OTLP_ENDPOINT": receiver, "OTEL_EXPORTER_OTLP_HEADERS": "x-key=a%20b", "OTEL_SERVICE_NAME": "mock",
            "OTEL_RESOURCE_ATTRIBUTES": "team=red", "OTEL_BSP_SCHEDULE_DELAY": "100",
        }
        process = subprocess.Popen(
            [program, "serve", scenario, "--port", "0", "--ready-file", ready], env=environment, text=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        base = ready.read_text().strip()
        calls(openai.OpenAI(base_url=base, api_key="sk-traces-0123456789abcdef", max_retries=3))
        with urllib.request.urlopen(base.removesuffix("/v1") + "/_sparring/metrics") as answer:
            metrics = answer.read().decode()
        process.terminate()
        return metrics, process.communicate()[1]


def main():
    program = sys.argv[1]
    problems = []

    def expect(condition, sentence):
        if not condition:
            problems.append(sentence)

    client = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(client))
    trace.set_tracer_provider(provider)
    OpenAIInstrumentor().instrument()
    HTTPXClientInstrumentor().instrument()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    receiver = f"http://127.0.0.1:{server.server_port}"
    hi = [{"role": "user", "content": "a secret question"}]

    def calls(api):
        api.chat.completions.create(model="gpt-4o-mini", messages=hi, temperature=0.5)
        try:
            for _ in api.with_options(max_retries=0).chat.completions.create(model="gpt-4o", messages=hi, stream=True):
                pass
            expect(False, "the stream was not broken")
        except Exception:
            pass
        try:
            api.with_options(max_retries=0).chat.completions.create(model="gpt-4o", messages=hi)
        except openai.InternalServerError:
            pass

    _, log = play(program, receiver, calls)
    spans = [span for _, span in Receiver.spans]
    model = {span.span_id: attributes(span).get("gen_ai.request.model") for span in spans}
    ours = sorted(
        (span for span in spans if model[span.span_id] == "gpt-4o-mini"), key=lambda span: span.start_time_unix_nano)
    call = next(span for span in client.get_finished_spans() if span.name == "chat gpt-4o-mini")
    http_spans = {span.context.span_id: span for span in client.get_finished_spans()}

    expect([attributes(span)["http.response.status_code"] for span in ours] == [429, 429, 200], "the attempts are not 429, 429, 200")
    expect([attributes(span)["sparring.attempt"] for span in ours] == [1, 2, 3], "the attempts are not numbered")
    for span in ours:
        parent = http_spans.get(int.from_bytes(span.parent_span_id, "big"))
        expect(parent is not None and parent.parent.span_id == call.context.span_id, "an attempt is not under the span of its call")
        expect(int.from_bytes(span.trace_id, "big") == call.context.trace_id, "an attempt is in another trace")
        expect(
            parent is None or parent.start_time <= span.start_time_unix_nano <= span.end_time_unix_nano <= parent.end_time + 1_000_000_000,
            "an attempt is not within the client's span")
        expect(span.status.code == Status.STATUS_CODE_UNSET, "a 429 or 200 has a status")
    expect(len({span.parent_span_id for span in ours}) == 3, "two attempts have one parent")
    expect(all(span.kind == Span.SPAN_KIND_SERVER and span.name == "POST chat.completions" for span in spans), "a span has another kind or name")

    broken = next(span for span in spans if model[span.span_id] == "gpt-4o" and span.events)
    fault = {"name": broken.events[0].name, **attributes(broken.events[0])}
    expect(fault["name"] == "sparring.fault" and fault["sparring.fault"].startswith("at event 2: reset"), f"the fault is {fault}")
    expect(fault["sparring.byte"] > 0 and fault["sparring.ms"] >= 0, f"the fault has no place: {fault}")
    expect(broken.status.code == Status.STATUS_CODE_ERROR and attributes(broken)["error.type"] == "reset", "a broken stream has no error")
    failed = next(span for span in spans if attributes(span)["http.response.status_code"] == 500)
    expect(failed.status.code == Status.STATUS_CODE_ERROR and attributes(failed)["error.type"] == "500", "a 500 has no error")

    names = {name for span in spans for name in attributes(span)}
    foreign = {name for name in names if not name.startswith(("sparring.", "http.request.header.", "http.response.header."))} - known_names()
    expect(not foreign, f"the conventions do not have {foreign}")
    expect({"gen_ai.operation.name", "gen_ai.provider.name", "gen_ai.usage.output_tokens", "gen_ai.request.temperature"} <= names, f"only {names}")
    expect("secret question" not in str(spans) and "0123456789abcdef" not in str(spans), "a span has a text or a key")
    resource = {item.key: item.value.string_value for item in Receiver.spans[0][0].attributes}
    expect(resource["service.name"] == "mock" and resource["team"] == "red", f"the resource is {resource}")
    fields = {name.lower(): value for name, value in Receiver.requests[0][1].items()}
    expect(Receiver.requests[0][0] == "/v1/traces" and fields.get("x-key") == "a b", f"the request is {Receiver.requests[0]}")
    expect("5 spans sent, 0 lost" in log, f"the log does not count the spans: {log}")

    Receiver.status = 400
    _, log = play(program, receiver, lambda api: api.models.list())
    expect("spans are lost" in log and "it answered 400" in log and "0 spans sent, 1 lost" in log, f"lost spans are not reported: {log}")
    server.shutdown()
    server.server_close()
    metrics, log = play(program, receiver, lambda api: api.models.list())
    expect("sparring_spans_lost_total" in metrics and "1 lost" in log, f"a receiver that is away is not reported: {log}")
    for problem in problems:
        print(f"test-traces: {problem}", file=sys.stderr)
    print("test-traces: " + ("broken" if problems else f"ok: {len(spans)} spans"))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
