"""The matrix of clients × cases, and a page for each client with the reason for each result and the exchanges on the wire."""

import html

import repository
from case_pages import LEVELS, escaped
from scorecards import BAD, Client, Scorecards

SIGNS = {"pass": "·", "fail": "F", "timeout": "T", "warn": "w", "skip": "", "unobserved": "?", "inconclusive": "?", "uneven": "~", "newer": ""}
# The order of verdicts in a sorted column, the worst verdict first.
RANKS = {"fail": 0, "timeout": 1, "warn": 2, "uneven": 3, "inconclusive": 4, "unobserved": 5, "pass": 6, "skip": 7, "newer": 8}
HEAD = """---
hide: [toc, navigation]
---

# Clients

{count} clients with their defaults, against the {cases} cases of `sparring check` {kit}. The rows in which the clients differ come first. A click
on a head sorts the table by its column. A cell leads to the reason of its result, and to the wire if the log of the run is at hand.
[Scorecards](../docs/measurements/scorecards/README.md) says how this was measured.

`·` passed · `F` breaks a MUST · `T` did not end in time · `w` breaks a SHOULD · `?` not observed or undecided · `~` not the same every time ·
blank: skipped, because the client lacks a feature, or not played.
"""
TOOLS = (
    '<div class="matrix-tools" hidden><label>find <input type="search" placeholder="id or title"></label>'
    '<label><input type="checkbox"> only rows that differ</label><output></output></div>'
)


def pages(cases: list[dict], scores: Scorecards) -> dict[str, str]:
    """Path → Markdown."""
    played = [case for case in cases if case["id"] in scores.measured["cases"]]
    found = {"clients/index.md": matrix(played, scores)}
    return found | {f"clients/{client.name}.md": page(client, played, scores) for client in scores.clients}


def difference(case: dict, scores: Scorecards) -> int:
    """The number of clients whose result is not the most frequent result. Skipped and undecided cells do not count as results."""
    found = [scores.verdict(client, case["id"]) for client in scores.clients]
    found = [verdict for verdict in found if verdict in (*BAD, "pass")]
    return len(found) - max(map(found.count, found), default=0)


def matrix(cases: list[dict], scores: Scorecards) -> str:
    heads = ["case", "level", "differ", *(client.name for client in scores.clients)]
    rows = sorted(cases, key=lambda case: -difference(case, scores))
    lines = [HEAD.format(count=len(scores.clients), cases=len(cases), kit=scores.measured["kit"]), TOOLS, '<div class="matrix-box" tabindex="0">']
    lines += ['<table class="matrix">', "<thead><tr>"]
    lines += [f'<th scope="col" aria-sort="none"><button type="button">{head}</button></th>' for head in heads]
    lines += ["</tr></thead>", "<tbody>", *(row(case, scores) for case in rows), "</tbody></table>", "</div>", ""]
    return "\n".join(lines)


def row(case: dict, scores: Scorecards) -> str:
    name, differs = html.escape(case["id"]), difference(case, scores)
    level = LEVELS[case["level"]]
    cells = "".join(cell(client, case, scores) for client in scores.clients)
    return (
        f'<tr data-differs="{differs}"><th scope="row" data-sort="{name}" title="{html.escape(case["title"])}"><a href="../cases/{name}/">{name}</a></th>'
        f'<td data-sort="{list(LEVELS.values()).index(level)}">{level}</td><td data-sort="{-differs}">{differs or ""}</td>{cells}</tr>'
    )


def cell(client: Client, case: dict, scores: Scorecards) -> str:
    verdict = scores.verdict(client, case["id"])
    rank, sign = RANKS[verdict], SIGNS[verdict]
    label = html.escape(f"{client.title}, {case['id']}: {scores.words(client, case['id'])}")
    if verdict in BAD or case["id"] in scores.panels(client):
        sign = f'<a class="{verdict}" href="{client.name}/#{case["id"]}" title="{label}" aria-label="{label}">{sign}</a>'
    elif sign:
        sign = f'<span class="{verdict}" title="{label}">{sign}</span>'
    return f'<td data-sort="{rank}">{sign}</td>'


def page(client: Client, cases: list[dict], scores: Scorecards) -> str:
    panels = scores.panels(client)
    failed = [case for case in cases if scores.verdict(client, case["id"]) in BAD]
    lines = ["---", "search: { exclude: true }", "---", "", f"# {client.title}", ""]
    lines += [f"Version {client.version} · grade {client.grade} · {client.seconds} s · [all clients](index.md)", ""]
    if not failed:
        lines += ["No case failed.", ""]
    if not panels:
        lines += ["The machine that made this page has no log of this client's run, so the pages show no wire. `make scorecards` writes the logs.", ""]
    for case in failed:
        lines += failure(client, case, scores)
        if case["id"] in panels:
            lines += wire(panels[case["id"]])
    passed = [case for case in cases if case not in failed and case["id"] in panels]
    if passed:
        lines += ["## The other cases", ""]
    for case in passed:
        lines += [f'<p id="{case["id"]}"><a href="../../cases/{case["id"]}/"><code>{case["id"]}</code></a>: {scores.words(client, case["id"])}. {html.escape(case["title"])}.</p>', ""]
        lines += wire(panels[case["id"]])
    return "\n".join(lines)


def failure(client: Client, case: dict, scores: Scorecards) -> list[str]:
    lines = [f"## {case['id']} {{ #{case['id']} }}", ""]
    lines += [f"**{scores.words(client, case['id'])}** · [{escaped(case['title'])}](../cases/{case['id']}.md)", ""]
    if why := scores.explanation(client, case["id"]):
        source = f" ({escaped(why['source'])})" if why.get("source") else ""
        lines += [escaped(why["why"]) + source, ""]
    return lines


def wire(panel) -> list[str]:
    lines = []
    if panel.checks:
        lines += ["| level | requirement | expected | actual |", "|---|---|---|---|"]
        lines += ["| " + " | ".join(escaped(text) for text in check) + " |" for check in panel.checks]
        lines.append("")
    return [*lines, repository.block("\n".join(panel.wire))]
