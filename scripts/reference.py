#!/usr/bin/env python3
"""Writes the tables of docs/reference that are made from the code.

    reference.py schemas [--check]           keys of scenarios and of case files, from scenarios/schema
    reference.py program BINARY [--check]    commands and options (cli.md) and errors (errors.md), from the program

With --check nothing is written: exit code 1 and the names of the pages that are out of date.
"""

import json
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
REFERENCE = ROOT / "docs/reference"
SCHEMAS = ROOT / "scenarios/schema"


# MARK: Keys, from JSON Schema


def kind(schema, root):
    """The allowed values, in a few words."""
    if schema is True or schema == {}:
        return "any"
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[-1].removesuffix("-v1.json")
        target = resolve(schema["$ref"], root)
        return kind(target, root) if target is not None and is_plain(target) else f"*{name}*"
    if "const" in schema:
        return f"`{schema['const']}`"
    if "enum" in schema:
        return ", ".join(f"`{value}`" for value in schema["enum"])
    for key in ("oneOf", "anyOf"):
        if key in schema:
            return " or ".join(dict.fromkeys(kind(part, root) for part in schema[key]))
    names = schema.get("type", "any")
    if isinstance(names, list):
        return "text" if "string" in names else " or ".join(names)
    if names == "array":
        return "list of " + kind(schema.get("items", True), root)
    if names == "object" and isinstance(schema.get("additionalProperties"), dict):
        return "map of " + kind(schema["additionalProperties"], root)
    if schema.get("pattern") in PATTERNS:
        return PATTERNS[schema["pattern"]]
    return {"string": "text", "integer": "whole number", "number": "number", "boolean": "`true`, `false`", "object": "map"}.get(names, "any")


PATTERNS = {
    r"^[0-9]+(\.[0-9]+)?(ms|s|m|h)$": "duration, such as `250ms`",
    r"^[0-9.]+/s$": "rate, such as `40/s`",
    r"^[0-9.]+%$": "share, such as `20%`",
    r"^(never|[0-9]{4}-[0-9]{2}-[0-9]{2})$": "day, or `never`",
}


def is_plain(schema):
    """True if the definition is shown where it is used, and not only named."""
    return "properties" not in schema and "allOf" not in schema and schema.get("type") != "object"


def resolve(reference, root):
    file, _, path = reference.partition("#")
    schema = json.loads((SCHEMAS / file).read_text()) if file else root
    for part in filter(None, path.split("/")):
        schema = schema.get(part) if isinstance(schema, dict) else None
    return schema if not file or path else None


def rows(schema, root, prefix=""):
    """A row for each key: its name, its values, its effect. The rows of keys whose maps have no name follow."""
    for name, value in schema.get("properties", {}).items():
        text = value.get("description", "") if isinstance(value, dict) else ""
        if isinstance(value, dict) and not text and "$ref" in value:
            target = resolve(value["$ref"], root)
            text = target.get("description", "") if isinstance(target, dict) else ""
        required = " (required)" if name in schema.get("required", []) else ""
        yield f"| `{prefix}{name}`{required} | {cell(kind(value, root))} | {linked(cell(text))} |"
        if isinstance(value, dict):
            inner = value.get("additionalProperties")
            if "properties" in value:
                yield from rows(value, root, f"{prefix}{name}.")
            elif isinstance(inner, dict) and "properties" in inner:
                yield from rows(inner, root, f"{prefix}{name}.NAME.")


def cell(text):
    return " ".join(text.split()).replace("|", "\\|")


def linked(text):
    """`docs/….md` as a link relative to docs/reference."""

    def link(match):
        target = match[0]
        name = pathlib.PurePosixPath(target).stem
        up = target.removeprefix("docs/")
        return f"[{name}]({up.removeprefix('reference/') if up.startswith('reference/') else '../' + up})"

    return re.sub(r"docs/[\w/-]+\.md", link, text)


def table(schema, root):
    return ["| key | value | meaning |", "|---|---|---|", *rows(schema, root)]


SECTIONS = {
    "scenarios.md": ("scenario-v1.json", {
        "the file": None, "rule and step": "step", "error": "errorObject", "raw": "raw", "stream": "stream", "distribution": "distribution",
        "ends": "ends", "background": "background", "load": "load", "chaos": "chaos", "strike": "strike", "window": "window",
    }),
    "case-files.md": ("case-v1.json", {"the file": None, "task": "task", "case": "case", "expect": "expect"}),
}  # fmt: skip


def schema_pages():
    for page, (file, sections) in SECTIONS.items():
        root = json.loads((SCHEMAS / file).read_text())
        lines = []
        for title, name in sections.items():
            schema = root if name is None else root["$defs"][name]
            lines += [f"### {title[0].upper()}{title[1:]}", "", *table(schema, root), ""]
        yield page, "keys", lines[:-1]


# MARK: Commands, from the argument parser


def commands(binary):
    dump = json.loads(subprocess.run([binary, "--experimental-dump-help"], capture_output=True, text=True, check=True).stdout)
    found = list(leaves(dump["command"], []))
    lines = ["| command | |", "|---|---|"]
    lines += [f"| [`{name}`](#{anchor(name)}) | {cell(command.get('abstract', ''))} |" for name, command in found]
    for name, command in found:
        lines += ["", f"## {name}", "", cell(command.get("abstract", "")), "", f"    {usage(name, command)}", ""]
        options = [option for option in command.get("arguments", []) if option["shouldDisplay"] and not is_common(option)]
        if options:
            lines += ["| argument | |", "|---|---|"]
            lines += [f"| {spelled(option)} | {meaning(option)} |" for option in options]
        if shown := examples(command.get("discussion", "")):
            lines += ["", *(f"    {line}" for line in shown)]
    return lines


def examples(discussion):
    """The commands that a help text shows. A line that ends in a backslash continues on the next one."""
    found, continues = [], False
    for line in discussion.splitlines():
        if continues or line.startswith("  sparring "):
            found.append(line[2:].rstrip())
            continues = line.endswith("\\")
    return found


def leaves(command, above):
    names = [*above, command["commandName"]]
    if not command.get("shouldDisplay", True) or command["commandName"] == "help":
        return
    children = command.get("subcommands", [])
    if not children:
        yield " ".join(names), command
    for child in children:
        yield from leaves(child, names)


def anchor(name):
    return name.replace(" ", "-")


def is_common(option):
    return {name["name"] for name in option.get("names", [])} & {"help", "version"}


def spelled(option):
    if option["kind"] == "positional":
        return f"`<{option['valueName']}>{' …' if option['isRepeating'] else ''}`"
    names = ", ".join(("-" if name["kind"] == "short" else "--") + name["name"] for name in option["names"])
    return f"`{names}`" if option["kind"] == "flag" else cell(f"`{names} <{option['valueName']}>`")


def meaning(option):
    """The help text of an option, with the values and the default that the program's help adds to it."""
    text = cell(option.get("abstract", ""))
    values = option.get("allValues")
    listed = f" One of {', '.join(values)}." if values and not all(value in text for value in values) else ""
    default = option.get("defaultValue")
    return text + listed + (f" The default is {cell(default)}." if default else "")


def usage(name, command):
    parts = [name]
    for option in command.get("arguments", []):
        if option["kind"] == "positional" and option["shouldDisplay"]:
            value = f"<{option['valueName']}>" + (" …" if option["isRepeating"] else "")
            parts.append(f"[{value}]" if option["isOptional"] else value)
    options = any(o["kind"] != "positional" and o["shouldDisplay"] and not is_common(o) for o in command.get("arguments", []))
    return " ".join(parts + (["[OPTIONS]"] if options else []))


# MARK: Errors


def errors(binary):
    rows = json.loads(subprocess.run([binary, "errors", "--json"], capture_output=True, text=True, check=True).stdout)
    return ["| name | status | `type` | `code` | `message` |", "|---|---|---|---|---|", *map(error_row, rows)]


def error_row(row):
    if row["type"] is None:
        return f"| `{row['name']}` | {row['status']} | – | – | {cell(row['message'])} |"
    code = f"`{row['code']}`" if row["code"] else "null"
    return f"| `{row['name']}` | {row['status']} | `{row['type']}` | {code} | {cell(row['message'])} |"


def program_pages(binary):
    yield "cli.md", "commands", commands(binary)
    yield "errors.md", "errors", errors(binary)


# MARK: Pages


def filled(text, name, lines):
    start, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    if start not in text or end not in text:
        raise SystemExit(f"reference: the page has no {start} … {end} to write between")
    before, rest = text.split(start, 1)
    return before + start + "\n\n" + "\n".join(lines) + "\n\n" + end + rest.split(end, 1)[1]


def main():
    arguments = [argument for argument in sys.argv[1:] if argument != "--check"]
    if arguments[:1] == ["schemas"]:
        pages = schema_pages()
    elif arguments[:1] == ["program"] and len(arguments) == 2:
        pages = program_pages(arguments[1])
    else:
        sys.exit(__doc__)
    stale = []
    for page, name, lines in pages:
        text = (REFERENCE / page).read_text()
        new = filled(text, name, lines)
        if new == text:
            continue
        stale.append(page)
        if "--check" not in sys.argv:
            (REFERENCE / page).write_text(new)
    if stale and "--check" in sys.argv:
        sys.exit("\n".join(f"docs/reference/{page} is out of date. Run `make reference`." for page in stale))


if __name__ == "__main__":
    main()
