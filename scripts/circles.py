#!/usr/bin/env python3
"""Finds cycles of files that name each other's types: such files can only be understood and changed together.

    circles.py                 compare the largest circle of each target with LARGEST; `make check` runs it
    circles.py --list          print every circle, one line of files each
    circles.py --self-test     run this script's own tests (scripts/test_checks.py)

An arrow goes from a file to the file that declares a type it names. A nested type counts by its full path, so that
`Session.Line` and a type `Line` are two. A circle is a strongly connected component of that graph, within one target.
"""

import pathlib
import sys

import swift_source

ROOT = pathlib.Path(__file__).resolve().parent.parent
# Two files that need each other are fine, and three are acceptable.
ALLOWED = 3
# The targets with a larger cycle, each with the number of files in the cycle. A number in this table may only become smaller; a row whose
# number equals ALLOWED must be deleted.
LARGEST = {
    # The public types of the library, nested in `MockScenario`.
    "Sparring": 10,
    # In this target, each command extends SparringCommand, which lists its subcommands.
    "SparringCLI": 17,
    "SparringExchange": 7,
    "SparringScenario": 9,
    "SparringStore": 5,
    # The cycle consists of a table of faults and its rows.
    "SparringWire": 6,
}


def graph(files):
    """The dependencies between files, from `{name: text}`."""
    read = {name: swift_source.names(text) for name, text in files.items()}
    places = {}
    for name, found in read.items():
        for path in found.declared:
            places.setdefault(path, set()).add(name)
    arrows = {name: set() for name in files}
    for name, found in read.items():
        for scope, path in found.named:
            target = swift_source.resolve(scope, path, places)
            arrows[name] |= places[target] - {name} if target else set()
    return arrows


def circles(arrows):
    """The strongly connected components of two or more files, largest first (Tarjan, without recursion)."""
    index, low, on_stack, stack, found = {}, {}, set(), [], []
    for root in sorted(arrows):
        if root in index:
            continue
        work = [(root, iter(sorted(arrows[root])))]
        index[root] = low[root] = len(index)
        stack.append(root)
        on_stack.add(root)
        while work:
            node, following = work[-1]
            for other in following:
                if other not in index:
                    index[other] = low[other] = len(index)
                    stack.append(other)
                    on_stack.add(other)
                    work.append((other, iter(sorted(arrows[other]))))
                    break
                if other in on_stack:
                    low[node] = min(low[node], index[other])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index[node]:
                    circle = []
                    while not circle or circle[-1] != node:
                        circle.append(stack.pop())
                        on_stack.discard(circle[-1])
                    if len(circle) > 1:
                        found.append(sorted(circle))
    return sorted(found, key=lambda circle: (-len(circle), circle))


def of_target(folder):
    files = {path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*.swift")}
    return circles(graph(files))


def all_targets():
    return {folder.name: of_target(folder) for folder in sorted((ROOT / "Sources").iterdir()) if folder.is_dir()}


def problems(found, largest=None):
    """One text for each target that differs from the allowed number. `found` contains the cycles of each target."""
    largest = LARGEST if largest is None else largest
    texts = []
    for target, rows in found.items():
        allowed, size = largest.get(target, ALLOWED), max(map(len, rows), default=0)
        if size > allowed:
            texts.append(
                f"{target}: {size} files name each other's types, {allowed} at most: {', '.join(rows[0])}. "
                "Pass a value or a protocol to one side, or move a type into a new file."
            )
        elif size < allowed and allowed > ALLOWED:
            now = f"write {size}" if size > ALLOWED else "delete the row"
            texts.append(f"{target}: the largest circle has {size} files, LARGEST in scripts/circles.py says {allowed}: {now}.")
    texts += [f"scripts/circles.py: LARGEST has {name}, which is not a target." for name in largest if name not in found]
    return texts


def main():
    if "--self-test" in sys.argv:
        import unittest

        unittest.main("test_checks", argv=sys.argv[:1], verbosity=1)
    found = all_targets()
    if "--list" in sys.argv:
        for target, rows in found.items():
            for circle in rows:
                print(f"{target}: {len(circle)}: {' '.join(circle)}")
        return 0
    for text in (texts := problems(found)):
        print(text, file=sys.stderr)
    return 1 if texts else 0


if __name__ == "__main__":
    sys.exit(main())
