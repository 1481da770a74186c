"""Tests the server without pytest."""

import os
import signal
import subprocess
import sys
import time

import pytest

import sparring


def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_server_ends_with_its_block():
    with sparring.Server("two-rate-limits") as server:
        pid = server._process.pid
        session = server.session()
        assert session.base_url.startswith("http://127.0.0.1:")
        with pytest.raises(AssertionError, match="left over"):
            session.verify()
    assert not alive(pid)


def test_a_server_ends_when_its_program_is_killed():
    code = "import sparring, time; s = sparring.Server().start(); print(s._process.pid, flush=True); time.sleep(600)"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as parent:
        pid = int(parent.stdout.readline())
        assert alive(pid)
        parent.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 300
    while alive(pid) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not alive(pid)


def test_no_other_process_is_ended_and_no_file_is_left(tmp_path):
    code = "import sparring, time; s = sparring.Server(arguments=['--tls']).start(); print(s.base_url, flush=True); time.sleep(60)"
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, env=environment) as parent:
        own = {**os.environ, "OPENAI_BASE_URL": parent.stdout.readline().strip()}
        with subprocess.Popen(["sleep", "60"], env=own) as bystander:
            assert any(tmp_path.iterdir()), "the certificates exist while the server runs"
            parent.send_signal(signal.SIGKILL)
            deadline = time.monotonic() + 20
            while any(tmp_path.iterdir()) and time.monotonic() < deadline:
                time.sleep(0.01)
            assert not any(tmp_path.iterdir())
            assert bystander.poll() is None
            bystander.kill()


def test_a_failed_start_reports_its_reason():
    with pytest.raises(sparring.StartError, match="no-such-scenario"):
        sparring.Server("no-such-scenario").start()


def test_the_module_runs_the_program():
    shown = subprocess.run([sys.executable, "-m", "sparring", "--version"], capture_output=True, text=True, check=True)
    assert shown.stdout.strip()
