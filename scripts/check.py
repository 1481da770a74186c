#!/usr/bin/env python3
"""Checks the project's rules that no compiler checks. `make check` runs it. Each rule reports violations with their fixes.

    check.py [RULE…]        without a name, all of them: selftest, floors, circles, types, labels, paths, links, reference, format, locale, shell, embed,
                             schema, cases, audit, scorecards, coverage, documented, shown, words, pins
"""

import json
import pathlib
import re
import shutil
import subprocess
import sys

import circles as scripts_circles
import floors as scripts_floors
import labels as scripts_labels
import page_links
import page_paths
import pages
import pins as scripts_pins
import type_names
import words as scripts_words

ROOT = pathlib.Path(__file__).resolve().parent.parent


def run(*command):
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True)


def floors():
    """Imports lead to lower floors (layers) and are declared, and each package is imported only where docs/architecture.md allows it."""
    dump = run("swift", "package", "dump-package")
    if dump.returncode != 0:
        return [f"Package.swift cannot be read:\n{dump.stderr}"]
    return scripts_floors.problems(ROOT, json.loads(dump.stdout))


def circles():
    """Cycles of files that name each other's types stay small."""
    return scripts_circles.problems(scripts_circles.all_targets())


def types():
    """No two modules have a type of the same name at their top level."""
    return type_names.problems()


def labels():
    """No function takes four or more parameters without argument labels."""
    return scripts_labels.problems()


def pins():
    """Every package that tests install from a list is in its lock file, with hashes."""
    return scripts_pins.problems()


def paths():
    """Every file that docs/architecture.md names exists."""
    return page_paths.problems(ROOT)


def links():
    """Every link of README and docs works, and every page can be reached from docs/README.md."""
    return page_links.problems(ROOT)


def reference():
    """The tables of keys in docs/reference agree with the schemas."""
    result = run(sys.executable, "scripts/reference.py", "schemas", "--check")
    return [] if result.returncode == 0 else [(result.stdout + result.stderr).strip()]


def selftest():
    """The tests of the scripts that check sources (scripts/test_checks.py)."""
    result = run(sys.executable, "-m", "unittest", "discover", "--start-directory", "scripts", "--pattern", "test_checks.py")
    return [] if result.returncode == 0 else [result.stderr.strip()]


def format():
    """swift-format, strictly."""
    result = run("swift", "format", "lint", "--strict", "--recursive", "Sources", "Tests", "Fuzz", "Package.swift")
    return [] if result.returncode == 0 else [result.stderr.strip() + "\nRun `make fmt`."]


# Parts of Foundation that need ICU's tables, which the packed program does not have: packaging/linux/icu-data.c.
LOCALE = re.compile(
    r"\b(\w*Formatter|Locale|Calendar|TimeZone|NSRegularExpression|URLComponents|localized(?!Description\b)\w+|formatted)\b(?!:)|\bURL\(string:"
)


def locale():
    """Sources use no part of Foundation that needs language data."""
    return [
        f"{file.relative_to(ROOT)}:{number}: {match[0]} needs ICU's tables, which the packed program leaves out "
        "(docs/internals/distribution.md). Do without."
        for file in sorted((ROOT / "Sources").rglob("*.swift"))
        # Embedded files are not compiled.
        if file.parent.name != "Generated"
        if re.search(r"^\s*(package |public )?import Foundation\b", text := file.read_text(), re.M)
        for number, line in enumerate(text.splitlines(), 1)
        if (match := LOCALE.search(line.split("//")[0]))
    ]


def shell():
    """Shell scripts pass shellcheck, if it is installed."""
    if not shutil.which("shellcheck"):
        print("check: shell: skipped, shellcheck is not installed (apt-get install shellcheck)")
        return []
    tracked = [ROOT / ".ci/run", *(ROOT / "scripts").iterdir(), *(ROOT / "Benchmarks").iterdir()]
    scripts = [f for f in tracked if f.is_file() and re.match(rb"#!.*\b(ba)?sh\b", f.read_bytes()[:40])]
    result = run("shellcheck", *map(str, scripts))
    return [] if result.returncode == 0 else [result.stdout.strip()]


def embed():
    """The built-in scenarios inside the binary are the files of scenarios/ and fixtures/."""
    if not (ROOT / "scripts/embed").exists():
        return ["scripts/embed is missing."]
    result = run("scripts/embed", "--check")
    return [] if result.returncode == 0 else [(result.stdout + result.stderr).strip() + "\nRun `make embed`."]


def cases():
    """The page that lists the cases is up to date with the case files."""
    result = run(sys.executable, "scripts/cases.py", "--check")
    return [] if result.returncode == 0 else [(result.stdout + result.stderr).strip() + "docs/reference/cases.md is stale. Run `make cases`."]


def audit():
    """Every case has a row in docs/internals/case-audit.md, and every row has a case."""
    result = run(sys.executable, "scripts/case_audit.py")
    return [] if result.returncode == 0 else [(result.stdout + result.stderr).strip()]


def scorecards():
    """Every published failure of a client has an explanation, and every explanation belongs to a failure."""
    result = run(sys.executable, "scripts/scorecards.py", "--check")
    return [] if result.returncode == 0 else [(result.stdout + result.stderr).strip() + "\nExplain each cell in docs/measurements/scorecards/explanations.json, then run scripts/scorecards.py --page."]


def schema():
    """Every scenario, every case file and the sample of a gateway check are valid by their JSON Schemas."""
    try:
        import jsonschema
        import referencing
        import yaml
    except ImportError:
        return ["jsonschema and yaml are missing. Run `scripts/venv.sh`, then .venv/bin/python3 scripts/check.py."]
    folder = ROOT / "scenarios"
    schemas = {path.name: json.loads(path.read_text()) for path in sorted((folder / "schema").glob("*.json"))}
    resources = ((name, referencing.Resource.from_contents(text)) for name, text in schemas.items())
    registry = referencing.Registry().with_resources(resources)
    problems = []
    for name, files in {
        "scenario-v1.json": sorted((folder / "examples").rglob("*.yaml")) + sorted((folder / "chaos").glob("*.yaml")),
        "case-v1.json": sorted((folder / "conformance").glob("*.yaml")),
        "set-v1.json": sorted((folder / "conformance/sets").glob("*.yaml")),
    }.items():
        if name not in schemas or not files:
            problems.append(f"scenarios/schema/{name} is missing, or has no file to describe.")
            continue
        validator = jsonschema.Draft202012Validator(schemas[name], registry=registry)
        for file in files:
            for error in validator.iter_errors(yaml.load(file.read_text(), Loader=core_loader(yaml))):
                where = "/".join(map(str, error.absolute_path)) or "the file"
                problems.append(f"{file.relative_to(ROOT)}: {where}: {error.message[:200]}")
    run = json.loads((ROOT / "fixtures/gateway/run.json").read_text())
    for error in jsonschema.Draft202012Validator(schemas["gateway-v1.json"]).iter_errors(run):
        problems.append(f"fixtures/gateway/run.json: {error.json_path}: {error.message[:200]}")
    return problems + driver_messages(jsonschema, schemas["driver-v1.json"])


def driver_messages(jsonschema, schema):
    """The schema of the driver protocol accepts and rejects the same messages as the program , whose tests read the same file."""
    problems = []
    for number, line in enumerate((ROOT / "fixtures/drivers/messages.jsonl").read_text().splitlines(), 1):
        row = json.loads(line)
        one = {"$schema": schema["$schema"], "$defs": schema["$defs"], "$ref": f"#/$defs/{row['shape']}"}
        is_valid = jsonschema.Draft202012Validator(one).is_valid(row["message"])
        if is_valid != (row["problem"] is None):
            verb = "accepts" if is_valid else "rejects"
            problems.append(f"fixtures/drivers/messages.jsonl:{number}: driver-v1.json {verb} it, the program does not.")
    return problems


def coverage():
    """The page of served operations is up to date with the table of endpoints and the tests."""
    result = run(sys.executable, "scripts/coverage.py", "--check")
    return [] if result.returncode == 0 else [(result.stdout + result.stderr).strip() + "\nRun `make coverage`."]


PUBLIC = re.compile(
    r"\s*public (?:static |final |indirect |prefix |mutating )*"
    r"(?:struct|class|enum|protocol|func|var|let|init|subscript|typealias)\b"
)
# Requirements of protocols of the standard library need no comment here, because the standard library documents them.
DEMANDED = re.compile(r"var description: String|static func ==|init\(\w+Literal\b|init\(nilLiteral:")


def documented():
    """Every public declaration of the libraries has a documentation comment."""
    problems = []
    for file in sorted(f for name in ("Sparring", "SparringTesting") for f in (ROOT / "Sources" / name).rglob("*.swift")):
        comment, in_enum = False, None
        for number, line in enumerate(file.read_text().splitlines(), 1):
            indent = len(line) - len(line.lstrip())
            is_case = in_enum is not None and indent == in_enum + 4 and re.match(r"\s*case \w", line)
            if (PUBLIC.match(line) and not DEMANDED.search(line) or is_case) and not comment:
                problems.append(f"{file.relative_to(ROOT)}:{number}: {line.strip()[:60]} has no comment. Say what it is for.")
            if re.match(r"\s*public (?:indirect )?enum\b", line):
                in_enum = indent
            elif in_enum is not None and line.strip() == "}" and indent == in_enum:
                in_enum = None
            comment = line.strip().startswith("///") or (comment and line.strip().startswith("@"))
    return problems


def shown():
    """Swift code on pages and in articles is copied from a tested file."""
    problems = []
    for page in [ROOT / "docs/guides/swift.md", *sorted((ROOT / "Sources").rglob("*.docc/*.md"))]:
        for block in pages.blocks(page):
            place = f"{page.relative_to(ROOT)}:{block.line}"
            if block.mark != "shown":
                problems.append(f"{place}: put <!-- shown PATH --> before the block, with the tested file that has it.")
            elif pages.squeezed(block.text) not in pages.squeezed((ROOT / block.argument).read_text()):
                problems.append(f"{place}: {block.argument} does not have these lines. Copy them from there.")
    return problems


def words():
    """Comments, messages, pages and names of tests do not use the words of the table in scripts/words.py."""
    return scripts_words.problems(ROOT)


def core_loader(yaml):
    """Plain scalars as in YAML 1.2: `on` and `no` are strings, and so is 2026-01-01."""
    boolean, timestamp = "tag:yaml.org,2002:bool", "tag:yaml.org,2002:timestamp"

    class Loader(yaml.SafeLoader):
        yaml_implicit_resolvers = {
            first: [pair for pair in pairs if pair[0] not in (boolean, timestamp)]
            for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
        }

    Loader.add_implicit_resolver(boolean, re.compile("^(?:true|false)$"), list("tf"))
    return Loader


RULES = {rule.__name__: rule for rule in (selftest, floors, circles, types, labels, paths, links, reference, format, locale, shell, embed, schema, cases, audit, scorecards, coverage, documented, shown, words, pins)}


def main():
    names = sys.argv[1:] or list(RULES)
    if unknown := [name for name in names if name not in RULES]:
        sys.exit(f"check: there is no rule {', '.join(unknown)}; the rules are {', '.join(RULES)}")
    failed = False
    for name in names:
        problems = RULES[name]()
        failed |= bool(problems)
        print(f"check: {name}: {'ok' if not problems else 'broken'}")
        for problem in problems:
            print("  " + problem.replace("\n", "\n  "))
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
