"""Sorts the failures of the official package's own tests by their cause. Used by test_sdk.py.

The package's tests keep no state and send values such as `string` and `id`, so that a strict server refuses many of them. Each
cause below is a refusal that the API would make, too. A failure without a cause is one that Sparring has to explain.
"""

import collections
import re
import xml.etree.ElementTree

# (cause, pattern of "STATUS MESSAGE")
CAUSES = [
    ("a family that the API has shut down", r"404 Invalid URL"),
    ("an object that was never stored", r"404 |400 (File|Previous response with id) '.*' (does not exist|not found)"),
    ("an id that is not one of a vector store", r"400 .*Expected an ID that begins with 'vs'"),
    ("a page of no items (`limit=0`)", r"400 Invalid 'limit'"),
    ("no model, no input, no files", r"400 Missing required parameter: '(model|input|file_ids)'"),
    ("bytes that are not sound", r"400 (Unsupported file format|Invalid file format)"),
    ("`response_format`, which models of images after DALL·E do not take", r"400 Unknown parameter: 'response_format'"),
    ("`audio` for a model without sound", r"400 Unknown parameter: 'audio'"),
    ("a function without a schema", r"400 Invalid schema for function 'name'"),
    ("a `phase` on the user's message, refused as measured", r"400 Unknown parameter: 'items\[0\]\.phase'"),
    ("a key of `logit_bias` that is no token", r"400 Invalid key in 'logit_bias'"),
    ("`file_ids` beside `files`", r"400 Only one of 'file_ids' and 'files'"),
    ("vectors in base64, which the package's strict mode does not expect", r"Data returned by API invalid"),
]


def family(case):
    """The folder of a test, such as `audio/speech`."""
    return "/".join(case.get("classname").split(".")[2:-1]).replace("test_", "") or "functions"


def error(text):
    """The status and the message of the API's error in a failure; without such an error, the first line."""
    line = next(iter(text.splitlines()), "no message")
    match = re.search(r"Error code: (\d+) - (.*)", line)
    return f"{match[1]} {match[2]}" if match else line.partition(": ")[2] or line


def sorted_failures(results):
    """For each cause: the number of tests, the families, and one error."""
    found = collections.defaultdict(lambda: [0, collections.Counter(), ""])
    for case in xml.etree.ElementTree.parse(results).iter("testcase"):
        bad = case.find("failure") if case.find("error") is None else case.find("error")
        if bad is None:
            continue
        line = error(bad.get("message") or bad.text or "")
        name = next((name for name, pattern in CAUSES if re.match(pattern, line)), None)
        row = found[name or f"not explained: {line}"]
        row[0] += 1
        row[1][family(case).split("/")[0]] += 1
        row[2] = row[2] or line
    return found


def table(results):
    """The lines of a table, and whether every failure has a cause."""
    found = sorted_failures(results)
    lines = ["| cause | tests | where | an error |", "|---|---:|---|---|"]
    for name, (count, families, line) in sorted(found.items(), key=lambda row: -row[1][0]):
        where = ", ".join(f"{each} {number:,}" for each, number in families.most_common())
        lines.append(f"| {name} | {count:,} | {where} | `{line[:120].replace('|', chr(92) + '|')}` |")
    return lines, not any(name.startswith("not explained") for name in found)
