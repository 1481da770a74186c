import importlib.metadata
import os

import pytest

pytest_plugins = ["pytester"]

# A client for the test files that tests write. Importing an official client would take seconds in each of these files.
CHAT = '''
import json, os, urllib.error, urllib.request

def chat(text="hi"):
    request = urllib.request.Request(
        os.environ["OPENAI_BASE_URL"] + "/chat/completions",
        json.dumps({"model": "gpt-4o-mini", "messages": [{"role": "user", "content": text}]}).encode(),
        {"Authorization": "Bearer " + os.environ["OPENAI_API_KEY"], "Content-Type": "application/json"})
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request) as answer:
            return answer.status, json.load(answer)["choices"][0]["message"]["content"]
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)["error"]["code"]
'''


INSTALLED = any(entry.name == "sparring" for entry in importlib.metadata.entry_points(group="pytest11"))


@pytest.fixture(autouse=True, scope="session")
def own_environment(tmp_path_factory):
    """Gives the run its own home and caches, without the user's settings, keys and proxies."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("home")
        for name in ("HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
            patch.setenv(name, str(folder))
        for name in list(os.environ):
            if name.startswith(("SPARRING_", "OPENAI_", "TIKTOKEN_")) and name != "SPARRING_BINARY":
                patch.delenv(name)
            elif name.lower().endswith("_proxy"):
                patch.delenv(name)
        yield


@pytest.fixture
def suite(pytester, monkeypatch):
    """Writes a test file that can use the fixture `chat`, and runs it."""
    pytester.makepyfile(chat=CHAT)
    if not INSTALLED:
        monkeypatch.setenv("PYTEST_PLUGINS", "sparring.pytest_plugin")

    def run(text, *arguments, ini=""):
        pytester.makeini("[pytest]\n" + ini)
        pytester.makepyfile("import os, pytest\nfrom chat import chat\n" + text)
        return pytester.runpytest_subprocess("-p", "no:cacheprovider", *arguments)

    return run
