"""The measured clients (docs/measurements/scorecards), and the exchanges of their runs, if this machine has the logs."""

import dataclasses
import fnmatch
import functools
import html
import json
import pathlib
import re
import subprocess

BAD = ("fail", "timeout", "warn")
WORDS = {
    "pass": "passed", "fail": "breaks a MUST", "timeout": "did not end in time", "warn": "breaks a SHOULD", "skip": "skipped",
    "unobserved": "not observed", "inconclusive": "undecided", "uneven": "not the same every time",
    "newer": "newer than the client's results, or not one of its cases",
}  # fmt: skip
# A redirect loop has sixty exchanges. The first lines are enough.
MOST_LINES = 40


@dataclasses.dataclass(frozen=True)
class Client:
    name: str
    title: str
    version: str
    grade: str
    seconds: float


@dataclasses.dataclass(frozen=True)
class Panel:
    """The facts about a case in a log: the checks that did not pass, as (level, requirement, expected, actual), and the wire."""

    checks: list[tuple[str, str, str, str]]
    wire: list[str]


class Scorecards:
    def __init__(self, root: pathlib.Path, program: str):
        folder = root / "docs/measurements/scorecards"
        self.program, self.logs = program, root / ".sparring/scorecards"
        self.measured = json.loads((folder / "measured.json").read_text())
        self.reasons = json.loads((folder / "explanations.json").read_text())
        rows = json.loads((root / "fixtures/drivers/clients/subjects.json").read_text())
        titles = {row["name"]: row["title"] for row in rows}
        self.clients = [
            Client(name, titles[name], result["version"], result["grade"], result["seconds"])
            for name, result in self.measured["subjects"].items()
        ]

    def verdict(self, client: Client, case: str) -> str:
        """The published verdict. A case that is newer than the client's results, or not among its cases, has no verdict."""
        return self.measured["subjects"][client.name]["verdicts"].get(case, "newer")

    def words(self, client: Client, case: str) -> str:
        return WORDS[self.verdict(client, case)]

    def explanation(self, client: Client, case: str) -> dict | None:
        """The reason why the client fails the case, with its source."""
        if self.verdict(client, case) not in BAD:
            return None
        for row in self.reasons:
            if any(fnmatch.fnmatch(client.name, p) for p in row["subjects"]) and any(fnmatch.fnmatch(case, p) for p in row["cases"]):
                return row
        return None

    @functools.cache
    def panels(self, client: Client) -> dict[str, Panel]:
        """Returns case → its panel from the log of the latest run; empty without a log. A case whose verdict differs from the published one
        is left out."""
        log = self.logs / f"{client.name}.jsonl"
        if not log.exists():
            return {}
        events = [json.loads(line) for line in log.read_text().split("\n") if line]
        if next(event for event in events if event["event"] == "run.start")["client"]["version"] != client.version:
            return {}
        last = {event["case"]: event["verdict"] for event in events if event["event"] == "case.end"}
        report = subprocess.run([self.program, "report", log, "--format", "html"], capture_output=True, text=True, check=True).stdout
        found = {}
        for match in re.finditer(r'<section class="panel" id="r0-([^"]+)".*?</section>', report, re.S):
            if last.get(match[1]) == self.verdict(client, match[1]):
                found[match[1]] = panel(match[0])
        return found


def panel(section: str) -> Panel:
    """Parses a panel of the HTML report."""
    cells = [re.findall(r"<td>(.*?)</td>", row, re.S) for row in re.findall(r"<tr class=.*?</tr>", section, re.S)]
    texts = [[html.unescape(re.sub(r"<br>.*|<[^>]+>", "", cell, flags=re.S)).strip() for cell in row] for row in cells]
    wire = html.unescape(re.search(r"<h3>Wire</h3>.*?<pre[^>]*>(.*?)</pre>", section, re.S)[1]).split("\n")
    if len(wire) > MOST_LINES:
        wire = [*wire[:MOST_LINES], f"… {len(wire) - MOST_LINES} more lines"]
    return Panel([tuple(row[1:]) for row in texts if row[0] not in ("pass", "skip")], wire)
