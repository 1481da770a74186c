"""Sorts the failures of the official package's own tests by their cause. Used by test_sdk.py.

The package's tests keep no state and send values such as `string` and `id`, so that a strict server refuses many of them. Each
cause below is a refusal that the API would make, too. A failure without a cause is one that Sparring has to explain.
"""

import ast
import collections
import re
import xml.etree.ElementTree

# (cause, pattern of "STATUS PARAMETER MESSAGE")
CAUSES = [
    ("a family that the API has shut down", r"404 .*Invalid URL"),
    ("an object that nobody has stored", r"404 "),
    ("a model is missing", r"400 .*(you must provide a model|Missing required parameter: 'model')"),
    ("a parameter is missing", r"400 .*(Missing required|is required|must be provided|must provide)"),
    ("a page of no items (`limit=0`)", r"400 limit "),
]


def family(case):
    """The folder of a test, such as `audio/speech`."""
    return "/".join(case.get("classname").split(".")[2:-1]).replace("test_", "") or "functions"


def refusal(text):
    """The status, the parameter and the message of the API's error in a failure; None without such an error."""
    match = re.search(r"Error code: (\d+) - (\{.*\})", text, re.S)
    if not match:
        return None
    try:
        error = ast.literal_eval(match[2]).get("error") or {}
    except (ValueError, SyntaxError):
        return None
    return match[1], str(error.get("param")), str(error.get("message"))


def cause(text):
    """The name of the cause, and the error on one line; the name is None if the failure has no known cause."""
    found = refusal(text)
    if not found:
        return None, text.splitlines()[0][:160] if text else "no message"
    line = " ".join(found)
    name = next((name for name, pattern in CAUSES if re.match(pattern, line, re.S)), None)
    return name, f"{found[0]}: {found[2]}".splitlines()[0][:160]


def sorted_failures(results):
    """By cause: the number of tests, the families, and one error."""
    found = collections.defaultdict(lambda: [0, collections.Counter(), ""])
    for case in xml.etree.ElementTree.parse(results).iter("testcase"):
        bad = case.find("failure") if case.find("error") is None else case.find("error")
        if bad is None:
            continue
        name, error = cause(bad.get("message") or bad.text or "")
        row = found[name or f"not explained: {error}"]
        row[0] += 1
        row[1][family(case)] += 1
        row[2] = row[2] or error
    return found


def table(results):
    """The lines of a table, and whether every failure has a cause."""
    found = sorted_failures(results)
    lines = ["| cause | tests | families | an error |", "|---|---:|---|---|"]
    for name, (count, families, error) in sorted(found.items(), key=lambda row: -row[1][0]):
        where = ", ".join(f"{each} {number}" for each, number in families.most_common())
        lines.append(f"| {name} | {count:,} | {where} | {error.replace('|', chr(92) + '|')} |")
    return lines, not any(name.startswith("not explained") for name in found)
