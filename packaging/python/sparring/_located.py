"""Writes a value as JSON, and says which part of the value is at a column of that text."""

from __future__ import annotations

import json
from typing import Any, Union

#: Keys and indices, from the outside in.
Path = tuple[Union[str, int], ...]


class Located:
    """A value as one line of JSON, with the place of each of its parts."""

    def __init__(self, value: Any) -> None:
        self._places: list[tuple[int, Path]] = []
        self._pieces: list[str] = []
        self._length = 0
        self._write(value, ())
        self.text = "".join(self._pieces)

    def path(self, column: int) -> Path:
        """Returns the path of the innermost part that begins at the column (from 1, in bytes) or before it."""
        found: Path = ()
        for start, path in self._places:
            if start > column - 1:
                break
            found = path
        return found

    def _add(self, text: str) -> None:
        self._pieces.append(text)
        self._length += len(text)

    def _write(self, value: Any, path: Path) -> None:
        self._places.append((self._length, path))
        if isinstance(value, dict):
            self._add("{")
            for number, (key, member) in enumerate(value.items()):
                # A mistake in a key is reported at the key.
                self._add(", " if number else "")
                self._places.append((self._length, (*path, str(key))))
                self._add(json.dumps(str(key)) + ": ")
                self._write(member, (*path, str(key)))
            self._add("}")
        elif isinstance(value, (list, tuple)):
            self._add("[")
            for number, item in enumerate(value):
                self._add(", " if number else "")
                self._write(item, (*path, number))
            self._add("]")
        else:
            self._add(json.dumps(value))


def words(path: Path) -> str:
    """Returns a path in the words of scenarios: `step 2, error`."""
    parts = []
    names = {"steps": "step", "rules": "rule", "faults": "fault"}
    for index, part in enumerate(path):
        if isinstance(part, int):
            before = path[index - 1] if index else None
            parts.append(f"{names.get(str(before), str(before))} {part + 1}")
        elif not (part in names and index + 1 < len(path) and isinstance(path[index + 1], int)):
            parts.append(part)
    return ", ".join(parts)
