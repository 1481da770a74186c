#!/usr/bin/env python3
"""Drives the HTML reports of `check` with Chromium: `make test-page` calls it.

    test_report.py PROGRAM [--pictures FOLDER]

A report shows what was run, findings first; every link leads somewhere; filters stay in the address; the keys reach every cell; nothing is wider
than a phone; no script fails, and no other address is asked. A matrix of two clients begins with the cases whose results differ.
CHROMIUM names the browser; without it, `chromium` of the PATH is used.
"""

import argparse
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import playwright.sync_api

# One client retries twice at once, the other never retries: both fail some cases of `retry` and pass others.
CLIENT = """
import json, os, sys, urllib.error, urllib.request
body = json.dumps({"model": "gpt-4o-mini", "messages": [{"role": "user", "content": os.environ["SPARRING_PROMPT"]}]}).encode()
headers = {"authorization": "Bearer " + os.environ["OPENAI_API_KEY"], "content-type": "application/json"}
for attempt in range(int(sys.argv[1])):
    try:
        answer = urllib.request.urlopen(urllib.request.Request(os.environ["OPENAI_BASE_URL"] + "/chat/completions", body, headers), timeout=5)
        print(json.load(answer)["choices"][0]["message"]["content"])
        sys.exit(0)
    except (OSError, ValueError) as problem:
        print(problem, "</script><script>document.title='run'</script>", file=sys.stderr)
sys.exit(1)
"""
CASES = ["retry.500-then-ok", "retry-after.seconds", "retry-after.milliseconds", "no-retry.*", "budget.*"]


def watched(browser, problems, address, **options):
    """A page that records events that must not happen."""
    page = browser.new_context(**options).new_page()
    page.on("console", lambda m: problems.append(f"console: {m.text}") if m.type == "error" else None)
    page.on("pageerror", lambda error: problems.append(f"script: {error}"))
    page.on("request", lambda r: problems.append(f"asks {r.url}") if not r.url.startswith((address, "data:")) else None)
    page.goto(address)
    return page


def check_report(browser, file, pictures, problems, name):
    def expect(condition, sentence):
        if not condition:
            problems.append(f"{name}: {sentence}")

    page = watched(browser, problems, file.as_uri(), viewport={"width": 1400, "height": 900})
    expect(page.title() == "Conformance", f"the title is {page.title()!r}: text of a client has run as HTML")
    card = page.locator(".card").first.inner_text()
    for word in ("pass", "seed", "set 2026.1", "sparring ", "GMT", "processor"):
        expect(word in card, f"the card of a run does not have {word!r}: {card!r}")
    dead = page.evaluate("""[...document.querySelectorAll('a[href^="#"]')].map(a => a.getAttribute("href").slice(1))
        .filter(id => id && !document.getElementById(id))""")
    expect(not dead, f"links lead nowhere: {dead[:5]}")
    twice = page.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id).filter((id, i, all) => all.indexOf(id) !== i)")
    expect(not twice, f"ids are not unique: {twice[:5]}")
    first = page.locator("main tr.theme").first.inner_text()
    expect(first.lower().startswith("findings"), f"the report begins with {first!r}")

    # Checks that the filter can be used from the keyboard, is in the address, and is still set after a reload.
    total = page.locator("main tbody tr:not(.theme)").count()
    page.keyboard.press("/")
    page.keyboard.type("retry-after")
    shown = page.locator("main tbody tr:not(.theme):visible").count()
    expect(0 < shown < total, f"the filter shows {shown} of {total} cases")
    expect("text=retry-after" in page.url, f"the address does not have the filter: {page.url}")
    page.reload()
    expect(page.locator("main tbody tr:not(.theme):visible").count() == shown, "after a reload, the filter is gone")
    page.keyboard.press("/")
    page.keyboard.press("ArrowDown")
    expect(page.evaluate("document.activeElement.matches('td > .cell')"), "ArrowDown does not leave the filter for the list")
    page.keyboard.press("Enter")
    page.wait_for_selector(".panel:target h3:has-text('Wire')")
    # Goes from the checks to the page of the case, and back to the list.
    page.locator(".panel:target a[href^='#c-']").click()
    page.wait_for_selector(".panel:target h3:has-text('The script')")
    expect("- id: retry-after" in page.locator(".panel:target pre").first.inner_text(), "the page of a case does not have its script")
    expect(page.locator(".panel:target td > a.cell").count() > 0, "the page of a case does not have its results")
    if pictures:
        page.screenshot(path=pictures / f"{name}-case.png")
    page.keyboard.press("Escape")
    expect(page.locator(".panel:target").count() == 0, "Escape does not close a page")
    expect(page.evaluate("document.activeElement.matches('main td > .cell')"), "after Escape, the focus is not back in the list")
    expect("text=retry-after" in page.url, "after Escape, the address has lost the filter")

    # Checks that the arrow keys reach every cell, also across cells that were not played.
    page.locator("[data-filter=text]").fill("")
    page.locator("main td > .cell").first.focus()
    columns = page.locator("main thead th").count() - 2
    for _ in range(columns - 1):
        page.keyboard.press("ArrowRight")
    place = page.evaluate("(() => { const cell = document.activeElement.parentElement; return cell.cellIndex; })()")
    expect(place == columns + 1, f"ArrowRight ends in column {place} of {columns + 1}")
    page.locator("[data-filter=text]").focus()
    page.keyboard.press("Escape")

    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        if pictures:
            page.screenshot(path=pictures / f"{name}-desk-{scheme}.png")
        phone = watched(browser, problems, file.as_uri(), viewport={"width": 390, "height": 844}, color_scheme=scheme)
        width = phone.evaluate("document.documentElement.scrollWidth")
        expect(width <= 390, f"at 390 px, the page is {width} px wide")
        corner = phone.evaluate("""() => {
            document.querySelector(".matrix").scrollLeft = 1000
            document.querySelector(".matrix").scrollIntoView()
            const head = document.querySelector(".matrix thead th").getBoundingClientRect()
            return document.elementFromPoint(head.left + 20, head.top + head.height / 2)?.innerText }""")
        expect(corner == "case", f"at 390 px, {corner!r} covers the head of the cases")
        if pictures:
            phone.screenshot(path=pictures / f"{name}-phone-{scheme}.png")
        for link in ("main td > a.cell", "main th > a"):
            phone.locator(link).first.click()
            phone.wait_for_selector(".panel:target")
            width = phone.evaluate("Math.max(document.documentElement.scrollWidth, document.querySelector('.panel:target').scrollWidth)")
            expect(width <= 390, f"at 390 px, an open panel is {width} px wide")
            cells = "[...document.querySelectorAll('.panel:target .checks td:nth-child(3)')]"
            narrow = phone.evaluate(f"Math.min(...{cells}.map(e => e.clientWidth))")
            expect(narrow > 200, f"at 390 px, a requirement is {narrow} px wide")
            if pictures:
                phone.screenshot(path=pictures / f"{name}-phone-{'case' if 'th' in link else 'checks'}-{scheme}.png")
            phone.locator(".panel:target .close").click()
        phone.close()
    page.close()


def run(program, *words, folder):
    outcome = subprocess.run([program, *words], capture_output=True, text=True, cwd=folder)
    if outcome.returncode not in (0, 1):
        sys.exit(f"test-report: {words[0]}: {outcome.stdout}{outcome.stderr}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", type=os.path.abspath)
    parser.add_argument("--pictures", type=pathlib.Path)
    arguments = parser.parse_args()
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if not chromium:
        sys.exit("test-report: Chromium is needed. Install it with: sudo apt-get install chromium")
    problems = []
    with tempfile.TemporaryDirectory() as name, playwright.sync_api.sync_playwright() as driver:
        folder = pathlib.Path(name)
        (folder / "client.py").write_text(CLIENT)
        for attempts in ("1", "3"):
            # The second run plays fewer cases, so the matrix has cells without a result.
            cases = CASES if attempts == "1" else CASES[:-1]
            run(arguments.program, "check", *cases, "--out", f"{attempts}.jsonl", "--report", f"{attempts}.html", "--quiet", "--",
                sys.executable, "client.py", attempts, folder=folder)
        run(arguments.program, "report", "once=1.jsonl", "thrice=3.jsonl", "--format", "html", "--out", "matrix.html", folder=folder)
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        check_report(browser, folder / "1.html", arguments.pictures, problems, "report")
        check_report(browser, folder / "matrix.html", arguments.pictures, problems, "matrix")
        browser.close()
    for problem in problems:
        print(f"test-report: {problem}", file=sys.stderr)
    print("test-report: " + ("broken" if problems else "ok"))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
