"""A server on a free port, as a child process."""

from __future__ import annotations

import contextlib
import os
import secrets
import select
import subprocess
import tempfile
import time
import types
import urllib.parse
from collections.abc import Iterable
from typing import IO

from ._admin import Admin
from ._binary import binary
from ._session import Session


class StartError(Exception):
    """The server did not start. The message contains the server's standard error."""


class Server:
    """`sparring serve` as a child process. The server ends with `stop`, or when this process ends for any reason.

    scenarios: names of built-in scenarios, or paths. Without a scenario, every request gets an invented answer.
    arguments: more flags of `sparring serve`, such as `["--validation", "lenient"]`.
    timeout: seconds to wait until the server accepts connections.
    """

    def __init__(self, *scenarios: str | os.PathLike[str], arguments: Iterable[str] = (), timeout: float = 30) -> None:
        self._scenarios, self._arguments, self._timeout = scenarios, arguments, timeout
        self._process: subprocess.Popen[bytes] | None = None
        self._log: IO[bytes] | None = None
        self._sessions = 0
        self.base_url: str | None = None
        self._admin: Admin | None = None

    @property
    def admin(self) -> Admin:
        """The admin API of the running server."""
        if self._admin is None:
            raise StartError("this server was not started: use it as `with Server() as server`, or call start()")
        return self._admin

    def start(self) -> Server:
        if self._process is not None:
            raise StartError("this server is already running")
        # The temporary file has no name, so it disappears when this process ends.
        self._log = tempfile.TemporaryFile(prefix="sparring-")
        token = secrets.token_urlsafe(24)
        command = [binary(), "serve", *map(str, self._scenarios), *self._arguments]
        command += ["--host", "127.0.0.1", "--port", "0", "--ready-file", "-", "--quiet", "--until-eof"]
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            env={**os.environ, "SPARRING_ADMIN_TOKEN": token},
            # Ctrl-C in the terminal must reach only the tests. The tests stop the server when they have ended.
            start_new_session=True,
        )
        try:
            self.base_url = self._wait()
        except BaseException:
            self.stop()
            raise
        parts = urllib.parse.urlsplit(self.base_url)
        self._admin = Admin("127.0.0.1", parts.port, token)
        return self

    def _wait(self) -> str:
        """Waits for the one line that the server prints when it accepts connections: its base URL."""
        deadline = time.monotonic() + self._timeout
        process = self._process
        assert process is not None and process.stdout is not None
        output, line = process.stdout.fileno(), b""
        while not line.endswith(b"\n"):
            if not select.select([output], [], [], max(0, deadline - time.monotonic()))[0]:
                raise StartError(f"sparring serve did not start within {self._timeout} s: {self.log()}")
            piece = os.read(output, 4096)
            if not piece:
                raise StartError(f"sparring serve ended with exit code {process.wait(self._timeout)}: {self.log()}")
            line += piece
        return line.decode().strip()

    def stop(self) -> None:
        """Stops the server, and waits until it has ended. Idempotent."""
        if self._process is None:
            return
        process, self._process = self._process, None
        assert process.stdin is not None and process.stdout is not None and self._log is not None
        with contextlib.suppress(OSError):
            process.stdin.close()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()
        self._log.close()

    def log(self) -> str:
        """Returns the standard error of the server so far."""
        if self._log is None or self._log.closed:
            return ""
        size = os.fstat(self._log.fileno()).st_size
        return os.pread(self._log.fileno(), size, 0).decode(errors="replace").strip()

    def session(self, name: str | None = None, *, twin: Session | None = None) -> Session:
        """Returns a session, which has its own script, counters and clock. Without a name, a new session is made.

        twin: a session that plays the same scenario, for clients that were made earlier.
        """
        self._sessions += 1
        return Session(self, name or f"s{self._sessions}-{secrets.token_hex(3)}", twin)

    def __enter__(self) -> Server:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: types.TracebackType | None) -> None:
        self.stop()
