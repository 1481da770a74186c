#!/usr/bin/env python3
"""Manual pages from the program's own description of its commands (`--experimental-dump-help`), one for each command. Standard library only.

    manual.py PROGRAM FOLDER    writes sparring.1, sparring-serve.1, …

ArgumentParser's plug-in `generate-manual` makes one page of all commands, and builds the program for debugging first. Readers of
`man sparring-serve` want one command, and a release has no debug build.
"""

import json
import pathlib
import re
import subprocess
import sys

# ArgumentParser adds the subcommand `help` to every page. This subcommand is left out, because `man sparring-serve` replaces `sparring help
# serve`.
LEFT_OUT = ("help",)


def described(program) -> tuple[dict, str]:
    """The description of the command with its subcommands, and the version."""
    dump = json.loads(subprocess.run([program, "--experimental-dump-help"], check=True, capture_output=True, text=True).stdout)
    if dump["serializationVersion"] != 0:
        sys.exit(f"manual: this script reads version 0 of ArgumentParser's dump, not {dump['serializationVersion']}")
    version = subprocess.run([program, "--version"], check=True, capture_output=True, text=True).stdout.strip()
    return dump["command"], version


def pages(command: dict, version: str, above: tuple[str, ...] = ()) -> dict[str, str]:
    """Returns file name → page in the format of man(7), for a command and its subcommands."""
    path = (*above, command["commandName"])
    below = [sub for sub in command.get("subcommands", []) if sub["shouldDisplay"] and sub["commandName"] not in LEFT_OUT]
    found = {f"{'-'.join(path)}.1": page(command, path, below, version)}
    for sub in below:
        found |= pages(sub, version, path)
    return found


def page(command: dict, path: tuple[str, ...], below: list[dict], version: str) -> str:
    name = "-".join(path)
    arguments = [argument for argument in command.get("arguments", []) if argument["shouldDisplay"]]
    lines = [f'.TH {escaped(name.upper())} 1 "" "Sparring {version}" "Sparring"', ".SH NAME", f"{escaped(name)} \\- {escaped(command['abstract'].rstrip('.'))}"]
    lines += [".SH SYNOPSIS", f".B {escaped(' '.join(path))}", *(synopsis(argument) for argument in arguments)]
    if below:
        lines.append(r"\fICOMMAND\fR \&...")
    if text := command.get("discussion"):
        lines += [".SH DESCRIPTION", *prose(text)]
    if below:
        lines.append(".SH COMMANDS")
        for sub in below:
            lines += [".TP", f".BR {escaped('-'.join((*path, sub['commandName'])))} (1)", text_line(sub["abstract"])]
    if arguments:
        lines.append(".SH OPTIONS")
        for argument in arguments:
            lines += [".TP", label(argument), text_line(meaning(argument))]
    if len(path) > 1:
        lines += [".SH SEE ALSO", f".BR {escaped('-'.join(path[:-1]))} (1)"]
    return "\n".join(lines) + "\n"


def meaning(argument: dict) -> str:
    """The help text of an option, with the values and the default that the program's help adds to it."""
    text = argument.get("abstract") or argument.get("discussion", "")
    values, default = argument.get("allValues"), argument.get("defaultValue")
    listed = f" One of {', '.join(values)}." if values and not all(value in text for value in values) else ""
    return text + listed + (f" The default is {default}." if default else "")


def names(argument: dict) -> list[str]:
    dashes = {"long": "--", "short": "-", "longWithSingleDash": "-"}
    return [dashes[name["kind"]] + name["name"] for name in argument.get("names", [])]


def value(argument: dict) -> str:
    return rf"\fI{escaped(argument.get('valueName', 'value'))}\fR"


def label(argument: dict) -> str:
    """`--port PORT`, `-h, --help`, `SCENARIO ...`."""
    if argument["kind"] == "positional":
        return value(argument) + (" \\&..." if argument["isRepeating"] else "")
    shown = ", ".join(rf"\fB{escaped(name)}\fR" for name in names(argument))
    return f"{shown} {value(argument)}" if argument["kind"] == "option" else shown


def synopsis(argument: dict) -> str:
    many = " \\&..." if argument["isRepeating"] else ""
    if argument["kind"] == "positional":
        shown = value(argument)
    else:
        preferred = argument["preferredName"]
        shown = rf"\fB{escaped(names(argument | {'names': [preferred]})[0])}\fR"
        shown += f" {value(argument)}" if argument["kind"] == "option" else ""
    return (f"[{shown}]" if argument["isOptional"] else shown) + many


def prose(text: str) -> list[str]:
    """The paragraphs of a text; indented lines are commands and are not changed."""
    lines, is_example = [], False
    for line in text.split("\n"):
        if not line.strip():
            lines += [] if is_example else [".PP"]
            continue
        if line.startswith("  ") != is_example:
            is_example = not is_example
            lines += [".RS 4", ".nf"] if is_example else [".fi", ".RE", ".PP"]
        lines.append(text_line(line.removeprefix("  ") if is_example else line))
    return lines + ([".fi", ".RE"] if is_example else [])


def text_line(text: str) -> str:
    """A line of text. A dot or a quote at its start is escaped, because troff would read the line as a command."""
    text = escaped(re.sub(r"`([^`]*)`", "\0B\\1\0R", text)).replace("\0B", r"\fB").replace("\0R", r"\fR")
    return rf"\&{text}" if text.startswith((".", "'")) else text


def escaped(text: str) -> str:
    """Escapes `-`, which would otherwise be typeset as a hyphen that cannot be searched or pasted."""
    return text.replace("\\", r"\e").replace("-", r"\-").replace("\n", " ")


def write(program, folder: pathlib.Path) -> list[pathlib.Path]:
    """Writes all pages, and returns their files."""
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for name, text in pages(*described(program)).items():
        files.append(folder / name)
        files[-1].write_text(text)
    return files


if __name__ == "__main__":
    write(sys.argv[1], pathlib.Path(sys.argv[2]))
