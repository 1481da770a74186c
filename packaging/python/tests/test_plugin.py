"""Tests the plugin as users run it: files with tests, run by pytest in a child process."""

import pytest


def test_marked_tests_have_a_script_and_the_environment(suite):
    result = suite('''
@pytest.mark.sparring("two-rate-limits")
def test_marker():
    assert [chat()[0] for _ in range(3)] == [429, 429, 200]

def test_use(sparring):
    sparring.use("two-rate-limits")
    assert [chat()[0] for _ in range(3)] == [429, 429, 200]
    assert [r.status for r in sparring.requests] == [429, 429, 200]
    assert [r.attempt for r in sparring.requests] == [1, 2, 3]
    assert sparring.requests[0].json["messages"][0]["content"] == "hi"
    assert sparring.requests[0].path == "/v1/chat/completions"
    assert sparring.requests[0].headers["content-type"] == "application/json"

def test_script(sparring):
    sparring.script({"error": "rate_limit_exceeded"}, {"text": "second time lucky"})
    assert chat()[0] == 429
    assert chat() == (200, "second time lucky")

@pytest.mark.sparring([{"text": "a"}, {"text": "b"}])
def test_steps_in_the_marker():
    assert chat()[1] + chat()[1] == "ab"

def test_rules(sparring):
    sparring.script(rules=[{"when": {"last.user": {"contains": "blue"}}, "text": "sky"}], otherwise="auto")
    assert chat("blue")[1] == "sky"
    assert chat("red")[0] == 200

def test_every_request_is_answered_without_a_scenario(sparring):
    assert chat()[0] == 200

@pytest.mark.sparring("""
schema: 1
scenario: inline
steps: [ { text: from the marker } ]
""")
def test_text_in_the_marker():
    assert chat()[1] == "from the marker"
''')
    result.assert_outcomes(passed=7)


def test_steps_left_over_and_unmatched_requests_fail_the_test(suite):
    result = suite('''
@pytest.mark.sparring("two-rate-limits")
def test_left_over():
    assert chat()[0] == 429

@pytest.mark.sparring("hello")
def test_no_request():
    pass

def test_unmatched(sparring):
    sparring.script(rules=[{"when": {"model": "gpt-4o"}, "text": "hello"}])
    assert chat()[0] == 400

@pytest.mark.xfail(strict=True)
@pytest.mark.sparring("hello")
def test_known():
    pass

@pytest.mark.sparring("hello", verify=False)
def test_lenient():
    pass
''')
    result.assert_outcomes(failed=3, xfailed=1, passed=1)
    result.stdout.fnmatch_lines([
        "*two-rate-limits: verification failed", "*left over: *step 1*", "*→ POST  /s/*/v1/chat/completions  attempt 1*", "*← 429*",
        "*no request came*",
        "*unmatched: POST *",
    ])


def test_a_test_that_fails_by_itself_shows_the_wire(suite):
    result = suite('''
def test_wrong(sparring):
    assert chat()[0] == 500
''')
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*assert 200 == 500*", "*- sparring -*", "the wire, in milliseconds:", "*← 200*"])


def test_a_dead_server_does_not_hide_a_failure(suite):
    result = suite('''
def test_killed(sparring, sparring_server):
    sparring_server._process.kill()
    sparring_server._process.wait()
    assert "mine" == "yours"
''')
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*assert 'mine' == 'yours'*", "the server no longer answers: *"])


def test_the_environment_is_restored(suite):
    result = suite('''
os.environ["OPENAI_API_KEY"] = "mine"
os.environ.pop("OPENAI_BASE_URL", None)

def test_inside(sparring):
    assert os.environ["OPENAI_API_KEY"] == sparring.api_key != "mine"
    assert os.environ["OPENAI_BASE_URL"] == sparring.base_url

def test_after():
    assert os.environ["OPENAI_API_KEY"] == "mine"
    assert "OPENAI_BASE_URL" not in os.environ
''', "-p", "no:randomly")
    result.assert_outcomes(passed=2)


def test_asyncio_works_and_parallel_tests_do_not_affect_each_other(suite):
    result = suite('''
import asyncio

@pytest.mark.asyncio
@pytest.mark.parametrize("number", range(24))
async def test_many(sparring, number):
    sparring.script({"error": "rate_limit_exceeded"}, {"text": str(number)})
    first = await asyncio.to_thread(chat)
    second = await asyncio.to_thread(chat)
    assert (first[0], second) == (429, (200, str(number)))
''', "-n", "4")
    result.assert_outcomes(passed=24)


def test_one_server_serves_a_whole_run(suite):
    result = suite('''
ports = set()

@pytest.mark.parametrize("number", range(5))
def test_port(sparring_server, sparring, number):
    ports.add(sparring_server.base_url)
    assert len(ports) == 1 and sparring.base_url.startswith(sparring_server.base_url.removesuffix("/v1"))
''')
    result.assert_outcomes(passed=5)


def test_unittest_test_cases_may_be_marked(suite):
    result = suite('''
import unittest

@pytest.mark.sparring("two-rate-limits")
class Old(unittest.TestCase):
    def test_three(self):
        self.assertEqual([chat()[0] for _ in range(3)], [429, 429, 200])

    def test_one(self):
        self.assertEqual(chat()[0], 429)
''')
    result.assert_outcomes(passed=1, failed=1)


def test_mistakes_are_reported_with_their_place(suite):
    result = suite('''
@pytest.mark.sparring("two-rate-limit")
def test_name():
    pass

def test_key(sparring):
    sparring.script({"txt": "hello"})

@pytest.mark.sparring("hello", loud=True)
def test_argument():
    pass
''')
    result.assert_outcomes(failed=1, errors=2)
    result.stdout.fnmatch_lines_random(
        ["*did you mean 'two-rate-limits'?*", "*step 1, txt: unknown key 'txt'*", "*takes one scenario and verify=*"])


def test_a_missing_file_is_reported_with_the_searched_folder(suite, pytester):
    result = suite('''
@pytest.mark.sparring("scenarios/mine.yaml")
def test_marker():
    pass

def test_use(sparring):
    with pytest.raises(FileNotFoundError, match="there is no file 'mine.yml' in .*: a path starts in the folder"):
        sparring.use("mine.yml")
''')
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines([f"@pytest.mark.sparring: there is no file 'scenarios/mine.yaml' in {pytester.path}: *"])
    result.stdout.no_fnmatch_line("*read_text*")


def test_a_single_mistake_is_printed_once_with_its_step_and_key(suite):
    suite('''
from sparring import AdminError

def test_value(sparring):
    with pytest.raises(AdminError) as raised:
        sparring.script({"text": "a"}, {"error": "429"})
    assert str(raised.value).startswith("step 2, error: ")
    assert str(raised.value).count("'429'") == 1

def test_several(sparring):
    with pytest.raises(AdminError) as raised:
        sparring.script(rules=[{"when": {"endpont": "chat.completions"}, "text": "a", "tims": 2}])
    assert str(raised.value).splitlines()[0] == "2 mistakes:"
    assert "  rule 1, when.endpont: " in str(raised.value)

def test_text(sparring):
    with pytest.raises(AdminError) as raised:
        sparring.script("""schema: 1
scenario: inline
steps:
  - text: a
    tims: 2
""")
    assert str(raised.value).startswith("line 5, column 5: unknown key 'tims'")
''').assert_outcomes(passed=3)


def test_faults_and_the_clock_belong_to_the_session(suite):
    result = suite('''
def test_faults(sparring):
    sparring.faults({"at": "head", "end": "reset"})
    with pytest.raises(OSError):
        chat()
    assert chat()[0] == 200
    sparring.clock(advance="24h")
    assert sparring.report()["attempts"] == 2
''')
    result.assert_outcomes(passed=1)


def test_arguments_reach_the_server(suite):
    result = suite('''
def test_seed(sparring):
    assert sparring._admin.call("GET", "health")["seed"] == 77
''', ini="sparring_arguments = --seed 77\n")
    result.assert_outcomes(passed=1)


IMPORTED = '''
import os

# As an official client does: the variables are read once, when the module is imported.
BASE, KEY = os.environ["OPENAI_BASE_URL"], os.environ["OPENAI_API_KEY"]
'''

EARLY = '''
import early

def ask(text="hi"):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OPENAI_BASE_URL", early.BASE)
        patch.setenv("OPENAI_API_KEY", early.KEY)
        return chat(text)
'''


@pytest.mark.parametrize("arguments", [[], ["-n", "2"]], ids=["alone", "xdist"])
def test_a_client_that_is_made_at_import_plays_the_script_of_each_test(suite, pytester, arguments):
    pytester.makepyfile(early=IMPORTED)
    pytester.makeconftest("import early")
    result = suite(EARLY + '''
@pytest.mark.sparring("two-rate-limits")
def test_marker():
    assert [ask()[0] for _ in range(3)] == [429, 429, 200]

@pytest.mark.parametrize("word", ["a", "b"])
def test_each(sparring, word):
    sparring.script({"text": word})
    assert ask("for " + word) == (200, word)
    assert [r.json["messages"][0]["content"] for r in sparring.requests] == ["for " + word]

def test_left_over(sparring):
    sparring.script({"text": "a"}, {"text": "b"})
    ask()

def test_faults(sparring):
    sparring.faults({"at": "head", "end": "reset"})
    with pytest.raises(OSError):
        ask()
''', *arguments)
    result.assert_outcomes(passed=4, failed=1)
    result.stdout.fnmatch_lines(["*left over: rule 1, step 2", "*→ POST  /s/imported/v1/chat/completions *"])


def test_two_clients_of_one_test_are_named_in_its_report(suite, pytester):
    pytester.makepyfile(early=IMPORTED)
    result = suite(EARLY + '''
def test_both(sparring):
    sparring.script({"text": "a"}, {"text": "b"})
    assert ask()[1] == "a"
    chat()
''')
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*1 call came through a client that was created during an import*"])


def test_the_environment_of_the_run_can_be_switched_off(suite):
    result = suite('''
AT_IMPORT = os.environ.get("OPENAI_BASE_URL")

def test_outside():
    assert AT_IMPORT is None and "OPENAI_BASE_URL" not in os.environ

def test_inside(sparring):
    assert os.environ["OPENAI_BASE_URL"] == sparring.base_url
    assert chat()[0] == 200
''', ini="sparring_environment = false\n")
    result.assert_outcomes(passed=2)


def test_a_command_of_sparring_that_starts_pytest_keeps_its_server(suite, monkeypatch):
    monkeypatch.setenv("SPARRING_RUN", "a-mark")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    result = suite('''
AT_IMPORT = os.environ["OPENAI_BASE_URL"]

def test_outside():
    assert AT_IMPORT == os.environ["OPENAI_BASE_URL"] == "http://127.0.0.1:9/v1"

def test_inside(sparring):
    assert os.environ["OPENAI_BASE_URL"] == sparring.base_url
    assert chat()[0] == 200

def test_outside_again():
    assert os.environ["OPENAI_BASE_URL"] == AT_IMPORT

@pytest.mark.sparring("hello")
def test_no_request():
    pass
''', "-p", "no:randomly")
    result.assert_outcomes(passed=3, failed=1)
    result.stdout.fnmatch_lines(["*no request came*", "*a client that was made before the test calls the server of that command*"])


def test_a_missing_program_fails_only_the_tests_that_need_it(suite, monkeypatch):
    monkeypatch.setenv("SPARRING_BINARY", "/nowhere/sparring")
    result = suite('''
def test_plain():
    pass

def test_needs(sparring):
    pass
''')
    result.assert_outcomes(passed=1, errors=1, warnings=1)
    result.stdout.fnmatch_lines(["*clients that a module creates when it is imported do not reach the server*"])


def test_a_test_without_requests_explains_why(suite):
    result = suite('''
import urllib.request

@pytest.mark.sparring("hello")
def test_none():
    pass

@pytest.mark.sparring("hello")
def test_elsewhere(sparring_server):
    base = os.environ["OPENAI_BASE_URL"]
    os.environ["OPENAI_BASE_URL"], os.environ["OPENAI_API_KEY"] = sparring_server.base_url, "x"
    chat()
    os.environ["OPENAI_BASE_URL"] = base
''')
    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines([
        "*no request came: the client may not know the server*", "*1 call came to the server's own base URL*"])


def test_a_failing_test_shows_refusals_and_what_is_left_over(suite):
    result = suite('''
def test_wrong(sparring):
    sparring.script({"text": "a"}, {"text": "b"})
    assert chat()[0] == 200
    assert chat(5)[0] == 200
''')
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*- sparring -*", "*refused: POST *: 400 Invalid type *", "*left over: rule 1, step 2*", "*← 400*"])


def test_use_and_script_keep_the_clock(suite):
    result = suite('''
import time

@pytest.mark.parametrize("order", ["clock first", "clock last"])
def test_scale(sparring, order):
    if order == "clock first":
        sparring.clock(scale=0.001)
    sparring.script({"text": "slow", "stream": {"first": "100s"}}, {"text": "slow", "stream": {"first": "100s"}})
    if order == "clock last":
        sparring.clock(scale=0.001)
    begin = time.monotonic()
    assert chat()[0] == chat()[0] == 200
    assert time.monotonic() - begin < 60

@pytest.mark.sparring([{"text": "slow", "stream": {"first": "100s"}}], scale=0.001)
def test_marker():
    begin = time.monotonic()
    assert chat()[0] == 200
    assert time.monotonic() - begin < 60
''')
    result.assert_outcomes(passed=3)


def test_a_script_takes_its_steps_one_by_one_or_as_one_list(suite):
    result = suite('''
def test_steps(sparring):
    sparring.script({"text": "a"}, {"text": "b"})
    assert [chat()[1], chat()[1]] == ["a", "b"]

def test_list(sparring):
    sparring.script([{"text": "a"}, {"text": "b"}])
    assert [chat()[1], chat()[1]] == ["a", "b"]
''')
    result.assert_outcomes(passed=2)


def test_a_mistake_in_a_script_is_reported_by_step_and_key_without_frames_of_the_package(suite):
    result = suite('''
def test_two(sparring):
    sparring.script({"text": "a"}, {"error": "429"})

def test_rule(sparring):
    sparring.script(rules=[{"when": {"modl": "a"}, "text": "x"}])

@pytest.mark.sparring("two-rate-limit")
def test_typo():
    pass
''')
    result.assert_outcomes(failed=2, errors=1)
    result.stdout.fnmatch_lines(["*step 2, error: '429' is a status*"])
    result.stdout.fnmatch_lines(["*rule 1, when.modl: unknown key 'modl'*"])
    result.stdout.fnmatch_lines(["@pytest.mark.sparring: *did you mean 'two-rate-limits'?*"])
    result.stdout.no_fnmatch_line("*_admin.py*")
    result.stdout.no_fnmatch_line("*http/client.py*")
