"""Writes llms.txt, an index of the documentation for language models, with links to the Markdown of each page; and llms-full.txt, which
contains the pages themselves."""

import re

import navigation

HEAD = """# Sparring

> A mock OpenAI server that fails on demand, and a test kit for clients of the API. It answers as the API does, and injects 429s, timeouts, broken
> streams and context-length errors at an exact event, byte or millisecond, the same on every run. One binary, every language, no network, no key.

- [Sparring](README.md): what it is, how to install and start it
- [All of the documentation in one file](llms-full.txt)
"""


def paths(pages: dict[str, str]) -> dict[str, list[str]]:
    """The pages of docs/ in each section of the index."""
    found = {name: navigation.ordered(pages, folder) for folder, name in navigation.SECTIONS.items()}
    found["Reference"] += [navigation.CASES, navigation.FAULTS, "docs/glossary.md"]
    found["Internals"].append("docs/architecture.md")
    return found


def index(pages: dict[str, str]) -> str:
    sections = paths(pages)
    # According to llmstxt.org, the section `Optional` contains pages that a reader may skip.
    sections["Optional"] = sections.pop("Measurements") + sections.pop("Internals")
    lines = [HEAD]
    for name, entries in sections.items():
        lines += [f"## {name}", "", *(f"- [{navigation.plain(pages[path])}]({path}): {summary(pages[path])}" for path in entries), ""]
    return "\n".join(lines)


def summary(page: str) -> str:
    """The first sentence after the title, without its links, which are relative to the page."""
    words = []
    for line in page.split("\n"):
        if line.strip() and not line.startswith(("#", "|", "```", "<!--", "- ")):
            words.append(line.strip())
        elif words:
            break
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", " ".join(words))
    end = text.find(". ")
    return text if end < 0 else text[: end + 1]


def full(pages: dict[str, str]) -> str:
    listed = ["README.md", *(path for entries in paths(pages).values() for path in entries)]
    return "\n\n".join(f"<!-- {path} -->\n\n{pages[path].strip()}" for path in listed) + "\n"
