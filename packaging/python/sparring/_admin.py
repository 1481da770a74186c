"""Calls to the admin API of a running server (docs/reference/admin.md)."""

import http.client
import json
import urllib.parse


class AdminError(Exception):
    """What the server refused, in its words: what is wrong, where, and what to do about it."""


class Admin:
    """One connection a call: whoever tests a client may fork, and no connection survives that."""

    def __init__(self, host, port, token=None, timeout=30):
        self.host, self.port, self.token, self.timeout = host, port, token, timeout

    def call(self, method, resource, body=None, **query):
        """The answer, parsed. `body` is text in YAML or JSON, or a value that becomes JSON."""
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
    lines = [f"{error.get('what', status)} ({error.get('where', '?')}): {error.get('fix', '')}"]
    for mistake in error.get("mistakes", []):
        lines.append("  {file}:{line}:{column}: {message}".format_map(_Known(mistake)))
    return "\n".join(lines)


class _Known(dict):
    def __missing__(self, key):
        return "?"
