"""The fixture `sparring` and the marker of the same name.

Each process has one server (so each worker of pytest-xdist has one), and each test has a session. A test fails if its scenario
is not played to its end or a request matches no step.

The environment variables of official clients point at the server from the start, so that a client that a module creates during its
import reaches the server. Such a client knows only the session of the run, so each test's script is played in that session as well.

If a command of Sparring has started pytest (`sparring replay cassette -- pytest`), the variables name that command's server. They
change only during tests with the fixture.
"""

from __future__ import annotations

import os
import re
from collections.abc import Generator
from typing import Any

import pytest

from ._admin import AdminError
from ._server import Server, StartError
from ._session import Session, complaint, findings, is_started_by_sparring, wire

# The mark is set if the failure comes from this plugin. The message of such a failure already contains the exchanges.
_REPORTED = pytest.StashKey[bool]()
_RUN = pytest.StashKey["_Run"]()


class _Run:
    """The server of this process, and the session for clients that modules create when they are imported."""

    def __init__(self, arguments: list[str]) -> None:
        self.server = Server(arguments=arguments)
        self.imported: Session | None = None
        self.tests = 0
        self._before: dict[str, str | None] = {}

    def set_environment(self) -> None:
        """Starts the server, and sets the environment variables to its address until the end of the run."""
        self.server.start()
        self.imported = self.server.session("imported")
        self._before = _set(self.imported.environment)

    def stop(self) -> None:
        _restore(self._before)
        self.server.stop()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addini("sparring_arguments", "more flags of `sparring serve`", type="args", default=[])
    parser.addini(
        "sparring_environment",
        "set OPENAI_BASE_URL and OPENAI_API_KEY for the whole run: a client that is created during the import of a module then reaches the server, too",
        type="bool",
        default=True,
    )


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Sets the environment before the first conftest.py, which may create a client."""
    _begin(early_config)


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers",
        'sparring(scenario=None, *, verify=True, scale=None): play a scenario (a name, a path, YAML text, or a list of steps) to '
        "OpenAI clients; verify=False allows steps that are left over and requests that match no step; scale=0.01 makes a second "
        "of waiting last 10 ms.",
    )
    _begin(config)


def _begin(config: pytest.Config) -> None:
    if _RUN in config.stash:
        return
    run = config.stash[_RUN] = _Run(config.getini("sparring_arguments"))
    option = config.known_args_namespace
    if not config.getini("sparring_environment") or getattr(option, "help", False) or getattr(option, "version", False):
        return
    if is_started_by_sparring():
        return
    try:
        run.set_environment()
    except (StartError, OSError) as error:
        # A run without Sparring's tests must not fail if the program is missing. The fixture reports the error.
        config.issue_config_time_warning(
            pytest.PytestWarning(f"sparring: clients that a module creates when it is imported do not reach the server: {error}"), stacklevel=2
        )


def pytest_unconfigure(config: pytest.Config) -> None:
    run = config.stash.get(_RUN, None)
    if run is not None:
        run.stop()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Gives every marked test the fixture."""
    for item in items:
        names = getattr(item, "fixturenames", None)
        if names is not None and item.get_closest_marker("sparring") and "sparring" not in names:
            names.insert(0, "sparring")


@pytest.fixture(scope="session")
def sparring_server(pytestconfig: pytest.Config) -> Server:
    """The server of this process. The server starts with the first test that needs it, unless it is already running."""
    server = pytestconfig.stash[_RUN].server
    if server.base_url is None:
        server.start()
    return server


@pytest.fixture
def sparring(request: pytest.FixtureRequest, sparring_server: Server) -> Generator[Session, None, None]:
    """A session for the test. The environment variables of official clients name the address of this session."""
    run = request.config.stash[_RUN]
    run.tests += 1
    if run.imported is not None:
        run.imported._reset()
    session = sparring_server.session(_name(request.node.nodeid, run.tests), twin=run.imported)
    session.verifies = True
    mistake = None
    try:
        _prepare(session, request.node.get_closest_marker("sparring"))
    except (AdminError, FileNotFoundError) as error:
        mistake = error
    if mistake is not None:
        # The frames of this package do not help to explain a mistake in the marker.
        pytest.fail(f"@pytest.mark.sparring: {mistake}", pytrace=False)
    before = _set(session.environment)
    yield session
    _restore(before)


def _set(environment: dict[str, str]) -> dict[str, str | None]:
    """Sets the variables. Returns the variables' earlier values."""
    before = {name: os.environ.get(name) for name in environment}
    os.environ.update(environment)
    return before


def _restore(before: dict[str, str | None]) -> None:
    for name, value in before.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    """Verifies the session in the test, not in its teardown, so that pytest counts a failure, and xfail applies."""
    result = yield
    session = _session(item)
    if session is not None and session.verifies:
        report = session.report()
        if not report["held"]:
            item.stash[_REPORTED] = True
            pytest.fail(complaint(report, session.strays()), pytrace=False)
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, Any, Any]:
    """Adds refusals, unused steps and the exchanges on the wire to the report of a test that failed by itself."""
    report = yield
    session = _session(item)
    is_ours = _REPORTED in item.stash or (call.excinfo is not None and call.excinfo.errisinstance(AdminError))
    if call.when == "call" and report.failed and session is not None and not is_ours:
        report.sections.append(("sparring", _seen(session)))
    return report


def _seen(session: Session) -> str:
    try:
        report = session.report()
        strays = session.strays()
        return "\n".join([*findings(report), *([f"  {strays}"] if strays else []), *wire(report)])
    except OSError as error:
        # A missing report must not hide the failure of the test.
        return f"the server no longer answers: {error}"


def _session(item: pytest.Item) -> Session | None:
    return (getattr(item, "funcargs", None) or {}).get("sparring")


def _prepare(session: Session, marker: pytest.Mark | None) -> None:
    __tracebackhide__ = True
    if marker is None:
        return
    arguments = dict(marker.kwargs)
    session.verifies = arguments.pop("verify", True)
    scale = arguments.pop("scale", None)
    scenarios = list(marker.args)
    if "scenario" in arguments:
        scenarios.append(arguments.pop("scenario"))
    if arguments or len(scenarios) > 1:
        raise pytest.UsageError(
            f"@pytest.mark.sparring takes one scenario and verify= and scale=, not {marker.args} {marker.kwargs}"
        )
    if scale is not None:
        session.clock(scale=scale)
    for scenario in scenarios:
        if isinstance(scenario, (list, tuple)):
            session.script(*scenario)
        elif isinstance(scenario, str) and "\n" in scenario:
            session.script(scenario)
        else:
            session.use(scenario)


def _name(nodeid: str, number: int) -> str:
    """A name for the session that identifies the test in journals and traces. The name is unique in this process."""
    words = re.sub(r"[^A-Za-z0-9]+", "-", nodeid.rpartition("::")[2]).strip("-").lower()
    return f"{words[:60].rstrip('-')}-{number}"
