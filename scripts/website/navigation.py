"""The navigation of the site, and the order of its pages."""

import posixpath
import re

import repository

SECTIONS = {"docs/guides": "Guides", "docs/reference": "Reference", "docs/measurements": "Measurements", "docs/internals": "Internals"}
# The lists of cases and faults come before the pages of the single cases and faults in the navigation.
CASES, FAULTS = "docs/reference/cases.md", "docs/reference/faults.md"
FOLDERS = {"frameworks": "Frameworks", "coming-from": "Coming from", "api": "The emulated API", "scorecards": "Scorecards"}


def ordered(pages: dict[str, str], folder: str) -> list[str]:
    """The pages below a folder, in the order in which docs/README.md names them; then the other pages by name."""
    index = pages["docs/README.md"]
    found = [path for path in pages if path.startswith(folder + "/") and path not in (CASES, FAULTS)]

    def place(path):
        at = index.find(f"({posixpath.relpath(path, 'docs')})")
        return (at < 0, at, path)

    return sorted(found, key=place)


def section(pages: dict[str, str], folder: str) -> list:
    """The pages of a folder; the pages of a folder inside it are a separate section, after them."""
    direct, inner = [], {}
    for path in ordered(pages, folder):
        below = path.removeprefix(folder + "/").split("/")
        if len(below) == 1:
            direct.append({plain(pages[path]): path})
        else:
            inner.setdefault(below[0], []).append({plain(pages[path]): path})
    return direct + [{FOLDERS[name]: entries} for name, entries in inner.items()]


def plain(page: str) -> str:
    """The title of a page without its marks."""
    return repository.title(page).replace("`", "")


def tree(pages: dict[str, str], cases: list[dict], faults: list[dict], clients: list) -> list:
    """The value that mkdocs calls `nav`."""
    themes, layers = {}, {}
    for case in cases:
        themes.setdefault(case["theme"], []).append({case["id"]: f"cases/{case['id']}.md"})
    for fault in faults:
        layers.setdefault(fault["layer"], []).append({fault["name"]: f"faults/{fault['name']}.md"})
    found = [{"Sparring": "README.md"}, {"Overview": "docs/README.md"}]
    found.append({"Guides": section(pages, "docs/guides")})
    found.append({"Reference": section(pages, "docs/reference") + [{"Glossary": "docs/glossary.md"}]})
    found.append({"Cases": [{"All cases": CASES}, *({theme: entries} for theme, entries in themes.items())]})
    found.append({"Faults": [{"All faults": FAULTS}, *({layer: entries} for layer, entries in layers.items())]})
    found.append({"Clients": ["clients/index.md", *({client.title: f"clients/{client.name}.md"} for client in clients)]})
    found.append({"Measurements": section(pages, "docs/measurements")})
    inside = [{"Architecture": "docs/architecture.md"}, *section(pages, "docs/internals")]
    found.append({"Internals": [*inside, {"Contributing": "CONTRIBUTING.md"}, {"Changelog": "CHANGELOG.md"}]})
    return found


def linked(page: str, pattern: str, folder: str) -> str:
    """Changes a page whose tables name cases or faults in the first column: each name becomes a link to its own page. `folder` is a path
    relative to the page."""
    return re.sub(rf"^\| `({pattern})((?: [^`]*)?)`", lambda match: f"| [`{match[1]}{match[2]}`]({folder}/{match[1]}.md)", page, flags=re.M)
