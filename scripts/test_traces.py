#!/usr/bin/env python3
"""Compares Sparring's spans with those of an instrumented `openai` program, and its exported metrics with its page of metrics:
`make test-traces` calls it.

    test_traces.py PROGRAM

A receiver of OTLP/HTTP takes the spans of both sides: those of the server as JSON, read with the messages of opentelemetry-proto, those of
the client from the OpenTelemetry SDK. A call with two rate limits is one client span with three attempts under it, a stream that is reset has
its fault as an event with byte and time, ids and times fit, the names of the attributes are those of the conventions, and the receiver's
refusals are counted. Every value of the page of metrics arrives in the last export, and the metrics of the conventions have their names,
units and attributes.
"""

import base64
import http.server
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

from google.protobuf import json_format
from opentelemetry import trace
from opentelemetry.instrumentation.httpx import HTTPXClientInstrumentor
from opentelemetry.instrumentation.openai_v2 import OpenAIInstrumentor
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.semconv import attributes as stable
from opentelemetry.semconv._incubating import attributes as incubating
from opentelemetry.semconv._incubating.metrics import gen_ai_metrics
from opentelemetry.semconv.metrics import http_metrics

import openai

SCENARIO = """
schema: 1
scenario: traces
rules:
  - when: { model: gpt-4o-mini }
    steps: [{ error: rate_limit_exceeded, retry_after: 10ms, times: 2 }, { auto: {} }]
  - when: { model: gpt-4o }
    steps: [{ text: "one two three four", faults: [{ at: event 2, end: reset }] }, { error: server_error }]
  - when: { model: gpt-4.1-mini }
    steps: [{ text: "one two three four", stream: { every: 5ms } }]
otherwise: auto
"""


class Receiver(http.server.BaseHTTPRequestHandler):
    """Keeps each span, the metrics of each export, and the header fields of each request; answers `status`."""

    spans, exports, requests, status = [], [], [], 200

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        Receiver.requests.append((self.path, dict(self.headers)))
        if Receiver.status == 200 and self.path == "/v1/metrics":
            Receiver.exports.append(json_format.Parse(body, ExportMetricsServiceRequest()))
        elif Receiver.status == 200:
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
    """The names of attributes that the packages of the conventions define."""
    names = set()
    for package in (stable, incubating):
        for folder in package.__path__:
            for file in pathlib.Path(folder).glob("*.py"):
                names |= {line.split('"')[1] for line in file.read_text().splitlines() if ': Final = "' in line}
    return names


def attributes(span):
    return {item.key: getattr(item.value, item.value.WhichOneof("value")) for item in span.attributes}


def series(export):
    """The values of an export by metric and labels, as Prometheus names them: (name, labels) to a number."""
    values = {}
    for metric in metrics_of(export).values():
        name = metric.name.replace(".", "_") + ("_seconds" if metric.unit == "s" else "")
        kind = metric.WhichOneof("data")
        for point in getattr(metric, kind).data_points:
            labels = frozenset((key, str(value)) for key, value in attributes(point).items())
            if kind == "histogram":
                values[name + "_sum", labels], values[name + "_count", labels] = point.sum, point.count
                total = 0
                for bound, count in zip([*point.explicit_bounds, float("inf")], point.bucket_counts, strict=True):
                    total += count
                    values[name + "_bucket", labels | {("le", bound)}] = total
            else:
                value = getattr(point, point.WhichOneof("value"))
                values[name + ("_total" if kind == "sum" else ""), labels] = value
    return values


def samples(page):
    """The values of a page of metrics, in the form of `series`."""
    values = {}
    for line in page.splitlines():
        match = re.fullmatch(r"(sparring_\w+?)(?:\{(.*)\})? (\S+)", line)
        if match:
            labels = re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', match[2] or "")
            values[match[1], frozenset((key, float(value) if key == "le" else value) for key, value in labels)] = float(match[3])
    return values


def metrics_of(export):
    return {metric.name: metric for resource in export.resource_metrics for scope in resource.scope_metrics for metric in scope.metrics}


class Meter:
    """Keeps the unit of each instrument that the conventions' package makes."""

    def __init__(self):
        self.units = {}

    def create_histogram(self, name, unit="", **_):
        self.units[name] = unit


def check_metrics(expect, page):
    """Compares the exports with the page of metrics, and with the conventions."""
    # Metrics whose values change without a call, or by an export.
    moving = ("sparring_uptime", "sparring_points_", "sparring_spans_", "sparring_sessions")
    expect(len(Receiver.exports) >= 2, f"there are {len(Receiver.exports)} exports of metrics")
    if not Receiver.exports:
        return
    wanted = {key: value for key, value in samples(page).items() if not key[0].startswith(moving)}
    got = series(Receiver.exports[-1])
    missing = [key for key in wanted if key not in got]
    expect(not missing, f"the last export lacks {missing[:3]} and {len(missing)} in all")
    other = [(key, value, got[key]) for key, value in wanted.items() if key in got and abs(got[key] - value) > 1e-9 * max(1, abs(value))]
    expect(not other, f"the last export has other values than the page: {other[:3]} and {len(other)} in all")
    expect(len(wanted) > 100, f"the page has only {len(wanted)} values")

    meter = Meter()
    gen_ai_metrics.create_gen_ai_server_request_duration(meter)
    gen_ai_metrics.create_gen_ai_server_time_to_first_token(meter)
    gen_ai_metrics.create_gen_ai_server_time_per_output_token(meter)
    # The package has no function for this instrument.
    meter.units[http_metrics.HTTP_SERVER_REQUEST_DURATION] = "s"
    metrics = metrics_of(Receiver.exports[-1])
    foreign = {name: metric.unit for name, metric in metrics.items() if not name.startswith("sparring.")}
    expect(foreign == meter.units, f"the conventions have {meter.units}, not {foreign}")
    names = {key for name in foreign for point in metrics[name].histogram.data_points for key in attributes(point)}
    expect(names <= known_names(), f"the conventions do not have {names - known_names()}")
    calls = [attributes(point) | {"count": point.count} for point in metrics[http_metrics.HTTP_SERVER_REQUEST_DURATION].histogram.data_points]
    statuses = {}
    for call in calls:
        statuses[call["http.response.status_code"]] = statuses.get(call["http.response.status_code"], 0) + call["count"]
    expect(statuses == {429: 2, 200: 3, 500: 1}, f"the calls by status are {statuses}")
    expect({call["http.route"] for call in calls} == {"/v1/chat/completions"}, f"the routes are {calls}")
    kinds = {attributes(point).get("error.type") for point in metrics["gen_ai.server.request.duration"].histogram.data_points}
    expect(kinds == {None, "429", "500", "reset"}, f"the errors of models are {kinds}")
    starts = [
        point.start_time_unix_nano <= point.time_unix_nano and point.start_time_unix_nano > 0
        for metric in metrics.values() if metric.WhichOneof("data") != "gauge"
        for point in getattr(metric, metric.WhichOneof("data")).data_points
    ]
    expect(starts and all(starts), "a series has no start, or starts after its value")
    temporalities = {
        getattr(metric, metric.WhichOneof("data")).aggregation_temporality for metric in metrics.values() if metric.WhichOneof("data") != "gauge"}
    expect(temporalities == {2}, f"the values are not cumulative: {temporalities}")
    resource = {item.key: item.value.string_value for item in Receiver.exports[-1].resource_metrics[0].resource.attributes}
    expect(resource["service.name"] == "mock" and resource["team"] == "red", f"the resource of metrics is {resource}")


def play(program, receiver, calls):
    """Returns the client's spans, the metrics page and the server's log."""
    with tempfile.TemporaryDirectory() as folder:
        scenario, ready = pathlib.Path(folder, "traces.yaml"), pathlib.Path(folder, "ready")
        scenario.write_text(SCENARIO)
        os.mkfifo(ready)
        environment = os.environ | {
            "OTEL_EXPORTER_OTLP_ENDPOINT": receiver, "OTEL_EXPORTER_OTLP_HEADERS": "x-key=a%20b", "OTEL_SERVICE_NAME": "mock",
            "OTEL_RESOURCE_ATTRIBUTES": "team=red", "OTEL_BSP_SCHEDULE_DELAY": "100", "OTEL_METRIC_EXPORT_INTERVAL": "200",
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
        for _ in api.chat.completions.create(model="gpt-4.1-mini", messages=hi, stream=True):
            pass
        # An export at the end of an interval comes before the last one.
        deadline = time.monotonic() + 30
        while not Receiver.exports and time.monotonic() < deadline:
            time.sleep(0.05)

    page, log = play(program, receiver, calls)
    check_metrics(expect, page)
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
    paths = {path for path, _ in Receiver.requests}
    expect(paths == {"/v1/traces", "/v1/metrics"}, f"the requests are for {paths}")
    keys = {value for _, fields in Receiver.requests for name, value in fields.items() if name.lower() == "x-key"}
    expect(keys == {"a b"}, f"the requests have the keys {keys}")
    expect("6 spans sent, 0 lost" in log, f"the log does not count the spans: {log}")
    expect(re.search(r"metrics    \d+ data points sent, 0 lost", log), f"the log does not count the data points: {log}")

    Receiver.status = 400
    _, log = play(program, receiver, lambda api: api.models.list())
    expect("spans are lost" in log and "it answered 400" in log and "0 spans sent, 1 lost" in log, f"lost spans are not reported: {log}")
    expect(
        "data points are lost" in log and re.search(r" 0 data points sent, \d+ lost", log), f"lost data points are not reported: {log}")
    server.shutdown()
    server.server_close()
    metrics, log = play(program, receiver, lambda api: api.models.list())
    expect("sparring_spans_lost_total" in metrics and "1 lost" in log, f"a receiver that is away is not reported: {log}")
    expect("sparring_points_lost_total" in metrics and re.search(r" 0 data points sent, \d+ lost", log), f"nor are its data points: {log}")
    for problem in problems:
        print(f"test-traces: {problem}", file=sys.stderr)
    values = len(series(Receiver.exports[-1])) if Receiver.exports else 0
    print("test-traces: " + ("broken" if problems else f"ok: {len(spans)} spans, {values} values of metrics"))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
