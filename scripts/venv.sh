#!/usr/bin/env bash
# Makes .venv with the pinned Python clients that the end-to-end tests run. Does nothing where it is up to date.
set -euo pipefail
cd "$(dirname "$0")/.."

requirements=fixtures/drivers/clients/python/requirements.txt
stamp=.venv/.installed

if [ -x .venv/bin/python3 ] && cmp -s "$requirements" "$stamp"; then
    exit 0
fi

# A Python without ensurepip cannot fill a virtual environment: Debian and Ubuntu ship it as a package of its own.
if ! python3 -c 'import ensurepip, venv' 2>/dev/null; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        echo "venv: installing python3-venv"
        apt-get update -qq
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq python3 python3-venv
    else
        echo "venv: the end-to-end tests need Python 3.10 or newer with venv. Install it with:" >&2
        echo "    sudo apt-get install python3 python3-venv" >&2
        exit 1
    fi
fi

echo "venv: installing $(grep -c '==' "$requirements") packages into .venv"
rm -rf .venv
python3 -m venv .venv
.venv/bin/python3 -m pip install --quiet --disable-pip-version-check --requirement "$requirements"
cp "$requirements" "$stamp"
