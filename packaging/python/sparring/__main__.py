"""Runs the program `sparring`: `python -m sparring …`."""

import os
import sys

from ._binary import binary

if __name__ == "__main__":
    path = binary()
    os.execv(path, [path, *sys.argv[1:]])
