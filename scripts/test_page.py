#!/usr/bin/env python3
"""Drives the live page with Chromium against the built program: `make test-page` calls it.

    test_page.py PROGRAM [--pictures FOLDER]

A stream appears while it runs, a fault that the page orders strikes, the filter and the keys work, mistakes of a scenario are listed, text of a
client that looks like HTML does nothing, nothing is wider than a phone, and no other host is asked. The filter of the page and that of the
server select the same exchanges. CHROMIUM names the browser; without it, `chromium` of the PATH is used.
"""

import argparse
import contextlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import threading
import urllib.error
import urllib.parse
import urllib.request

import playwright.sync_api

SCENARIO = """
schema: 1
scenario: page
rules:
  - name: limited
    when: { model: gpt-4o-mini }
    steps:
      - { error: rate_limit_exceeded, retry_after: 1s }
      - auto: {}
      - { text: "one two three four five six seven eight nine ten", stream: { rate: 4/s } }
      - auto: {}
    then: last
otherwise: auto
"""
HOSTILE = "<img src=x onerror=\"document.title='run'\"><script>document.title='run'</script>"
FILTERS = ["", "status:4xx", "is:retried", "-status:429 model:gpt", "attempt:>1", "status:>=400", "fault:reset", "chat/completions", "is:faulted,refused"]


@contextlib.contextmanager
def served(program):
    """The address of a server that plays SCENARIO."""
    with tempfile.TemporaryDirectory() as folder:
        scenario, ready = pathlib.Path(folder, "page.yaml"), pathlib.Path(folder, "ready")
        scenario.write_text(SCENARIO)
        os.mkfifo(ready)
        process = subprocess.Popen([program, "serve", scenario, "--port", "0", "--quiet", "--ready-file", ready])
        try:
            yield ready.read_text().strip().removesuffix("/v1")
        finally:
            process.terminate()
            process.wait()


def chat(root, **members):
    """The status of a chat call; 0 if the connection broke."""
    body = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": HOSTILE}], **members}
    headers = {"authorization": "Bearer sk-page", "content-type": "application/json"}
    request = urllib.request.Request(f"{root}/v1/chat/completions", json.dumps(body).encode(), headers)
    try:
        with urllib.request.urlopen(request) as answer:
            answer.read()
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def check(root, browser, pictures):
    problems = []

    def expect(condition, sentence):
        if not condition:
            problems.append(sentence)

    page = browser.new_context(viewport={"width": 1400, "height": 900}).new_page()
    page.on("console", lambda m: problems.append(f"console: {m.text}") if m.type == "error" and "422" not in m.text else None)
    page.on("pageerror", lambda error: problems.append(f"script: {error}"))
    page.on("request", lambda r: problems.append(f"asks {r.url}") if not r.url.startswith((root, "data:")) else None)

    expect([chat(root), chat(root)] == [429, 200], "the scenario does not answer 429, then 200")
    page.goto(f"{root}/")
    page.wait_for_selector(".row >> nth=1")
    stream = threading.Thread(target=chat, args=(root,), kwargs={"stream": True})
    stream.start()
    page.wait_for_selector(".row:has-text('running')")
    stream.join()
    page.wait_for_selector(".row:has-text('running')", state="detached")

    page.locator("#faults button").click()
    page.wait_for_selector("#faults output:has-text('reset')")
    expect(chat(root) == 0, "the fault that the page ordered did not strike")
    page.wait_for_selector(".row .fault")

    page.locator("#scenario textarea").fill("schema: 1\nscenario: x\nrulez: []\n")
    page.locator("#scenario button").first.click()
    page.wait_for_selector(".mistakes li:has-text('line 3')")

    page.keyboard.press("Escape")
    page.locator("#exchanges").focus()
    page.keyboard.press("/")
    page.keyboard.type("is:retried")
    playwright.sync_api.expect(page.locator(".row")).to_have_count(2)
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.wait_for_selector("aside pre:has-text('limited')")
    expect("onerror" in page.text_content("aside"), "the request's text is not shown")
    expect(page.title() == "Sparring", "text of a client has run as HTML")
    if pictures:
        page.screenshot(path=pictures / "exchange.png")
    page.keyboard.press("Escape")
    expect(page.locator("aside").is_hidden(), "Escape does not close the exchange")
    for text in FILTERS:
        page.locator("#filter").fill(text)
        shown = page.evaluate("[...document.querySelectorAll('.row')].map(row => Number(row.dataset.key.split('#')[1])).sort()")
        with urllib.request.urlopen(f"{root}/_sparring/journal?{urllib.parse.urlencode({'filter': text})}") as answer:
            selected = sorted(entry["number"] for entry in json.load(answer))
        expect(shown == selected, f"filter {text!r}: the page selects {shown}, the server {selected}")
    page.locator("#filter").fill("statuz:4")
    page.wait_for_selector("#problem:has-text('is not a key')")

    for scheme in ("light", "dark"):
        phone = browser.new_context(viewport={"width": 390, "height": 844}, color_scheme=scheme).new_page()
        phone.goto(f"{root}/_sparring/")
        phone.wait_for_selector(".row")
        width = phone.evaluate("document.documentElement.scrollWidth")
        expect(width <= 390, f"at 390 px, the page is {width} px wide")
        if pictures:
            phone.screenshot(path=pictures / f"phone-{scheme}.png", full_page=True)
    return problems


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("--pictures", type=pathlib.Path)
    arguments = parser.parse_args()
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if not chromium:
        sys.exit("test-page: Chromium is needed. Install it with: sudo apt-get install chromium")
    with served(arguments.program) as root, playwright.sync_api.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        problems = check(root, browser, arguments.pictures)
        browser.close()
    for problem in problems:
        print(f"test-page: {problem}", file=sys.stderr)
    print("test-page: " + ("broken" if problems else "ok"))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
