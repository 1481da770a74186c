"""Tests how a column of the sent JSON becomes a place in the value."""

import json

import pytest

from sparring._located import Located, words

SCRIPT = {"schema": 1, "steps": [{"text": 'say "é"'}, {"error": "429", "faults": [{"at": "head"}]}], "otherwise": None}


def test_the_text_is_the_json_of_the_value():
    assert Located(SCRIPT).text == json.dumps(SCRIPT)
    assert Located([]).text == "[]"


@pytest.mark.parametrize(
    "part, path, shown",
    [
        ('"schema"', ("schema",), "schema"),
        ('"steps"', ("steps",), "steps"),
        ('{"text"', ("steps", 0), "step 1"),
        ('"429"', ("steps", 1, "error"), "step 2, error"),
        ('"head"', ("steps", 1, "faults", 0, "at"), "step 2, fault 1, at"),
        ("null", ("otherwise",), "otherwise"),
    ],
)
def test_a_column_is_in_the_innermost_part(part, path, shown):
    located = Located(SCRIPT)
    assert located.path(located.text.index(part) + 1) == path
    assert words(path) == shown
