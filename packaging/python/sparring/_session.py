"""A session of a server, for one test."""

import base64
import json
import pathlib


class Request:
    """A request as the server received it, and how it was answered."""

    def __init__(self, entry):
        self.number = entry["number"]
        self.method = entry["method"]
        #: The path without the session's prefix.
        self.path = _api_path(entry["path"])
        #: The endpoint as in scenarios, such as `chat.completions`.
        self.endpoint = entry["endpoint"]
        #: Names are in lower case; repeated fields are joined by commas. Keys and cookies are masked.
        self.headers = _fields(entry["headers"])
        #: The body, as bytes.
        self.body = base64.b64decode(entry["body_base64"]) if "body_base64" in entry else entry["body"].encode()
        #: The status of the answer.
        self.status = entry["status"]
        #: 1 + earlier equal requests of the session.
        self.attempt = entry["attempt"]
        #: The rule and step that answered, or None.
        self.step = entry["step"]
        #: Why no rule matched, or None.
        self.unmatched = entry["unmatched"]
        #: The answer as marbles: H head, d event, D end of body, ! fault, . connection open, | closed, X reset.
        self.marbles = entry["marbles"]
        #: The events of the exchange, in milliseconds since the server's start.
        self.timeline = entry["timeline"]

    @property
    def json(self):
        """The body, parsed as JSON."""
        return json.loads(self.body)

    def __repr__(self):
        return f"<{self.method} {self.path} attempt {self.attempt} → {self.status}>"


class Session:
    """A session of a server, with its own script, counters, clock and timeline. So tests can share a server."""

    def __init__(self, server, name):
        self.name = name
        self._admin = server.admin
        root = server.base_url.removesuffix("/v1")
        #: The base URL for a client.
        self.base_url = f"{root}/s/{name}/v1"
        #: A key that selects the session as well, for a client that uses the server's base URL. With `base_url` any key works.
        self.api_key = f"sk-sparring-{name}"
        # The first call creates the session; this one changes nothing.
        self._call("POST", "clock", {"scale": 1})

    @property
    def environment(self):
        """The environment variables that official clients read."""
        return {
            "OPENAI_BASE_URL": self.base_url,
            "OPENAI_API_BASE": self.base_url,
            "OPENAI_API_KEY": self.api_key,
            "OPENAI_AGENTS_DISABLE_TRACING": "1",
            "NO_PROXY": "127.0.0.1,localhost",
            "no_proxy": "127.0.0.1,localhost",
        }

    def use(self, scenario):
        """Plays a scenario from its start: the name of a built-in one, or the path of a file."""
        text = str(scenario)
        if isinstance(scenario, pathlib.PurePath) or text.endswith((".yaml", ".yml", ".json")):
            self._call("PUT", "scenario", pathlib.Path(text).read_text(encoding="utf-8"))
        else:
            self._call("PUT", "scenario", use=text)

    def script(self, *steps, rules=None, otherwise=None, **more):
        """Plays steps in order, one per call; or a whole scenario as YAML text.

            session.script({"error": "rate_limit_exceeded", "retry_after": "1s"}, {"text": "hello"})
            session.script(rules=[{"when": {"model": "gpt-4o"}, "text": "hello"}], otherwise="auto")
        """
        if len(steps) == 1 and isinstance(steps[0], str):
            if rules is not None or otherwise is not None or more:
                raise TypeError("a scenario as text is complete; rules, otherwise and other keys cannot be added")
            self._call("PUT", "scenario", steps[0])
            return
        if steps and rules is not None:
            raise TypeError("a scenario has steps or rules, not both")
        scenario = {"schema": 1, "scenario": "script", **more}
        if rules is not None:
            scenario["rules"] = rules
        if steps:
            scenario["steps"] = list(steps)
        if otherwise is not None:
            scenario["otherwise"] = otherwise
        self._call("PUT", "scenario", scenario)

    def faults(self, *faults, next=1):
        """Applies faults to the next calls, such as `{"at": "event 5", "end": "reset"}`."""
        self._call("POST", "faults", {"next": next, "faults": list(faults)})

    def clock(self, advance=None, scale=None):
        """Moves the session's clock (`advance="24h"`), or sets how many real seconds one of its seconds takes (`scale`)."""
        body = {"advance": advance, "scale": scale}
        self._call("POST", "clock", {name: value for name, value in body.items() if value is not None})

    @property
    def requests(self):
        """The calls so far, in order, without lists of models and the like."""
        entries = self._call("GET", "journal", bodies="true", limit=10_000)
        return [Request(entry) for entry in entries if not entry["auxiliary"]]

    def report(self):
        """Returns the report so far: `held`, `unmatched`, `left_over`, `refused`, `errors`, `faults`, `calls`, `trace` and more."""
        return self._call("GET", "verification")

    def verify(self):
        """Raises AssertionError, with the wire, if a request matched no step, a step was left over, a fault had no effect, or the
        scenario's own expectation is not met.
        """
        report = self.report()
        if not report["held"]:
            raise AssertionError(complaint(report))

    def _call(self, method, resource, body=None, **query):
        return self._admin.call(method, resource, body, session=self.name, **query)


MARBLES = "marbles: H head, d event, D end of body, b part of an event, ! fault, . connection open, | closed, X reset"


def complaint(report):
    """Returns the text of a failed report."""
    lines = [f"sparring: {report['scenario']}: verification failed"]
    lines += [f"  refused: {text}" for text in report["refused"]]
    lines += [f"  unmatched: {text}" for text in report["unmatched"]]
    lines += [f"  left over: {text}" for text in report["left_over"]]
    lines += [f"  fault not delivered: {text}" for text in report["faults"]["missed"]]
    if report["unexpected"]:
        lines.append(f"  {report['unexpected']}")
    if report["dropped_exchanges"]:
        lines.append(f"  {report['dropped_exchanges']} exchanges are no longer in the log; the report is incomplete")
    return "\n".join(lines + ["", *wire(report)])


def wire(report):
    if not report["trace"]:
        return ["no request came"]
    return ["the wire, in milliseconds:", *report["trace"], MARBLES]


def _api_path(path):
    if path.startswith("/s/"):
        name, slash, rest = path[3:].partition("/")
        return slash + rest
    return path


def _fields(fields):
    headers = {}
    for name, value in fields:
        name = name.lower()
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers
