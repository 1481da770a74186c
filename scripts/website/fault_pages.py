"""Makes a page for each fault: its effect, its arguments, the cases that use it, how clients react to it, and its exact bytes."""

import pathlib
import re

import repository
from case_pages import escaped, uses


def pages(root: pathlib.Path, faults: list[dict], cases: dict[str, str]) -> dict[str, str]:
    """Returns path → Markdown; `cases` contains the scripts of the cases by id."""
    clients = reactions((root / "docs/measurements/fault-clients.md").read_text())
    return {f"faults/{fault['name']}.md": page(root, fault, cases, clients) for fault in faults}


def reactions(text: str) -> dict[str, list[str]]:
    """The table of docs/measurements/fault-clients.md by its first column; the row of the head is under the key `fault`."""
    rows = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in text.split("\n") if line.startswith("| ")]
    return {row[0].strip("`"): row[1:] for row in rows}


def sentence(text: str) -> str:
    return escaped(text[0].upper() + text[1:]) + "."


def page(root: pathlib.Path, fault: dict, cases: dict[str, str], clients: dict[str, list[str]]) -> str:
    name = fault["name"]
    lines = [f"# {name}", "", sentence(fault["help"]), ""]
    lines += [f"Layer: {fault['layer']}. Points: {', '.join(f'`{point}`' for point in fault['points'])}. [All faults](../docs/reference/faults.md)", ""]
    if fault["parameters"]:
        lines += ["| argument | values | default |", "|---|---|---|"]
        lines += [f"| {row['name']} | {escaped(row['values'])} | {escaped(row['default'] or '')} |" for row in fault["parameters"]]
        lines.append("")
    exhibit = (root / f"fixtures/faults/{name}.txt").read_text()
    example = re.search(r"^  example: (.*)$", exhibit, re.M)[1]
    lines += ["In a scenario:", "", repository.block(f"faults: [{example}]", "yaml")]
    if using := [case for case, script in cases.items() if uses(script, name)]:
        lines += ["## Cases", "", *(f"- [`{case}`](../cases/{case}.md)" for case in using), ""]
    if name in clients:
        lines += ["## Clients", "", "| " + " | ".join(clients["fault"]) + " |", "|---" * len(clients["fault"]) + "|"]
        lines += ["| " + " | ".join(clients[name]) + " |", ""]
        lines += ["[How clients react to faults](../docs/measurements/fault-clients.md) says what the words mean.", ""]
    lines += ["## Bytes { data-search-exclude }", "", "`sparring faults show` prints the same. `⟨!⟩` is the point at which the fault takes effect.", ""]
    for part in re.split(r"^=== ", exhibit, flags=re.M)[1:]:
        head, _, rest = part.partition("\n")
        lines += [f"### {escaped(head)} {{ data-search-exclude }}", "", repository.block(rest.strip("\n"))]
    return "\n".join(lines)
