"""Makes a page for each case of `sparring check`: the server's answers, the behaviour of a good client, the script, and the verdicts on
clients."""

import pathlib
import re

import repository
import scorecards
import sources

LEVELS = {"must": "MUST", "should": "SHOULD", "may": "MAY", "info": "INFO"}


def scripts(root: pathlib.Path) -> dict[str, str]:
    """Returns id → the text of the case in its file, without its indentation."""
    found = {}
    for file in sorted((root / "scenarios/conformance").glob("*.yaml")):
        for part in re.split(r"^(?=  - id: )", file.read_text(), flags=re.M)[1:]:
            lines = [line.removeprefix("  ") for line in part.split("\n")]
            # A comment at the end of a case belongs to the next case.
            while lines and (not lines[-1] or lines[-1].startswith("#")):
                lines.pop()
            found[re.match(r"- id: (\S+)", lines[0])[1]] = "\n".join(lines)
    return found


def pages(root: pathlib.Path, cases: list[dict], faults: list[str], measured: scorecards.Scorecards) -> dict[str, str]:
    """Path → Markdown."""
    text = scripts(root)
    return {f"cases/{case['id']}.md": page(case, text[case["id"]], faults, measured) for case in cases}


def page(case: dict, script: str, faults: list[str], measured: scorecards.Scorecards) -> str:
    needs = f" · needs {', '.join(case['needs'])}" if case["needs"] else ""
    lines = [
        f"# {case['id']}", "", f"**{case['title']}.** {case['why']}", "",
        f"{LEVELS[case['level']]} · theme [{case['theme']}](../docs/reference/cases.md#{case['theme']}) · since {case['since']}{needs}", "",
    ]  # fmt: skip
    if case["answers"]:
        lines += ["## The server's answers", "", "| attempt | status | [marbles](../docs/reference/faults.md) |", "|---|---|---|"]
        lines += [f"| {number} | {answer['status']} | `{answer['marbles']}` |" for number, answer in enumerate(case["answers"], 1)]
        lines.append("")
    if case["requirements"]:
        lines += ["## The requirements", "", "| level | requirement | check |", "|---|---|---|"]
        for row in case["requirements"]:
            lines.append(f"| {LEVELS[row['level']]} | {escaped(row['requirement'])} | `#{row['check'].partition('#')[2]}` |")
        lines.append("")
    lines += ["## The script", "", repository.block(script, "yaml")]
    if used := [name for name in faults if uses(script, name)]:
        lines += ["Faults: " + ", ".join(f"[`{name}`](../faults/{name}.md)" for name in used), ""]
    lines += ["Play it with your own program:", "", repository.block(f"sparring check {case['id']} -- python app.py", "sh")]
    lines += clients(case["id"], measured)
    if case["references"]:
        lines += ["## Sources", "", *(f"- {sources.link(reference)}" for reference in case["references"]), ""]
    return "\n".join(lines)


def uses(script: str, fault: str) -> bool:
    """Whether a case uses the fault: `faults: [NAME …]`, `do: NAME`, `fault: NAME`."""
    return any(re.search(rf"[\[{{,:]\s*[\"']?{fault}\b(?!:)", line) for line in script.split("\n") if re.search(r"faults?:|\bdo:|\bend:", line))


def escaped(text: str) -> str:
    return text.replace("|", "\\|").replace("{{", "&#123;&#123;").replace("<", "&lt;")


def clients(case: str, measured: scorecards.Scorecards) -> list[str]:
    """The verdict on each measured client that plays the case."""
    rows = []
    for client in measured.clients:
        verdict = measured.verdict(client, case)
        if verdict in ("skip", "newer"):
            continue
        link = f"[{client.title}](../clients/{client.name}.md{f'#{case}' if verdict in scorecards.BAD else ''})"
        why = measured.explanation(client, case)
        rows.append(f"| {link} | {client.version} | {measured.words(client, case)} | {escaped(why['why']) if why else ''} |")
    if not rows:
        return []
    return ["## Clients", "", "| client | version | result | why |", "|---|---|---|---|", *rows, ""]
