"""Calls to the admin API of a running server (docs/reference/admin.md)."""

from __future__ import annotations

import http.client
import json
import urllib.parse
from typing import Any

from ._located import Located, words


class AdminError(Exception):
    """An error of the admin API: what is wrong, where, and what to do."""


class Admin:
    """Opens a connection for each call, as tests may fork, and a connection does not survive a fork."""

    def __init__(self, host: str, port: int | None, token: str | None = None, timeout: float = 30) -> None:
        self.host, self.port, self.token, self.timeout = host, port, token, timeout

    def call(self, method: str, resource: str, body: Any = None, **query: Any) -> Any:
        """Returns the parsed answer. `body` is text in YAML or JSON, or a value to send as JSON."""
        __tracebackhide__ = True
        path = f"/_sparring/{resource}"
        if query := {name: value for name, value in query.items() if value is not None}:
            path += "?" + urllib.parse.urlencode(query)
        headers = {"Accept": "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        located = None
        if body is not None and not isinstance(body, (str, bytes)):
            located = Located(body)
            body = located.text
        if isinstance(body, str):
            body = body.encode()
        connection = http.client.HTTPConnection(self.host, self.port, timeout=self.timeout)
        try:
            connection.request(method, path, body=body, headers=headers)
            answer = connection.getresponse()
            value = json.loads(answer.read())
        finally:
            connection.close()
        if answer.status != 200:
            raise AdminError(_refusal(value.get("error", {}), answer.status, located))
        return value


def _refusal(error: dict[str, Any], status: int, located: Located | None) -> str:
    what, where, fix = error.get("what", f"status {status}"), error.get("where", "?"), error.get("fix", "")
    mistakes = error.get("mistakes", [])
    if len(mistakes) == 1:
        return _mistake(mistakes[0], located)
    # A parameter of the admin API, or a place in a body that this package wrote, means nothing to callers.
    place = "" if where.startswith("query") or located else f" ({where})"
    head = f"{what}{place}: {fix}" if not located else f"the script has {len(mistakes)} mistakes:"
    return "\n  ".join([head, *(_mistake(mistake, located) for mistake in mistakes)])


def _mistake(mistake: dict[str, Any], located: Located | None) -> str:
    message, column = mistake.get("message", "?"), mistake.get("column")
    if located is not None and isinstance(column, int):
        return f"{words(located.path(column)) or 'the script'}: {message}"
    return f"line {mistake.get('line', '?')}, column {column or '?'}: {message}"
