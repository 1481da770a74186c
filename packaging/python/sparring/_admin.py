"""Calls to the admin API of a running server (docs/reference/admin.md)."""

from __future__ import annotations

import http.client
import json
import urllib.parse
from typing import Any


class AdminError(Exception):
    """An error of the admin API: what is wrong, where, and what to do."""


class Admin:
    """Opens a connection for each call, because tests may fork and a connection does not survive a fork."""

    def __init__(self, host: str, port: int | None, token: str | None = None, timeout: float = 30) -> None:
        self.host, self.port, self.token, self.timeout = host, port, token, timeout

    def call(self, method: str, resource: str, body: Any = None, **query: Any) -> Any:
        """Returns the parsed answer. `body` is a text in YAML or JSON, or a value that is sent as JSON."""
        __tracebackhide__ = True
        path = f"/_sparring/{resource}"
        if query := {name: value for name, value in query.items() if value is not None}:
            path += "?" + urllib.parse.urlencode(query)
        headers = {"Accept": "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        is_text = isinstance(body, (str, bytes))
        if body is not None and not is_text:
            body = json.dumps(body)
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
            raise AdminError(_refusal(value.get("error", {}), answer.status, is_text))
        return value


def _refusal(error: dict[str, Any], status: int, is_text: bool) -> str:
    what, where, fix = error.get("what", f"status {status}"), error.get("where", "?"), error.get("fix", "")
    mistakes = [_mistake(mistake, is_text) for mistake in error.get("mistakes", [])]
    if mistakes:
        return mistakes[0] if len(mistakes) == 1 else "\n  ".join([f"{len(mistakes)} mistakes:", *mistakes])
    # The parameters of the admin API are unknown to callers of this package.
    place = "" if where.startswith("query") else f" ({where})"
    return f"{what}{place}: {fix}"


def _mistake(mistake: dict[str, Any], is_text: bool) -> str:
    """The mistake with its place: line and column for a text; step and key for a value, because the caller does not know the JSON that is
    sent."""
    place = f"line {mistake.get('line', '?')}, column {mistake.get('column', '?')}" if is_text else mistake.get("where")
    message = mistake.get("message", "?")
    return f"{place}: {message}" if place else str(message)
