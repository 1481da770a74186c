"""Finds the program."""

import os
import pathlib
import shutil
import sysconfig


def binary() -> str:
    """Returns the path of the program: `SPARRING_BINARY`, or the program installed with this package, or the program on the PATH.

    Raises FileNotFoundError, with the searched places, if the program is in none of them.
    """
    if named := os.environ.get("SPARRING_BINARY"):
        return named
    name = "sparring" + (sysconfig.get_config_var("EXE") or "")
    places = [sysconfig.get_path("scripts")]
    if user := sysconfig.get_preferred_scheme("user"):
        places.append(sysconfig.get_path("scripts", scheme=user))
    # `pip install --target DIR` installs programs into DIR/bin.
    places.append(str(pathlib.Path(__file__).resolve().parent.parent / "bin"))
    for place in places:
        path = pathlib.Path(place, name)
        if path.is_file():
            return str(path)
    if found := shutil.which(name):
        return found
    raise FileNotFoundError(f"no {name} in {', '.join(places)} or on the PATH; set SPARRING_BINARY")
