"""Finds functions with too many parameters without argument labels. A call of such a function cannot be understood without its
declaration."""

import pathlib
import re

import swift_source

ROOT = pathlib.Path(__file__).resolve().parent.parent
MOST = 3
DECLARATION = re.compile(r"\b(func [^\s(<]+|init[?!]?)\s*(?:<[^>]*>)?\(")


def parameters(source, start):
    """The texts of the parameters in the list that begins at `start`."""
    parts, current, depth = [], "", 0
    for index in range(start, len(source)):
        character = source[index]
        if character in ")" and depth == 0:
            break
        if character in "([{<":
            depth += 1
        elif character in ")]}" or character == ">" and source[index - 1] != "-":
            depth -= 1
        if character == "," and depth == 0:
            parts.append(current)
            current = ""
        else:
            current += character
    return parts + [current] if current.strip() else parts


def unlabelled(source):
    """(line, name, count) of each function that takes more than `MOST` parameters without argument labels."""
    found = []
    for match in DECLARATION.finditer(source):
        count = sum(1 for part in parameters(source, match.end()) if re.match(r"\s*_\s+\w", part))
        if count > MOST:
            found.append((source[: match.start()].count("\n") + 1, match[1].removeprefix("func "), count))
    return found


def problems():
    return [
        f"{path.relative_to(ROOT)}:{line}: `{name}` takes {count} parameters without a label: at most {MOST} may have none."
        for path in sorted((ROOT / "Sources").rglob("*.swift"))
        if "Generated" not in path.parts
        for line, name, count in unlabelled(swift_source.code(path.read_text()))]
