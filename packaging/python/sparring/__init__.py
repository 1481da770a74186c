"""A mock OpenAI server for tests in Python.

    from sparring import Server

    with Server() as server:
        session = server.session()
        session.use("two-rate-limits")
        client = OpenAI(base_url=session.base_url, api_key=session.api_key)

With pytest, the fixture `sparring` does all of this: see docs/guides/python.md.
"""

from ._admin import AdminError
from ._binary import binary
from ._server import Server, StartError
from ._session import Request, Session

__all__ = ["AdminError", "Request", "Server", "Session", "StartError", "binary"]
