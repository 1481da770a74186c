"""Selects the pairs of a deliberate mistake (a "sin") and a case that `sins.py` plays."""

import dataclasses
import json
import pathlib
import subprocess

import yaml

from check import core_loader

ROOT = pathlib.Path(__file__).resolve().parent.parent
CASES = ROOT / "scenarios/conformance"
DRIVERS = ROOT / "fixtures/drivers"
# The cases in which a client cannot fail are not played.
SCORED = ("must", "should")


def sins() -> dict[str, list[str]]:
    """For each sin, the cases that a client with the sin must fail."""
    return json.loads((DRIVERS / "sins.json").read_text())


def themes() -> list[str]:
    """The themes that have a scored case, except the plain calls."""
    return [theme for theme in sorted(path.stem for path in CASES.glob("*.yaml")) if theme != "sanity" and scored(theme)]


def file_of(theme: str) -> dict:
    return yaml.load((CASES / f"{theme}.yaml").read_text(), core_loader(yaml))


def scored(theme: str) -> list[dict]:
    """The MUST and SHOULD cases of a theme."""
    file = file_of(theme)
    level = file.get("defaults", {}).get("level")
    return [case for case in file["cases"] if case.get("level", level) in SCORED]


def own(themes: list[str]) -> list[str]:
    """The sins that have a case in these themes."""
    return sorted(name for name, cases in sins().items() if any(case.partition(".")[0] in themes for case in cases))


def pairs(themes: list[str], names: list[str], only: list[str] = []) -> list[tuple[str, str]]:
    """Returns (case, sin) for each scored case of the themes, or for each of `only`."""
    cases = [case["id"] for theme in themes for case in scored(theme) if not only or case["id"] in only]
    return [(case, name) for case in cases for name in names]


@dataclasses.dataclass(frozen=True)
class Noted:
    """The good client in each case: its verdict, and the fields of its policy that it reads."""

    verdicts: dict[str, str]
    fields: dict[str, set[str]]


def noted(kit, folder: pathlib.Path, themes: list[str]) -> Noted:
    """Plays the themes with the good client, which writes into `folder`."""
    folder.mkdir()
    verdicts = kit.check([f"{theme}.*" for theme in themes], [DRIVERS / "mutants", "--notes", folder])
    return Noted(verdicts, {file.name: set(file.read_text().split()) for file in folder.iterdir()})


def that_can_differ(pairs: list[tuple[str, str]], read: dict[str, set[str]]) -> list[tuple[str, str]]:
    """The pairs whose case reads a field that the sin changes, and the pairs that are in `sins.json`. In any other pair, the client with
    the sin behaves like the good client, which passes."""
    shown = subprocess.run([DRIVERS / "mutants", "--list", "--fields"], capture_output=True, text=True, check=True).stdout
    fields = {name: set(changed) for name, *changed in map(str.split, shown.splitlines())}
    expected = sins()
    return [(case, name) for case, name in pairs if case in expected[name] or case not in read or fields[name] & read[case]]
