#!/usr/bin/env bash
# Creates .venv with the pinned Python clients of the end-to-end tests, and .venv-upstreams with third-party servers; `venv.sh site`
# creates .venv-site with the generator of the site and the driver of its browser, `venv.sh traces` .venv-traces with an instrumented
# client, `venv.sh gateways` .venv-gateways with gateways of others. Does nothing if the environments are up to date. pip checks the hash of
# every file: the lock files are made by scripts/pins.py.
set -euo pipefail
cd "$(dirname "$0")/.."

# fill VENV LOCK
fill() {
    local venv=$1 lock=$2 stamp=$1/.installed
    if [ -x "$venv/bin/python3" ] && cmp -s "$lock" "$stamp"; then
        return
    fi
    # A virtual environment needs ensurepip, which Debian and Ubuntu ship as a separate package.
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
    echo "venv: installing $(grep -c '==' "$lock") packages into $venv"
    rm -rf "$venv"
    python3 -m venv "$venv"
    "$venv/bin/python3" -m pip install --quiet --disable-pip-version-check --require-hashes --requirement "$lock"
    cp "$lock" "$stamp"
}

if [ "${1:-}" = site ]; then
    fill .venv-site scripts/website/requirements.lock
    exit
fi
if [ "${1:-}" = traces ]; then
    fill .venv-traces fixtures/traces/requirements.lock
    exit
fi
if [ "${1:-}" = gateways ]; then
    fill .venv-gateways fixtures/gateway/requirements.lock
    exit
fi
fill .venv fixtures/drivers/clients/python/requirements.lock
fill .venv-upstreams fixtures/upstreams/requirements.lock
