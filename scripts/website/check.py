#!/usr/bin/env python3
"""Reads the whole site with Chromium, in a window of a phone's size: `make test-site` calls it after `make site`.

    check.py [--pictures FOLDER]    --pictures also takes pictures: front page, matrix, a case, a fault; wide, dark and narrow

Every page is opened at 390 px. A page fails the check if a link or an anchor leads nowhere, if it asks another host for anything, if the console
has an error, or if it is wider than the screen. Then search, the switch between light and dark and the matrix are used once.
CHROMIUM names the browser; without it, `chromium` of the PATH is used.
"""

import argparse
import contextlib
import functools
import http.server
import os
import pathlib
import posixpath
import shutil
import sys
import threading
import urllib.parse

import playwright.sync_api

SITE = pathlib.Path(__file__).resolve().parent.parent.parent / "dist/site"
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1400, "height": 900}
# The properties of a page: its links, its anchors, its width.
READ = """() => ({
  links: [...document.querySelectorAll("a[href], link[href], script[src], img[src]")].map((e) => e.href || e.src),
  anchors: [...document.querySelectorAll("[id], a[name]")].map((e) => e.id || e.name),
  width: document.documentElement.scrollWidth,
})"""
# Addresses of folders that redirect to a page.
MOVED = {"cases/": "docs/reference/cases/", "faults/": "docs/reference/faults/"}
SHOWN = {"front": "", "guide": "docs/guides/getting-started/", "matrix": "clients/", "case": "cases/body.cut-short/", "fault": "faults/torn_chunk/", "faults": "docs/reference/faults/"}


class Files(http.server.SimpleHTTPRequestHandler):
    """The files of the site, without a log."""

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def served():
    """The base URL of a server on a free port of this machine."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Files, directory=str(SITE)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()


def addresses() -> list[str]:
    """The address of each page, relative to the base URL. The page of errors has no fixed address, and the pages in MOVED have no
    content."""
    pages = (file.relative_to(SITE).as_posix() for file in SITE.rglob("*.html") if file != SITE / "404.html")
    return sorted({page.removesuffix("index.html") for page in pages} - set(MOVED))


class Reader:
    """Opens pages, and collects their problems."""

    def __init__(self, page, base: str):
        self.page, self.base, self.problems, self.place = page, base, [], ""
        self.links: dict[str, set[str]] = {}
        self.anchors: dict[str, set[str]] = {}
        page.on("console", lambda message: message.type in ("error", "warning") and self.report(f"console: {message.text} ({message.location['url']})"))
        page.on("pageerror", lambda error: self.report(f"script: {error}"))
        page.on("request", lambda request: self.host(request.url))

    def report(self, problem: str) -> None:
        self.problems.append(f"/{self.place}: {problem}")

    def host(self, url: str) -> None:
        if not url.startswith((self.base, "data:", "blob:")):
            self.report(f"asks another host: {url}")

    def open(self, place: str) -> dict:
        self.place = place
        self.page.goto(self.base + place, wait_until="load")
        return self.page.evaluate(READ)

    def read(self, place: str) -> None:
        found = self.open(place)
        if found["width"] > PHONE["width"]:
            self.report(f"is {found['width']} px wide on a screen of {PHONE['width']} px")
        self.anchors[place] = set(found["anchors"])
        for link in found["links"]:
            if link.startswith(self.base):
                self.links.setdefault(link.removeprefix(self.base), set()).add(place)

    def follow(self) -> None:
        """Reports the links that lead to no page or anchor."""
        for link, places in sorted(self.links.items()):
            name, _, anchor = link.partition("#")
            name = urllib.parse.unquote(name.partition("?")[0])
            file = SITE / name / ("index.html" if name.endswith("/") or not name else "")
            wrong = None
            if not file.is_file():
                wrong = "leads nowhere"
            elif anchor and name in self.anchors and urllib.parse.unquote(anchor) not in self.anchors[name]:
                wrong = "leads to no anchor"
            if wrong:
                self.problems += [f"/{place}: the link /{link} {wrong}" for place in sorted(places)[:3]]


def use(reader: Reader) -> None:
    """Uses the parts of the site that need a script: the search, the switch between light and dark, the matrix."""
    page = reader.page
    page.set_viewport_size(DESK)
    for folder, place in MOVED.items():
        page.goto(reader.base + folder)
        page.wait_for_url(reader.base + place)
    reader.open("")
    page.locator("[data-md-component=search-query]").first.fill("torn_chunk")
    page.wait_for_selector(".md-search-result__item a[href*='faults/torn_chunk']")
    page.keyboard.press("Escape")
    scheme = "document.body.getAttribute('data-md-color-scheme')"
    before = page.evaluate(scheme)
    page.locator("label[for^=__palette]:visible").click()
    page.wait_for_function(f"{scheme} !== '{before}'")
    reader.open("clients/")
    differs = [int(text or 0) for text in page.locator("table.matrix tbody td:nth-child(3)").all_inner_texts()]
    if differs != sorted(differs, reverse=True) or not differs[0]:
        reader.report("rows in which clients differ do not come first")
    page.locator("table.matrix thead button").first.click()
    names = page.locator("table.matrix tbody th").all_inner_texts()
    if names != sorted(names):
        reader.report("a click on the first head does not sort the rows by case")
    page.locator(".matrix-tools input[type=search]").fill("retry-after.")
    page.wait_for_function("[...document.querySelectorAll('table.matrix tbody tr')].some((row) => row.hidden)")
    cell = page.locator("table.matrix tbody tr:not([hidden]) td a").first
    target = cell.get_attribute("href")
    cell.click()
    page.wait_for_url("**/" + posixpath.basename(target) if "#" not in target else "**" + target.partition("#")[2])


def pictures(browser, base: str, folder: pathlib.Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, size, scheme in (("light", DESK, "light"), ("dark", DESK, "dark"), ("phone", PHONE, "light")):
        page = browser.new_page(viewport=size, color_scheme=scheme)
        for shown, place in SHOWN.items():
            page.goto(base + place, wait_until="load")
            page.screenshot(path=folder / f"{shown}-{name}.png")
        page.close()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pictures", type=pathlib.Path, metavar="FOLDER")
    arguments = parser.parse_args()
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if not chromium:
        sys.exit("site: there is no Chromium on the PATH. Install it (apt-get install chromium), or name it in CHROMIUM.")
    if not (SITE / "index.html").exists():
        sys.exit("site: dist/site is missing. Run make site first.")
    with served() as base, playwright.sync_api.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        reader = Reader(browser.new_page(viewport=PHONE), base)
        places = addresses()
        for place in places:
            reader.read(place)
        reader.follow()
        use(reader)
        if arguments.pictures:
            pictures(browser, base, arguments.pictures)
        browser.close()
    for problem in reader.problems:
        print(f"site: {problem}", file=sys.stderr)
    print(f"site: {len(places)} pages, {len(reader.links)} links, {len(reader.problems)} problems")
    return 1 if reader.problems else 0


if __name__ == "__main__":
    sys.exit(main())
