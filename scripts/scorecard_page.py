"""The page of the scorecards: the measured results, and the reason for each failure."""

import fnmatch

import subjects

# The verdicts that are published as failures. Skipped, unobserved and inconclusive results are not published as failures.
BAD = ("fail", "timeout", "warn")
# This word replaces the verdict if the case is newer than the client's results.
NEWER = "newer"
MARKS = {"pass": "·", "fail": "**F**", "timeout": "**T**", "warn": "w", "skip": " ", "unobserved": "?", "inconclusive": "?", "uneven": "~", NEWER: "–"}
# The cases of sockets have a separate table, with the clients that open sockets.
SOCKETS = "socket."


def explanation(rows: list[dict], subject: str, case: str) -> dict | None:
    for row in rows:
        if any(fnmatch.fnmatch(subject, p) for p in row["subjects"]) and any(fnmatch.fnmatch(case, p) for p in row["cases"]):
            return row
    return None


def problems(measured: dict, rows: list[dict]) -> list[str]:
    """Returns the cells without an explanation and the explanations without a cell."""
    found, used = [], set()
    for name, result in measured["subjects"].items():
        for case, verdict in result["verdicts"].items():
            if verdict not in BAD:
                continue
            row = explanation(rows, name, case)
            if row is None:
                found.append(f"{name}: {case}: {verdict}, but it has no explanation")
            else:
                used.add(id(row))
    found += [f"explains no cell: {row['why']}" for row in rows if id(row) not in used]
    return found


def page(measured: dict, rows: list[dict]) -> str:
    results = measured["subjects"]
    known = {subject.name: subject for subject in subjects.all_subjects()}
    lines = [
        "# Scorecards", "",
        "Every client of [`fixtures/drivers/clients`](../../../fixtures/drivers/clients), with its defaults, against the "
        f"{len(measured['cases'])} cases of the whole suite; clients of sockets against the cases of sockets. A driver does not change results: it checks its client's values (a "
        "finish_reason, a status, the type of an event, the index of a vector), and leaves the client's own work to the client. [What changed](changes.md) says "
        "which results differ from the last ones, and why.", "",
        "`make scorecards` measures and writes this page. The command also writes `matrix.html` (not in the repository) with the requirements and the exchanges of every failed "
        "case, from the logs of the runs in `.sparring/scorecards`; `make matrix` writes it again from these logs.", "",
        f"Measured with Sparring {measured['kit']} on {measured['machine']}. Every failed case was played at "
        f"least {measured['repeat']} times, and is shown only if the verdict was always the same. The seconds are from one run, on a machine with other load.", "",
        "| client | version | grade | all cases | seconds |", "|---|---|---|---|---|",
    ]  # fmt: skip
    lines += [f"| {known[n].title} | {r['version']} | {r['grade']} | {counts(measured['cases'], r['verdicts'])} | {r['seconds']} |" for n, r in results.items()]
    lines += [
        "", "`·` passed · **F** breaks a MUST · **T** breaks a MUST: it did not end in time · w breaks a SHOULD · ? not observed, or "
        "undecided · ~ not the same every time · – newer than the client's results · blank: skipped, because the client lacks a feature. A grade counts the cases of its set; "
        "“all cases” counts every MUST and SHOULD case with a verdict, also those that are newer than the set.", "",
    ]  # fmt: skip
    plain = {case: level for case, level in measured["cases"].items() if not case.startswith(SOCKETS)}
    lines += table(plain, {name: result for name, result in results.items() if not known[name].cases})
    own = {name: result for name, result in results.items() if known[name].cases}
    if own:
        sockets = {case: level for case, level in measured["cases"].items() if case.startswith(SOCKETS)}
        lines += ["", "## Sockets", "", *table(sockets, own)]
    lines += ["", "## Why", "", "The reasons are from the client's source, or from trials by hand, at the version above.", ""]
    return "\n".join(lines + [reason(row, results, rows) for row in rows]) + "\n"


def counts(cases: dict[str, str], verdicts: dict[str, str]) -> str:
    """How many of the MUST and SHOULD cases with a verdict passed, including cases that are newer than the set."""
    found = []
    for level in ("must", "should"):
        known = [verdicts[case] for case, own in cases.items() if own == level and verdicts.get(case) in (*BAD, "pass")]
        found.append(f"{level.upper()} {known.count('pass')}/{len(known)}")
    return ", ".join(found)


def table(cases: dict[str, str], results: dict[str, dict]) -> list[str]:
    lines = ["| case | " + " | ".join(results) + " |", "|---|" + ":-:|" * len(results)]
    for case, level in cases.items():
        # A timeout in a SHOULD case breaks only a SHOULD.
        marks = MARKS if level == "must" else MARKS | {"timeout": MARKS["warn"]}
        cells = [marks[result["verdicts"].get(case, NEWER)] for result in results.values()]
        lines.append(f"| `{case}` | " + " | ".join(cells) + " |")
    return lines


def reason(row: dict, results: dict[str, dict], rows: list[dict]) -> str:
    """The cells that a row explains, and the reason why they failed."""
    cells = [
        (name, case)
        for name, result in results.items()
        for case, verdict in result["verdicts"].items()
        if verdict in BAD and explanation(rows, name, case) is row
    ]
    names = ", ".join(dict.fromkeys(name for name, _ in cells))
    cases = ", ".join(f"`{case}`" for case in dict.fromkeys(case for _, case in cells))
    source = f" ({row['source']})" if row.get("source") else ""
    return f"- **{names}** · {cases}: {row['why']}{source}"
