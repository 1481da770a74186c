"""A session of a server, for one test."""

from __future__ import annotations

import base64
import json
import os
import pathlib
from typing import TYPE_CHECKING, Any

from ._admin import AdminError

if TYPE_CHECKING:
    from ._server import Server


class Request:
    """A request in the form in which the server received it, with the facts about its answer."""

    def __init__(self, entry: dict[str, Any]) -> None:
        self.number: int = entry["number"]
        self.method: str = entry["method"]
        #: The path without the session's prefix.
        self.path: str = _api_path(entry["path"])
        #: The endpoint in the notation of scenarios, such as `chat.completions`.
        self.endpoint: str | None = entry["endpoint"]
        #: Names are in lower case; repeated fields are joined by commas. Keys and cookies are masked.
        self.headers: dict[str, str] = _fields(entry["headers"])
        #: The body, as bytes.
        self.body: bytes = base64.b64decode(entry["body_base64"]) if "body_base64" in entry else entry["body"].encode()
        #: The status of the answer.
        self.status: int | None = entry["status"]
        #: 1 + the number of earlier equal requests of the session.
        self.attempt: int = entry["attempt"]
        #: The rule and step that answered; None if no step answered.
        self.step: str | None = entry["step"]
        #: The reason why no rule matched; None if a rule matched.
        self.unmatched: str | None = entry["unmatched"]
        #: The answer as marbles: H head, d event, D end of body, ! fault, . connection open, | closed, X reset.
        self.marbles: str = entry["marbles"]
        #: The events of the exchange, in milliseconds since the server's start.
        self.timeline: list[dict[str, Any]] = entry["timeline"]

    @property
    def json(self) -> Any:
        """The body, parsed as JSON."""
        return json.loads(self.body)

    def __repr__(self) -> str:
        return f"<{self.method} {self.path} attempt {self.attempt} → {self.status}>"


class Session:
    """A session of a server, with its own script, counters, clock and timeline, so that tests can share a server.

    twin: a session that plays the same scenario, for clients that were made before this session and know only the twin's base URL.
    """

    #: Whether the pytest plugin verifies the session at the end of the test.
    verifies: bool = False

    def __init__(self, server: Server, name: str, twin: Session | None = None) -> None:
        self.name = name
        self._admin = server.admin
        self._twin = twin
        self._clock: list[dict[str, Any]] = []
        root = (server.base_url or "").removesuffix("/v1")
        #: The base URL for a client.
        self.base_url = f"{root}/s/{name}/v1"
        #: A key that also selects the session, for a client that uses the server's base URL. With the session's `base_url`, any key works.
        self.api_key = f"sk-sparring-{name}"
        # The first call creates the session; this call only creates it and changes nothing else.
        self._call("POST", "clock", {"scale": 1})

    @property
    def environment(self) -> dict[str, str]:
        """The environment variables that official clients read."""
        return {
            "OPENAI_BASE_URL": self.base_url,
            "OPENAI_API_BASE": self.base_url,
            "OPENAI_API_KEY": self.api_key,
            "OPENAI_AGENTS_DISABLE_TRACING": "1",
            "NO_PROXY": "127.0.0.1,localhost",
            "no_proxy": "127.0.0.1,localhost",
        }

    def use(self, scenario: str | pathlib.PurePath) -> None:
        """Plays a scenario from its start: the name of a built-in scenario, or the path of a file.

        Raises FileNotFoundError, with the searched folder, if there is no such file.
        """
        __tracebackhide__ = True
        text = str(scenario)
        if isinstance(scenario, pathlib.PurePath) or text.endswith((".yaml", ".yml", ".json")):
            path = pathlib.Path(text)
            if not path.exists():
                raise FileNotFoundError(
                    f"there is no file '{text}' in {pathlib.Path.cwd()}: a path starts in the folder in which the tests were started"
                )
            self._play(path.read_text(encoding="utf-8"))
        else:
            self._play(use=text)

    def script(
        self,
        *steps: str | dict[str, Any] | list[dict[str, Any]],
        rules: list[dict[str, Any]] | None = None,
        otherwise: Any = None,
        **more: Any,
    ) -> None:
        """Plays steps in order, one per call; or a whole scenario as YAML text. The steps may also be one list, as in the pytest marker.

            session.script({"error": "rate_limit_exceeded", "retry_after": "1s"}, {"text": "hello"})
            session.script(rules=[{"when": {"model": "gpt-4o"}, "text": "hello"}], otherwise="auto")
        """
        __tracebackhide__ = True
        if len(steps) == 1 and isinstance(steps[0], list):
            return self.script(*steps[0], rules=rules, otherwise=otherwise, **more)
        if len(steps) == 1 and isinstance(steps[0], str):
            if rules is not None or otherwise is not None or more:
                raise TypeError("a scenario as text is complete; rules, otherwise and other keys cannot be added")
            self._play(steps[0])
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
        self._play(scenario)

    def faults(self, *faults: str | dict[str, Any], next: int = 1) -> None:
        """Applies faults to the next calls, such as `{"at": "event 5", "end": "reset"}`."""
        __tracebackhide__ = True
        self._call("POST", "faults", {"next": next, "faults": list(faults)})

    def clock(self, advance: str | None = None, scale: float | None = None) -> None:
        """Moves the session's clock forward (`advance="24h"`), or sets how many real seconds each second of the session takes (`scale`).

        `use` and `script` keep the clock.
        """
        __tracebackhide__ = True
        body = {"advance": advance, "scale": scale}
        change = {name: value for name, value in body.items() if value is not None}
        self._call("POST", "clock", change)
        self._clock.append(change)

    @property
    def requests(self) -> list[Request]:
        """The calls so far, in order. Requests for lists of models and similar auxiliary requests are left out."""
        __tracebackhide__ = True
        entries = self._read("journal", bodies="true", limit=10_000)
        if not entries and self._twin is not None:
            return self._twin.requests
        return [Request(entry) for entry in entries if not entry["auxiliary"]]

    def report(self) -> dict[str, Any]:
        """Returns the report so far: `held`, `unmatched`, `left_over`, `refused`, `errors`, `faults`, `calls`, `trace` and more."""
        __tracebackhide__ = True
        report: dict[str, Any] = self._read("verification")
        if self._twin is None:
            return report
        other = self._twin.report()
        if not other["trace"]:
            return report
        if not report["trace"]:
            # If this session has no exchanges, every call came from a client that uses only the twin session.
            return other
        report["elsewhere"] = f"{_calls(other['attempts'])} through a client that was created during an import, and that client has a script of its own"
        return report

    def verify(self) -> None:
        """Raises AssertionError, with the exchanges on the wire, if a request matched no step, a step was not used, a fault had no effect,
        or the scenario's own expectation is not met. """
        __tracebackhide__ = True
        report = self.report()
        if not report["held"]:
            raise AssertionError(complaint(report, self.strays()))

    def strays(self) -> str | None:
        """Returns a sentence about calls that reached the server without a session; None without such calls."""
        try:
            entries = self._admin.call("GET", "journal", session="default", limit=10_000)
        except (AdminError, OSError):
            return None
        if not entries:
            return None
        return f"{_calls(len(entries))} to the server's own base URL, which does not belong to a test: use the session's base_url or api_key"

    def _play(self, scenario: Any = None, **query: Any) -> None:
        __tracebackhide__ = True
        self._call("PUT", "scenario", scenario, **query)
        # The server resets the clock when it starts a scenario.
        for change in self._clock:
            self._call("POST", "clock", change)

    def _reset(self) -> None:
        """Resets the session for the next test."""
        self._clock = []
        self._call("PUT", "scenario", {"schema": 1, "scenario": "auto", "otherwise": "auto"})
        self._call("POST", "reset")

    def _read(self, resource: str, **query: Any) -> Any:
        __tracebackhide__ = True
        return self._admin.call("GET", resource, session=self.name, **query)

    def _call(self, method: str, resource: str, body: Any = None, **query: Any) -> Any:
        """Changes the session, and its twin session in the same way."""
        __tracebackhide__ = True
        answer = self._admin.call(method, resource, body, session=self.name, **query)
        if self._twin is not None:
            self._admin.call(method, resource, body, session=self._twin.name, **query)
        return answer


def _calls(number: int) -> str:
    return "1 call came" if number == 1 else f"{number} calls came"


MARBLES = "marbles: H head, d event, D end of body, b part of an event, ! fault, . connection open, | closed, X reset"

WHY_SILENT = """\
no request came: the client may not know the server. A client reads OPENAI_BASE_URL when it is made; one with a base_url in the
code, or one that was made before the plugin set the variable, calls another server. Give it base_url=sparring.base_url."""

WHY_ELSEWHERE = "a command of Sparring has started pytest, so a client that was made before the test calls the server of that command."


def complaint(report: dict[str, Any], strays: str | None = None) -> str:
    """Returns the text of a failed report."""
    lines = [f"sparring: {report['scenario']}: verification failed", *findings(report)]
    if report["dropped_exchanges"]:
        lines.append(f"  {report['dropped_exchanges']} exchanges are no longer in the log; the report is incomplete")
    if strays:
        lines.append(f"  {strays}")
    return "\n".join(lines + ["", *wire(report)])


def findings(report: dict[str, Any]) -> list[str]:
    """Returns the findings of the report without the exchanges, one line each."""
    lines = [f"  refused: {text}" for text in report["refused"]]
    lines += [f"  unmatched: {text}" for text in report["unmatched"]]
    lines += [f"  left over: {text}" for text in report["left_over"]]
    lines += [f"  fault not delivered: {text}" for text in report["faults"]["missed"]]
    lines += [f"  warning: {text}" for text in report.get("warnings", [])]
    if report["unexpected"]:
        lines.append(f"  {report['unexpected']}")
    if "elsewhere" in report:
        lines.append(f"  {report['elsewhere']}")
    return lines


def wire(report: dict[str, Any]) -> list[str]:
    if not report["trace"]:
        return [WHY_SILENT, *([WHY_ELSEWHERE] if is_started_by_sparring() else [])]
    return ["the wire, in milliseconds:", *report["trace"], MARBLES]


def is_started_by_sparring() -> bool:
    """Whether a command such as `sparring replay` has started this program and provided a server for it."""
    return bool(os.environ.get("SPARRING_RUN") and os.environ.get("OPENAI_BASE_URL"))


def _api_path(path: str) -> str:
    if path.startswith("/s/"):
        name, slash, rest = path[3:].partition("/")
        return slash + rest
    return path


def _fields(fields: list[list[str]]) -> dict[str, str]:
    headers: dict[str, str] = {}
    for name, value in fields:
        name = name.lower()
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers
