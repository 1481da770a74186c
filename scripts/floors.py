"""The rule `floors` of scripts/check.py: imports lead to lower floors (layers), and each package is imported where its row allows it.

Both tables are read from docs/architecture.md, which is their only place: the floors, and the dependencies with
the targets that import them (Foundation is a row there too).
"""

import dataclasses
import re

import swift_source

PAGE = "docs/architecture.md"
IMPORT = re.compile(
    r"^\s*(?:@\w+\s+)*(?:public |package |internal |private |fileprivate )?import "
    r"(?:struct |class |enum |protocol |func |var |typealias )?(\w+)"
)
CODE = re.compile(r"`([^`]+)`")


@dataclasses.dataclass
class Tables:
    # target: floor
    floors: dict
    # package: the targets that import it
    importers: dict


def rows(page, first_header):
    """The rows of a Markdown table, each a list of cells. The table is found by the header of its first column."""
    found, is_open = [], False
    for line in page.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")] if line.startswith("|") else []
        if not cells:
            is_open = False
        elif cells[0] == first_header:
            is_open = True
        elif is_open and not set(cells[0]) <= set("-:"):
            found.append(cells)
    return found


def read(page):
    """The tables of the page, and their problems."""
    floors, importers, problems = {}, {}, []
    for floor, names, *_ in rows(page, "floor"):
        for name in CODE.findall(names):
            if name in floors or not floor.isdigit():
                problems.append(f"{PAGE}: the row of {name} is there twice, or has no number for a floor.")
            floors[name] = int(floor) if floor.isdigit() else 0
    for package, names, *_ in rows(page, "package"):
        for name in re.split(r",\s*", re.sub(r"\s*\(.*?\)", "", package)):
            importers[name] = set(CODE.findall(names))
    if not floors or not importers:
        problems.append(f"{PAGE} has no table `| floor | target | …`, or no table `| package | imported by | …`.")
    return Tables(floors, importers), problems


def manifest_floors(manifest, targets):
    """The floor of each target, from the comments in Package.swift: `// Floor 3: …` applies to all targets up to the next such comment."""
    found = {}
    for name in targets:
        place = re.search(rf'\.(?:target|executableTarget|systemLibrary)\(\s*name: "{name}"', manifest)
        comments = re.findall(r"// Floor (\d+)", manifest[: place.start()]) if place else []
        found[name] = int(comments[-1]) if comments else None
    return found


def manifest_problems(tables, manifest, targets, packages):
    """The places where Package.swift and the page disagree. `packages` are the identities of the manifest's packages."""
    problems = []
    for name, floor in manifest_floors(manifest, targets).items():
        if name not in tables.floors:
            problems.append(f"Package.swift: {name} has no floor. Give it a row in {PAGE}.")
        elif floor != tables.floors[name]:
            problems.append(f"Package.swift: the comment above {name} says floor {floor}, {PAGE} says {tables.floors[name]}.")
    problems += [f"{PAGE}: {name} is not a target of Package.swift. Delete its row." for name in sorted(set(tables.floors) - set(targets))]
    known = {identity.lower() for identity in packages}
    listed = {name.lower() for name in tables.importers} - {"foundation"}
    problems += [f"{PAGE}: Package.swift depends on {name}, but no row gives the reason." for name in sorted(known - listed)]
    problems += [f"{PAGE}: {name} is not a package of Package.swift. Delete its row." for name in sorted(listed - known)]
    return problems


def dependency_problems(tables, name, dependencies):
    """Targets that a target depends on and that are not on a lower floor."""
    floor = tables.floors[name]
    return [
        f"Package.swift: {name} (floor {floor}) depends on {below}, which is not on a lower floor."
        for below in sorted(dependencies)
        if tables.floors.get(below, 99) >= floor
    ]


def import_problems(tables, name, imports, dependencies, products):
    """The problems of a target's imports, and the packages that it imports. `products`: the package of each product by module."""
    problems, users = [], {}
    for place, module in imports:
        if module in products:
            users.setdefault(products[module], place)
        if module in tables.floors and module != name:
            if tables.floors[module] >= tables.floors[name]:
                problems.append(
                    f"{place}: {name} (floor {tables.floors[name]}) imports {module} (floor {tables.floors[module]}). "
                    "Move the code down, or pass the value in."
                )
        elif module.startswith("Foundation"):
            users.setdefault("Foundation", place)
            continue
        elif module not in products:
            continue
        if module != name and module not in dependencies:
            problems.append(f"{place}: {module} is not among the dependencies of {name}. Declare it, or remove the import.")
    return problems, users


def importer_problems(tables, users):
    """Compares the targets that import a package with the page. `users`: for each package, the targets with the place of an import."""
    problems = []
    for package, places in sorted(users.items()):
        allowed = next((names for name, names in tables.importers.items() if name.lower() == package.lower()), set())
        for target in sorted(set(places) - allowed):
            problems.append(
                f"{places[target]}: {target} imports {package}, and {PAGE} does not say so. Use the target that does, "
                "or write the target and its reason into the row."
            )
    used = {package.lower(): set(places) for package, places in users.items()}
    for package, names in sorted(tables.importers.items()):
        for target in sorted(names - used.get(package.lower(), set())):
            problems.append(f"{PAGE}: {target} does not import {package}. Delete it from the row.")
    return problems


def imports(root, target):
    """(file:line, module) for every import of a target. Text inside a string literal, such as an embedded file, does not count."""
    for file in sorted((root / target.get("path", f"Sources/{target['name']}")).rglob("*.swift")):
        text = file.read_text()
        if file.parent.name == "Generated":
            text = swift_source.code(text)
        for number, line in enumerate(text.splitlines(), 1):
            if match := IMPORT.match(line):
                yield f"{file.relative_to(root)}:{number}", match[1]


def problems(root, package):
    """Every violation of the rule in a checkout. `package` is what `swift package dump-package` prints."""
    tables, found = read((root / PAGE).read_text())
    targets = [target for target in package["targets"] if target["type"] in ("regular", "executable", "system")]
    # A system library is a target of the manifest, and counts as a dependency like any package.
    system = {target["name"] for target in targets if target["type"] == "system"}
    packages = {dependency["sourceControl"][0]["identity"] for dependency in package["dependencies"]} | system
    found += manifest_problems(tables, (root / "Package.swift").read_text(), [t["name"] for t in targets], packages)
    products = dict(d["product"][:2] for t in targets for d in t["dependencies"] if "product" in d)
    users = {}
    for target in targets:
        if (name := target["name"]) not in tables.floors:
            continue
        own = {next(iter(d.values()))[0] for d in target["dependencies"] if "product" not in d}
        declared = own | {d["product"][0] for d in target["dependencies"] if "product" in d}
        found += dependency_problems(tables, name, own)
        texts, used = import_problems(tables, name, imports(root, target), declared, products | {s: s for s in system})
        found += texts
        for user, place in used.items():
            users.setdefault(user, {})[name] = place
    return found + importer_problems(tables, users)
