"""The fixture `sparring` and the marker of the same name.

Each process has one server (so each worker of pytest-xdist has one), and each test has a session. A test fails if its scenario
is not played to its end or a request matches no step.
"""

import os
import re

import pytest

from ._server import Server
from ._session import complaint, wire

# Set if the failure is ours, whose message already has the wire.
_REPORTED = pytest.StashKey()


def pytest_addoption(parser):
    parser.addini("sparring_arguments", "more flags of `sparring serve`", type="args", default=[])


def pytest_configure(config):
    config.addinivalue_line(
        "markers",
        'sparring(scenario=None, *, verify=True): play a scenario (a name, a path, YAML text, or a list of steps) to OpenAI '
        "clients; verify=False allows steps that are left over and requests that match no step.",
    )


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Gives every marked test the fixture."""
    for item in items:
        names = getattr(item, "fixturenames", None)
        if names is not None and item.get_closest_marker("sparring") and "sparring" not in names:
            names.insert(0, "sparring")


@pytest.fixture(scope="session")
def sparring_server(pytestconfig):
    """The server of this process. It starts with the first test that needs it."""
    with Server(arguments=pytestconfig.getini("sparring_arguments")) as server:
        yield server


@pytest.fixture
def sparring(request, sparring_server):
    """A session for the test. The environment variables of official clients point at it."""
    session = sparring_server.session(_name(request.node.nodeid, sparring_server))
    session.verifies = True
    _prepare(session, request.node.get_closest_marker("sparring"))
    before = {name: os.environ.get(name) for name in session.environment}
    os.environ.update(session.environment)
    yield session
    for name, value in before.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    """Verifies the session in the test, not in its teardown, so that pytest counts a failure, and xfail applies."""
    result = yield
    session = _session(item)
    if session is not None and session.verifies:
        report = session.report()
        if not report["held"]:
            item.stash[_REPORTED] = True
            pytest.fail(complaint(report), pytrace=False)
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Adds the wire to the report of a test that failed by itself."""
    report = yield
    session = _session(item)
    if call.when == "call" and report.failed and session is not None and _REPORTED not in item.stash:
        report.sections.append(("sparring", _wire(session)))
    return report


def _wire(session):
    try:
        return "\n".join(wire(session.report()))
    except OSError as error:
        # A missing report must not hide the failure of the test.
        return f"the server no longer answers: {error}"


def _session(item):
    return (getattr(item, "funcargs", None) or {}).get("sparring")


def _prepare(session, marker):
    if marker is None:
        return
    arguments = dict(marker.kwargs)
    session.verifies = arguments.pop("verify", True)
    scenarios = list(marker.args)
    if "scenario" in arguments:
        scenarios.append(arguments.pop("scenario"))
    if arguments or len(scenarios) > 1:
        raise pytest.UsageError(f"@pytest.mark.sparring takes one scenario and verify=, not {marker.args} {marker.kwargs}")
    for scenario in scenarios:
        if isinstance(scenario, (list, tuple)):
            session.script(*scenario)
        elif isinstance(scenario, str) and "\n" in scenario:
            session.script(scenario)
        else:
            session.use(scenario)


def _name(nodeid, server):
    """A name for the session that shows the test in journals and traces. It is unique in this process."""
    words = re.sub(r"[^A-Za-z0-9]+", "-", nodeid.rpartition("::")[2]).strip("-").lower()
    server.tests = getattr(server, "tests", 0) + 1
    return f"{words[:60].rstrip('-')}-{server.tests}"
