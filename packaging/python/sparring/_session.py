"""What one test sees of a server."""

import base64
import json
import pathlib


class Request:
    """A request as the server saw it, and what became of it."""

    def __init__(self, entry):
        self.number = entry["number"]
        self.method = entry["method"]
        #: As it was sent, without the part that names the session.
        self.path = _api_path(entry["path"])
        #: As in scenarios, such as `chat.completions`.
        self.endpoint = entry["endpoint"]
        #: Names in lower case; a field that came twice has its values joined by a comma. Keys and cookies are masked.
        self.headers = _fields(entry["headers"])
        #: Bytes.
        self.body = base64.b64decode(entry["body_base64"]) if "body_base64" in entry else entry["body"].encode()
        #: What the server answered with.
        self.status = entry["status"]
        #: 1 + earlier equal requests of the session.
        self.attempt = entry["attempt"]
        #: The rule and step that answered, or None.
        self.step = entry["step"]
        #: Why nothing of the scenario matched, or None.
        self.unmatched = entry["unmatched"]
        #: The script of the answer as marbles.
        self.marbles = entry["marbles"]
        #: What happened when, in milliseconds since the server's start.
        self.timeline = entry["timeline"]

    @property
    def json(self):
        """The body, parsed."""
        return json.loads(self.body)

    def __repr__(self):
        return f"<{self.method} {self.path} attempt {self.attempt} → {self.status}>"


class Session:
    """Counters, script, clock and timeline of its own: what tests share a server by."""

    def __init__(self, server, name):
        self.name = name
        self._admin = server.admin
        root = server.base_url.removesuffix("/v1")
        #: What a client is pointed at.
        self.base_url = f"{root}/s/{name}/v1"
        #: Any key would do; this one leads to the session too, from a client that is given no base URL of it.
        self.api_key = f"sk-sparring-{name}"
        # A session is made by the first that is said of it: this changes nothing.
        self._call("POST", "clock", {"scale": 1})

    @property
    def environment(self):
        """What official clients read."""
        return {
            "OPENAI_BASE_URL": self.base_url,
            "OPENAI_API_BASE": self.base_url,
            "OPENAI_API_KEY": self.api_key,
            "OPENAI_AGENTS_DISABLE_TRACING": "1",
            "NO_PROXY": "127.0.0.1,localhost",
            "no_proxy": "127.0.0.1,localhost",
        }

    def use(self, scenario):
        """Answers by a scenario from its start: the name of a built-in one, or the path of a file."""
        text = str(scenario)
        if isinstance(scenario, pathlib.PurePath) or text.endswith((".yaml", ".yml", ".json")):
            self._call("PUT", "scenario", pathlib.Path(text).read_text(encoding="utf-8"))
        else:
            self._call("PUT", "scenario", use=text)

    def script(self, *steps, rules=None, otherwise=None, **more):
        """Answers by steps, in order, one a call; or by a whole scenario as YAML text.

            session.script({"error": "rate_limit_exceeded", "retry_after": "1s"}, {"text": "hello"})
            session.script(rules=[{"when": {"model": "gpt-4o"}, "text": "hello"}], otherwise="auto")
        """
        if len(steps) == 1 and isinstance(steps[0], str):
            if rules is not None or otherwise is not None or more:
                raise TypeError("a scenario as text is whole: nothing can be added to it")
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
        """Breaks the next calls, such as `{"at": "event 5", "end": "reset"}`."""
        self._call("POST", "faults", {"next": next, "faults": list(faults)})

    def clock(self, advance=None, scale=None):
        """Moves the session's clock: `advance="24h"`, or a second that takes `scale` seconds."""
        body = {"advance": advance, "scale": scale}
        self._call("POST", "clock", {name: value for name, value in body.items() if value is not None})

    @property
    def requests(self):
        """The calls so far, in order; lists of models and the like are left out."""
        entries = self._call("GET", "journal", bodies="true", limit=10_000)
        return [Request(entry) for entry in entries if not entry["auxiliary"]]

    def report(self):
        """How it went so far: `held`, `unmatched`, `left_over`, `faults`, `calls`, `attempts`, `trace` and more."""
        return self._call("GET", "verification")

    def verify(self):
        """Raises AssertionError, with the wire, where a request went unmatched, a step was left over, a fault could not be
        delivered or the scenario's own expectation did not come true.
        """
        report = self.report()
        if not report["held"]:
            raise AssertionError(complaint(report))

    def _call(self, method, resource, body=None, **query):
        return self._admin.call(method, resource, body, session=self.name, **query)


def complaint(report):
    """A report that did not hold, in words."""
    lines = [f"sparring: {report['scenario']}: did not hold"]
    lines += [f"  unmatched: {text}" for text in report["unmatched"]]
    lines += [f"  left over: {text}" for text in report["left_over"]]
    lines += [f"  fault not delivered: {text}" for text in report["faults"]["missed"]]
    if report["unexpected"]:
        lines.append(f"  {report['unexpected']}")
    if report["dropped_exchanges"]:
        lines.append(f"  {report['dropped_exchanges']} exchanges are no longer in the log")
    return "\n".join(lines + ["", *wire(report)])


def wire(report):
    return ["the wire, in milliseconds:", *report["trace"]] if report["trace"] else ["nothing was asked"]


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
