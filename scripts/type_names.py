"""Finds types with the same name in two modules. Where both modules are imported, such a name needs a prefix."""

import collections
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parent.parent
DECLARATION = re.compile(
    r"^(?:@\w+(?:\([^)]*\))? )*(?:public |package |internal )?(?:final |indirect |distributed )*(?:struct|class|enum|protocol|actor) (\w+)", re.M)


def twice(sources):
    """Returns (name, modules) for each type at the top level of several modules; `sources` are pairs of module and text."""
    modules = collections.defaultdict(set)
    for module, text in sources:
        for name in DECLARATION.findall(text):
            modules[name].add(module)
    return [(name, sorted(found)) for name, found in sorted(modules.items()) if len(found) > 1]


def problems():
    files = sorted((ROOT / "Sources").rglob("*.swift"))
    sources = [(file.relative_to(ROOT / "Sources").parts[0], file.read_text()) for file in files]
    return [f"{name} is a type of {' and of '.join(modules)}: rename one" for name, modules in twice(sources)]
