#!/usr/bin/env python3
"""Writes docs/reference/api/coverage.md: every operation of the document that the program carries, how it is served, and which tests cover it.

Served operations are read from the table of `Endpoint`, their tests from the test files that name them, and from the programs that those run
with the official Python client. `make coverage` writes the page; `make check` fails if it is stale.

    coverage.py [--check]
"""

import argparse
import json
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
DOCUMENT = ROOT / "fixtures/api/openapi.json"
PACKAGE_TESTS = ROOT / "fixtures/api/package-tests.tsv"
PAGE = ROOT / "docs/reference/api/coverage.md"
SOURCES = ROOT / "Sources/SparringAPI"
METHODS = ["get", "post", "put", "patch", "delete"]
# The cases of `Endpoint.Kind` that docs/reference/api/coverage.md calls emulated. Each other kind has its own name there.
EMULATED = {"model", "object", "catalogue"}
# Cases of `Endpoint` whose names also have other meanings in tests.
AMBIGUOUS = {"model", "models"}


def operations():
    """Method, path, the client's method and the family of each operation; of operations that differ only in their query, only the first."""
    found = {}
    for path, item in json.loads(DOCUMENT.read_text())["paths"].items():
        for method, operation in item.items():
            if method in METHODS:
                place = (method.upper(), "/v1" + path.split("?")[0])
                found.setdefault(place, (*place, operation["operationId"], operation["tags"][0]))
    return sorted(found.values(), key=lambda row: (row[1], row[0]))


def retired():
    """The families that the API has shut down."""
    text = (SOURCES / "OpenAPI/RetiredFamily.swift").read_text()
    return set(re.findall(r'"(\w+)": "\d{4}-\d\d-\d\d"', text))


def stateful():
    """Method and path of the operations that read or change stored objects (`CollectionIndex.swift`), or the session's calls."""
    document = json.loads(DOCUMENT.read_text())
    schemas = document["components"]["schemas"]

    def names(schema):
        if "$ref" in schema:
            return names(schemas[schema["$ref"].split("/")[-1]])
        return set(schema.get("properties", {})).union(*map(names, schema.get("anyOf", [])))

    def answer(path, method):
        content = document["paths"][path][method]["responses"]["200"].get("content", {})
        return names(content.get("application/json", {}).get("schema", {}))

    items = {}
    for path, methods in document["paths"].items():
        collection, _, last = path.rpartition("/")
        made = document["paths"].get(collection, {})
        if last.startswith("{") and set(methods) - {"post"} and "post" in made and "id" in answer(collection, "post"):
            items[collection] = last
    found = set()
    for path, methods in document["paths"].items():
        collection, _, last = path.rpartition("/")
        above, _, parameter = collection.rpartition("/")
        isObject = path in items or items.get(collection) == last
        isVerb = items.get(above) == parameter and last in {"archive", "cancel", "content", "pause", "resume"}
        isLedger = path.startswith("/organization/usage/") or path == "/organization/costs"
        if isObject or isVerb or isLedger or path == "/threads/runs":
            found |= {(method.upper(), "/v1" + path.split("?")[0]) for method in methods if method in METHODS}
    return found


def shape(path):
    """A path without the names of its parameters."""
    return re.sub(r"\{[^}]*\}", "{}", path)


class Endpoint:
    def __init__(self, case, name, kind, method, path):
        self.case, self.name, self.kind, self.method, self.path = case, name, kind, method, path
        self.state = "emulated" if kind in EMULATED else kind
        self.types = set()
        # A test of an operation contains the whole path, with values for its parameters. A path that is only the start of a longer path
        # does not count.
        places = re.escape(path.removeprefix("/v1")).replace(r"\{", "{").replace(r"\}", "}")
        self.pattern = r'(?:/v1|["\s])' + re.sub(r"\{[^}]*\}", r"[^\"/\\s?]+", places) + r'/?(?=["?\s#]|$)'

    def is_named_in(self, text, is_alone):
        if self.case not in AMBIGUOUS and re.search(rf"(?<![\w)\]$])\.{self.case}\b|Endpoint\.{self.case}\b", text):
            return True
        if re.search(rf"\"{re.escape(self.name)}\"|endpoint: {re.escape(self.name)}\b", text):
            return True
        if any(re.search(rf"\b{name}\b", text) for name in self.types):
            return True
        # Methods of the official client are named like the operations: `client.models.delete(…)`.
        if re.search(rf"\b(?:client|c)\.{re.escape(self.name)}(?:\.\w+)?\(", text):
            return True
        # If a path has several methods, the test must name the method, directly before the path.
        before = "" if is_alone else rf"\"?{self.method}\"?[^\"\n]{{0,8}}\"?[^\"\n]{{0,24}}"
        return re.search(before + self.pattern, text, re.M) is not None


def endpoints():
    text = "".join((SOURCES / f"Core/Endpoint{part}.swift").read_text() for part in ("", "+Operations"))
    names = {case: name or case for case, name in re.findall(r"^    case (\w+)(?: = \"([^\"]+)\")?$", text, re.M)}
    # A row with a kind and, if the operation has one, the type that checks the call: `.model(ChatRequest.self, "POST", "/v1/…")`.
    rows = re.findall(r'case \.(\w+):\s+\(?\.(\w+)(?:, |\()(?:(\w+)\.self, )?"(\w+)", "([^"]+)"\)', text)
    found = {case: Endpoint(case, names[case], kind, method, path) for case, kind, _, method, path in rows}
    if set(found) != set(names):
        sys.exit(f"coverage: this script cannot read these cases of Endpoint.swift: {set(found) ^ set(names)}")
    # Tests of a call's checks name the type that checks the call.
    for case, _, type, _, _ in rows:
        found[case].types |= {type} - {""}
    return list(found.values())


def tests(served):
    """The test files that name each operation."""
    paths = {}
    for endpoint in served:
        paths.setdefault(shape(endpoint.path), []).append(endpoint)
    files = {path.stem: path.read_text() for path in sorted((ROOT / "Tests").rglob("*Tests.swift"))}
    files |= {path.name: path.read_text() for path in sorted((ROOT / "fixtures/drivers/clients/python").glob("*.py"))}
    return {
        endpoint.case: [
            name for name, text in files.items() if endpoint.is_named_in(text, len(paths[shape(endpoint.path)]) == 1)
        ]
        for endpoint in served
    }


def package_tests():
    """The results of the official package's own tests, by resource, if `test_sdk.py --record` has written them."""
    if not PACKAGE_TESTS.exists():
        return []
    head, *lines = [line.split("\t") for line in PACKAGE_TESTS.read_text().splitlines()]
    rows = {}
    for name, *counts in lines:
        family = name.removeprefix("test_").split("/test_")[0]
        family = "/".join(family.split("/")[:2])
        rows[family] = [a + int(b) for a, b in zip(rows.get(family, [0] * 4), counts)]
    passed, failed, unknown, skipped = (sum(column) for column in zip(*rows.values()))
    total = passed + failed + unknown + skipped
    return [
        "",
        "## The official package's own tests",
        "",
        f"{head[0]} has {total:,} tests under `tests/api_resources`: {passed:,} pass ({100 * passed / total:.1f} %), {failed:,}"
        f" fail, {unknown:,} call operations that are not served, {skipped:,} are skipped by the package."
        " The server runs with `--validation examples --retired serve` (`scripts/test_sdk.py --record`).",
        "",
        "| tests | pass | fail | not served | skipped |",
        "|---|---:|---:|---:|---:|",
        *(f"| {name} | {' | '.join(str(count or '–') for count in counts)} |" for name, counts in sorted(rows.items())),
    ]


def page(served, found):
    rows, gone, kept = operations(), retired(), stateful()
    by_place = {(endpoint.method, shape(endpoint.path)): endpoint for endpoint in served}
    families, counts = {}, {"emulated": 0, "stateful": 0, "generic": 0, "retired": 0}
    for method, path, name, family in rows:
        endpoint = by_place.pop((method, shape(path)), None)
        state = "retired" if family in gone else "stateful" if (method, path) in kept else "generic"
        state = endpoint.state if endpoint else state
        counts[state] = counts.get(state, 0) + 1
        names = (", ".join(found[endpoint.case]) or "**no test**") if endpoint else ""
        row = f"| `{method} {path}` | {endpoint.name if endpoint else name} | {state} | {names} |"
        families.setdefault(family, []).append((state, row))
    lines = [
        "# Served operations of the API",
        "",
        "Written by `make coverage`; do not edit. The operations are those that the official Python package calls"
        f" ({len(rows)}; [the document](openapi.md)). A scenario names an operation by the name in the second column.",
        "*emulated*: checked and answered as the API does; *stateful*: answered from the objects of its [collection](collections.md)"
        " or from the session's calls; *generic*: answered in the shape of the document; *retired*: the API has shut it down, and"
        " Sparring answers its 404, or with `--retired serve` as a stateful or generic operation.",
        "",
        "Rules, limits, chaos,"
        " faults and the journal hold for all of them. The last column lists the test files that name an emulated operation; `WholeDocumentTests` calls all operations.",
        "",
        "| state | operations |",
        "|---|---:|",
        *(f"| {state} | {count} |" for state, count in counts.items()),
        "",
        "| family | operations | emulated | stateful |",
        "|---|---:|---:|---:|",
    ]
    for family, rows in sorted(families.items()):
        states = [state for state, _ in rows]
        here = sum(state not in ("stateful", "generic", "retired") for state in states)
        lines.append(f"| {family} | {len(rows)} | {here or '–'} | {states.count('stateful') or '–'} |")
    lines += package_tests()
    for family, rows in sorted(families.items()):
        lines += ["", f"## {family}", "", "| operation | name | state | tests |", "|---|---|---|---|"]
        lines += [row for _, row in rows]
    if by_place:
        lines += ["", "## Served, and not in the document", ""]
        for endpoint in by_place.values():
            lines.append(f"- `{endpoint.method} {endpoint.path}`: {', '.join(found[endpoint.case])}")
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--check", action="store_true", help="fail if the page is stale")
    args = parser.parse_args()
    served = endpoints()
    found = tests(served)
    text = page(served, found)
    if not args.check:
        PAGE.write_text(text)
    elif not PAGE.exists() or PAGE.read_text() != text:
        sys.exit("coverage: docs/reference/api/coverage.md is stale.")


if __name__ == "__main__":
    main()
