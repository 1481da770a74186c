"""Makes links of the sources of a case, if their address can be derived from their name."""

import re


def link(reference: str) -> str:
    """Returns the Markdown for a source: a section of an RFC, an issue as `owner/name#12`, otherwise the text."""
    if match := re.fullmatch(r"RFC (\d+)(?: §([\d.]+))?", reference):
        section = f"#section-{match[2].rstrip('.')}" if match[2] else ""
        return f"[{reference}](https://www.rfc-editor.org/rfc/rfc{match[1]}{section})"
    if match := re.fullmatch(r"([\w.-]+/[\w.-]+)#(\d+)", reference):
        return f"[{reference}](https://github.com/{match[1]}/issues/{match[2]})"
    return reference
