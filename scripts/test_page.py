#!/usr/bin/env python3
"""Drives the live page with Chromium against the built program: `make test-page` calls it.

    test_page.py PROGRAM [--pictures FOLDER]

A stream appears while it runs, a fault that the page orders strikes, a breakpoint holds an answer until it is let go or dropped, the sliders change
the next answers, mistakes of a scenario are listed while it is typed, what the page copies can be played by the program, the filter and the keys
work, text of a client that looks like HTML does nothing, nothing is wider than a phone, and no other host is asked. The filter of the page and that
of the server select the same exchanges. The file of a run is opened without a server, and
a journal with `view`. Under load the page says what it does not show, and the server counts every call. CHROMIUM names the
browser; without it, `chromium` of the PATH is used.
"""

import argparse
import contextlib
import http.client
import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
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
# The time for each step in seconds. It ends only a run that has failed, so it is long enough for a machine whose cores are kept busy.
PATIENCE = 180
FILTERS = ["", "status:4xx", "is:retried", "-status:429 model:gpt", "attempt:>1", "status:>=400", "fault:reset", "chat/completions", "is:faulted,refused"]


@contextlib.contextmanager
def served(program):
    """Yields the address of a server that plays SCENARIO."""
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
    except (OSError, http.client.HTTPException):
        return 0


def admin(root, name, body=None, method=None):
    """The JSON of an answer of the admin API."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{root}/_sparring/{name}", data, method=method or ("POST" if data is not None else "GET"))
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


class Call(threading.Thread):
    """A chat call that runs beside the page; `status` is set at its end."""

    def __init__(self, root, **members):
        super().__init__()
        self.root, self.members, self.status = root, members, None
        self.start()

    def run(self):
        self.status = chat(self.root, **self.members)

    def end(self):
        self.join(PATIENCE)
        return self.status


def opened(browser, **options):
    """A new page, 1400 px wide unless the options say otherwise, that has PATIENCE for each step."""
    context = browser.new_context(**{"viewport": {"width": 1400, "height": 900}, **options})
    context.set_default_timeout(PATIENCE * 1000)
    return context.new_page()


def check(root, browser, program, pictures):
    problems = []

    def expect(condition, sentence):
        if not condition:
            problems.append(sentence)

    page = opened(browser)
    page.on("console", lambda m: problems.append(f"console: {m.text}") if m.type == "error" and "422" not in m.text else None)
    page.on("pageerror", lambda error: problems.append(f"script: {error}"))
    page.on("request", lambda r: problems.append(f"asks {r.url}") if not r.url.startswith((root, "data:")) else None)

    expect([chat(root), chat(root)] == [429, 200], "the scenario does not answer 429, then 200")
    page.goto(f"{root}/")
    page.wait_for_selector(".row >> nth=1")
    stream = Call(root, stream=True)
    page.wait_for_selector(".row:has-text('running')")
    page.wait_for_selector("#numbers div:has-text('open streams') b:has-text('1')")
    stream.join()
    page.wait_for_selector(".row:has-text('running')", state="detached")

    page.locator("#faults button").click()
    page.wait_for_selector("#faults output:has-text('reset')")
    expect(chat(root) == 0, "the fault that the page ordered did not strike")
    page.wait_for_selector(".row .fault")
    page.locator("#kinds button:has-text('1 × reset')").click()
    playwright.sync_api.expect(page.locator(".row")).to_have_count(1)
    expect(page.locator("#filter").input_value() == "fault:reset", "a click on a kind of fault does not select its exchanges")
    page.locator("#filter").fill("")
    check_usage(page, root, expect)

    # A press of a button that lasts longer than a refresh of the page.
    place = page.locator("#exchanges").bounding_box()
    page.mouse.move(place["x"] + 100, place["y"] + 10)
    page.mouse.down()
    time.sleep(1.5)
    page.mouse.up()
    page.wait_for_selector("aside .tools")
    check_filter(page, root, expect, pictures)
    check_breakpoints(page, root, expect, pictures)
    check_dials(page, root, expect)
    check_scenario(page, root, expect)
    check_exports(page, root, program, expect, pictures)
    if pictures:
        page.set_viewport_size({"width": 1400, "height": 1700})
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            page.screenshot(path=pictures / f"desk-{scheme}.png")

    for scheme in ("light", "dark"):
        phone = opened(browser, viewport={"width": 390, "height": 844}, color_scheme=scheme)
        phone.goto(f"{root}/_sparring/")
        phone.wait_for_selector(".row")
        width = phone.evaluate("document.documentElement.scrollWidth")
        expect(width <= 390, f"at 390 px, the page is {width} px wide")
        phone.locator(".row").first.click()
        phone.wait_for_selector("aside .tools")
        width = phone.evaluate("document.documentElement.scrollWidth")
        expect(width <= 390, f"at 390 px, the page with an open exchange is {width} px wide")
        if pictures:
            phone.screenshot(path=pictures / f"phone-{scheme}.png", full_page=True)
        phone.close()
    return problems


def check_usage(page, root, expect):
    """Checks that the bars of the usage by time show the calls that the server counted, and the chosen figure."""
    page.wait_for_selector("#usage svg rect")
    deadline = time.monotonic() + PATIENCE
    while True:
        titles = page.evaluate("[...document.querySelectorAll('#usage title')].map(title => title.textContent)")
        shown = sum(int(title.split(": ")[1].split()[0]) for title in titles)
        counted = admin(root, "usage")["total"]["requests"]
        if shown == counted or time.monotonic() > deadline:
            break
        time.sleep(0.5)
    expect(shown == counted, f"the picture of the usage has {shown} calls, the server counted {counted}: {titles}")
    page.locator("#usage select").select_option("faults")
    page.wait_for_selector("#usage rect.fault")
    expect("at most 1 fault" in page.text_content("#usage output"), f"the faults by time are: {page.text_content('#usage output')}")
    page.locator("#usage select").select_option("calls")


def check_filter(page, root, expect, pictures):
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
        selected = sorted(entry["number"] for entry in admin(root, f"journal?{urllib.parse.urlencode({'filter': text})}"))
        expect(shown == selected, f"filter {text!r}: the page selects {shown}, the server {selected}")
    page.locator("#filter").fill("statuz:4")
    page.wait_for_selector("#problem:has-text('is not a key')")
    page.locator("#filter").fill("")


def check_breakpoints(page, root, expect, pictures):
    """Checks that a button sends a held answer, a key drops it, and that no other answer waits."""
    page.locator("#hold input[name=at]").fill("event 2")
    page.locator("#hold input[name=filter]").fill("model:mini")
    page.locator("#hold button").first.click()
    page.wait_for_selector("#hold output:has-text('waits at event 2')")
    held = Call(root, stream=True)
    page.wait_for_selector("#held li:has-text('held')")
    page.wait_for_selector(".row .time:has-text('held')")
    expect(chat(root, model="gpt-4o") == 200, "another answer waits for the held one")
    expect(held.is_alive(), "the breakpoint does not hold the answer")
    if pictures:
        page.screenshot(path=pictures / "held.png")
    page.locator("#held button:has-text('Let go')").click()
    expect(held.end() == 200, "the answer that was let go did not arrive")
    page.wait_for_selector("#held", state="hidden")
    entry = [e for e in admin(root, "journal") if any(t["what"] == "released" for t in e["timeline"])][-1]
    moments = {t["what"]: t for t in entry["timeline"]}
    expect(moments["held"]["at"] == "event 2" and moments["released"]["held_ms"] > 0, f"the journal says {moments}")

    page.locator("#hold input[name=at]").fill("start")
    page.locator("#hold input[name=filter]").fill("")
    page.locator("#exchanges").focus()
    page.keyboard.press("h")
    page.wait_for_selector("#held li:has-text('waiting')")
    held = Call(root)
    page.wait_for_selector("#held li:has-text('at start')")
    page.keyboard.press("x")
    expect(held.end() == 0, "the key x does not drop the held answer")
    page.locator("#hold input[name=at]").fill("byte 3")
    page.keyboard.press("Enter")
    page.wait_for_selector("#hold .mistakes li:has-text('cannot be held')")
    page.locator("#hold input[name=at]").fill("start")


def slide(page, selector, value):
    slider = page.locator(selector)
    slider.fill(value)
    slider.dispatch_event("change")


def check_dials(page, root, expect):
    dials = lambda: next(s for s in admin(root, "live")["sessions"] if s["name"] == "default")["dials"]  # noqa: E731
    slide(page, "#dials input[name=pace]", "2")
    page.wait_for_selector("#dials output:has-text('every 10')")
    expect(dials()["stream"]["every_ms"] == 10, f"the slider for the pace does not move it: {dials()}")
    slide(page, "#dials input[name=chaos]", "100")
    page.wait_for_selector("#dials output:has-text('chaos 100')")
    chat(root, stream=True)
    last = admin(root, "journal")[-1]
    expect(last["chaos"], f"no chaos in a call at 100 %: {last}")
    page.locator("#dials button").click()
    page.wait_for_selector("#dials output:has-text('as the scenario says')")
    expect(dials()["turned"] == [] and dials()["chaos"] is None, f"the dials are not back: {dials()}")


def check_scenario(page, root, expect):
    """Checks that mistakes in the scenario appear while the user types, and that they change nothing."""
    editor = page.locator("#scenario textarea")
    playing = lambda: admin(root, "live")["sessions"][0]["scenario"]  # noqa: E731
    page.locator("#scenario button[name=load]").click()
    page.wait_for_selector("#scenario output:has-text('in the editor')")
    expect(editor.input_value().strip() == SCENARIO.strip(), "the editor does not get the session's scenario")
    editor.fill("schema: 1\nscenario: x\nrulez: []\n")
    page.wait_for_selector("#scenario .mistakes li:has-text('line 3')")
    page.locator("#scenario .mistakes button:has-text('line 3')").first.click()
    marked = page.evaluate("(() => { const e = document.querySelector('#scenario textarea'); return e.value.slice(e.selectionStart, e.selectionEnd); })()")
    expect(marked == "rulez: []", f"a click on a mistake selects {marked!r}")
    page.locator("#scenario button").first.click()
    page.wait_for_selector("#scenario output:has-text('send it again')")
    expect(playing() == "page", f"a scenario with mistakes replaced the one that plays: {playing()}")
    editor.fill(json.dumps({"schema": 1, "scenario": "edited", "steps": [
        {"error": "rate_limit_exceeded", "retry_after": "1s"}, {"text": HOSTILE, "stream": {"every": "20ms"}}], "then": "last"}))
    page.wait_for_selector("#scenario output:has-text('no mistakes')")
    expect(playing() == "page", "typing replaced the scenario")
    page.locator("#scenario button").first.click()
    page.wait_for_selector("#scenario output:has-text('plays edited')")
    expect(playing() == "edited", "the scenario was not replaced")


PROGRAM = """
import json, os, sys, time, urllib.error, urllib.request
body = json.dumps({"model": "gpt-4o-mini", "messages": [{"role": "user", "content": os.environ["SPARRING_PROMPT"]}], "stream": True}).encode()
headers = {"authorization": "Bearer " + os.environ["OPENAI_API_KEY"], "content-type": "application/json"}
for attempt in range(3):
    try:
        print(urllib.request.urlopen(urllib.request.Request(os.environ["OPENAI_BASE_URL"] + "/chat/completions", body, headers)).read())
        sys.exit(0)
    except urllib.error.HTTPError as error:
        time.sleep(float(error.headers.get("retry-after", 9)))
sys.exit(1)
"""


def check_exports(page, root, program, expect, pictures):
    """Checks that the program can play everything that the page copies: a step, a scenario, a case."""
    expect([chat(root, stream=True) for _ in range(2)] == [429, 200], "the edited scenario does not answer 429, then 200")
    page.locator("#filter").fill("number:2")
    page.wait_for_selector(".row")
    page.locator(".row").click()
    page.wait_for_selector("aside .tools")
    page.locator("aside details.bytes summary").click()
    page.wait_for_selector("aside details.bytes pre:has-text('HTTP/1.1 200 OK')")
    expect("onerror" in page.text_content("aside details.bytes pre"), "the answer's bytes are not shown")
    expect(page.title() == "Sparring", "text of an answer has run as HTML")

    def copied(label):
        page.locator(f".tools button:has-text('{label}')").click()
        page.wait_for_selector("aside pre.copied")
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and (page.text_content("aside pre.copied") in ("", copied.last)):
            time.sleep(0.05)
        copied.last = page.text_content("aside pre.copied")
        return copied.last

    copied.last = ""
    command = copied("curl")
    expect(command.startswith("curl -N "), f"no curl command: {command!r}")
    step = copied("step")
    expect(json.loads(step[2:]) == {"text": HOSTILE, "stream": {"every": "20ms"}}, f"the step is {step}")
    with tempfile.TemporaryDirectory() as folder:
        scenario, case = pathlib.Path(folder, "scenario.yaml"), pathlib.Path(folder, "recorded.yaml")
        scenario.write_text(copied("scenario"))
        text = copied("case")
        case.write_text(text)
        client = pathlib.Path(folder, "client.py")
        client.write_text(PROGRAM)
        for command in (["lint", scenario, case], ["check", "--cases", case, "recorded.*", "--", sys.executable, client]):
            outcome = subprocess.run([program, *command], capture_output=True, text=True, cwd=folder)
            expect(outcome.returncode == 0, f"{command[0]} of what the page copied: {outcome.stdout}{outcome.stderr}{text}")
    if pictures:
        page.screenshot(path=pictures / "copied.png")
    page.keyboard.press("Escape")

    # Checks that a rule that did not match is shown as a difference, and that the reason of a refused request is shown above the list.
    admin(root, "scenario?use=hello", method="PUT")
    rule = {"schema": 1, "scenario": "two", "rules": [{"when": {"model": "gpt-4o"}, "text": "a", "then": "last"}], "otherwise": "auto"}
    admin(root, "scenario", rule, method="PUT")
    chat(root)
    chat(root, temperature=9)
    page.locator("#filter").fill("number:1")
    page.wait_for_selector(".row")
    page.locator(".row").click()
    page.wait_for_selector("aside .reasons .failed:has-text('- ')")
    expect("gpt-4o-mini" in page.text_content("aside .reasons .ok"), "the difference does not show the request's model")
    page.keyboard.press("Escape")
    page.wait_for_selector("#reasons:has-text('1 reason')")
    page.locator("#reasons summary").click()
    page.locator("#reasons button").click()
    expect(page.locator("#filter").input_value() == "is:refused", "a click on a reason does not select its requests")
    page.locator("#filter").fill("")


def watched(browser, problems, allowed, **options):
    """A page that records what must not happen: an error, or a request beyond the allowed addresses."""
    page = opened(browser, **options)
    page.on("console", lambda m: problems.append(f"console: {m.text}") if m.type == "error" else None)
    page.on("pageerror", lambda error: problems.append(f"script: {error}"))
    page.on("request", lambda r: problems.append(f"asks {r.url}") if not r.url.startswith((allowed, "data:")) else None)
    return page


def check_stored(page, problems):
    """Tests the list, the filter, the keys and an exchange of a page without controls, with a call of two attempts."""
    page.wait_for_selector(".row >> nth=1")
    if page.locator("[data-live]:visible").count():
        problems.append("a page without a server offers something to act on")
    page.keyboard.press("/")
    page.keyboard.type("status:4xx")
    playwright.sync_api.expect(page.locator(".row")).to_have_count(1)
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.wait_for_selector("aside h3:has-text('Timeline of 2 attempts')")
    page.wait_for_selector("aside pre:has-text('onerror')")
    if page.title() != "Sparring":
        problems.append("text of a client has run as HTML")
    if "status%3A4xx" not in page.url:
        problems.append(f"the address does not have the filter: {page.url}")
    page.set_viewport_size({"width": 390, "height": 844})
    width = page.evaluate("document.documentElement.scrollWidth")
    if width > 390:
        problems.append(f"at 390 px, a page without a server is {width} px wide")
    page.set_viewport_size({"width": 1400, "height": 900})


def check_file(browser, program, pictures):
    """Tests the file of `run --report`: opened without a server, with hostile text in it."""
    problems = []
    with tempfile.TemporaryDirectory() as folder:
        scenario, client, file = (pathlib.Path(folder, name) for name in ("page.yaml", "client.py", "run.html"))
        scenario.write_text(SCENARIO)
        client.write_text(PROGRAM)
        environment = {**os.environ, "SPARRING_PROMPT": "</script>" + HOSTILE}
        subprocess.run([program, "run", scenario, "--report", file, "--quiet", "--", sys.executable, client],
                       capture_output=True, env=environment, cwd=folder)
        page = watched(browser, problems, file.as_uri())
        page.goto(file.as_uri())
        check_stored(page, problems)
        page.locator("aside details.bytes summary").click()
        page.wait_for_selector("aside details.bytes pre:has-text('HTTP/1.1 429')")
        page.locator(".tools button:has-text('scenario')").click()
        page.wait_for_selector("aside pre.copied:has-text('rate_limit_exceeded')")
        if pictures:
            page.screenshot(path=pictures / "file.png")
        page.close()
    return problems


def check_view(browser, program):
    """Tests that `view` shows a journal: the call with its attempts, a page at a time."""
    problems = []
    with tempfile.TemporaryDirectory() as folder:
        scenario, client, journal, ready = (pathlib.Path(folder, name) for name in ("page.yaml", "client.py", "journal.sqlite", "ready"))
        scenario.write_text(SCENARIO)
        client.write_text(PROGRAM)
        environment = {**os.environ, "SPARRING_PROMPT": "</script>" + HOSTILE}
        subprocess.run([program, "run", scenario, "--db", journal, "--quiet", "--", sys.executable, client],
                       capture_output=True, env=environment, cwd=folder)
        os.mkfifo(ready)
        process = subprocess.Popen([program, "view", journal, "--ready-file", ready], stdout=subprocess.DEVNULL)
        try:
            address = ready.read_text().strip()
            page = watched(browser, problems, address)
            page.goto(address)
            check_stored(page, problems)
            page.locator("aside details.bytes summary").click()
            page.wait_for_selector("aside details.bytes pre:has-text('HTTP/1.1 429')")
            page.close()
        finally:
            process.terminate()
            process.wait()
    return problems


def load(root, seconds, rate):
    """Sends `rate` calls a second on kept connections; returns how many were answered."""
    address = urllib.parse.urlsplit(root)
    body = json.dumps({"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "hi"}]}).encode()
    head = f"POST /s/load/v1/chat/completions HTTP/1.1\r\nhost: {address.netloc}\r\nauthorization: Bearer sk-page\r\n"
    request = f"{head}content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n".encode() + body
    lanes, counts, begin = 8, [0] * 8, time.monotonic()

    def lane(index):
        with socket.create_connection((address.hostname, address.port)) as connection:
            reader = connection.makefile("rb")
            while time.monotonic() - begin < seconds:
                wait = counts[index] / (rate / lanes) - (time.monotonic() - begin)
                if wait > 0:
                    time.sleep(wait)
                connection.sendall(request)
                length = 0
                while (line := reader.readline()) not in (b"\r\n", b""):
                    if line.lower().startswith(b"content-length:"):
                        length = int(line.split(b":")[1])
                reader.read(length)
                counts[index] += 1

    threads = [threading.Thread(target=lane, args=(index,)) for index in range(lanes)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts), time.monotonic() - begin


def check_load(root, browser, seconds, rate):
    """The page stays fast or shows how much it omits, and the server counts every call."""
    page = opened(browser)
    page.goto(f"{root}/")
    page.wait_for_selector("#numbers div")
    page.evaluate("(() => { window.frames_ = 0; const next = () => { window.frames_++; requestAnimationFrame(next); }; next(); })()")
    before = page.evaluate("window.frames_")
    answered, took = load(root, seconds, rate)
    frames = (page.evaluate("window.frames_") - before) / took
    session = next(s for s in admin(root, "live")["sessions"] if s["name"] == "load")
    total = sum(s["exchanges"] for s in admin(root, "live")["sessions"])
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and str(answered) not in page.text_content("#sessions"):
        time.sleep(0.1)
    count = page.text_content("#count")
    numbers = [int(word) for word in count.replace(",", "").split() if word.isdigit()]
    problems = []
    if session["exchanges"] != answered:
        problems.append(f"the server counts {session['exchanges']} of {answered} calls")
    if numbers[1] + (numbers[2] if len(numbers) > 2 else 0) != total:
        problems.append(f"the page says '{count}', and the server has {total}")
    if frames < 30 and "not shown" not in count:
        problems.append(f"the page draws {frames:.0f} frames a second, and does not say that it leaves something out")
    print(f"test-page: {answered} calls in {took:.1f} s ({answered / took:.0f} a second), {frames:.0f} frames a second, page: {count}")
    page.close()
    return problems


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", type=os.path.abspath)
    parser.add_argument("--pictures", type=pathlib.Path)
    parser.add_argument("--rate", type=int, default=1000, help="calls a second of the load")
    parser.add_argument("--seconds", type=float, default=8, help="how long the load takes")
    arguments = parser.parse_args()
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if not chromium:
        sys.exit("test-page: Chromium is needed. Install it with: sudo apt-get install chromium")
    problems = []
    playwright.sync_api.expect.set_options(timeout=PATIENCE * 1000)
    with served(arguments.program) as root, playwright.sync_api.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        problems += check(root, browser, arguments.program, arguments.pictures)
        problems += check_file(browser, arguments.program, arguments.pictures)
        problems += check_view(browser, arguments.program)
        problems += check_load(root, browser, arguments.seconds, arguments.rate)
        browser.close()
    for problem in problems:
        print(f"test-page: {problem}", file=sys.stderr)
    print("test-page: " + ("broken" if problems else "ok"))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
