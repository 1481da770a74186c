"""Calls to the admin API of a running server (docs/reference/admin.md)."""

import http.client
import json
import urllib.parse


class AdminError(Exception):
    """An error of the admin API: what is wrong, where, and what to do."""


class Admin:
    """Opens a connection for each call, as tests may fork, and a connection does not survive a fork."""

    def __init__(self, host, port, token=None, timeout=30):
        self.host, self.port, self.token, self.timeout = host, port, token, timeout

    def call(self, method, resource, body=None, **query):
        """Returns the parsed answer. `body` is text in YAML or JSON, or a value to send as JSON."""
        path = f"/_sparring/{resource}"
        if query := {name: value for name, value in query.items() if value is not None}:
            path += "?" + urllib.parse.urlencode(query)
        headers = {"Accept": "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        if body is not None and not isinstance(body, (str, bytes)):
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
            raise AdminError(_refusal(value.get("error", {}), answer.status))
        return value


def _refusal(error, status):
    what, where, fix = error.get("what", f"status {status}"), error.get("where", "?"), error.get("fix", "")
    mistakes = error.get("mistakes", [])
    if len(mistakes) == 1:
        return "{message} ({file}:{line}:{column})".format_map(_Known(mistakes[0]))
    lines = ["{file}:{line}:{column}: {message}".format_map(_Known(mistake)) for mistake in mistakes]
    # A parameter of the admin API means nothing to callers of this package.
    place = "" if where.startswith("query") else f" ({where})"
    return "\n  ".join([f"{what}{place}: {fix}", *lines])


class _Known(dict):
    def __missing__(self, key):
        return "?"
