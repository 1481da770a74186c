#!/usr/bin/env bash
# Makes a release build and measures its speed beside nginx, its memory, its start and its pace. Arguments are passed to bench.py.
set -euo pipefail
cd "$(dirname "$0")/.."

missing=()
for tool in wrk nginx python3; do
    command -v "$tool" >/dev/null || missing+=("$tool")
done
if [ ${#missing[@]} -gt 0 ]; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        echo "bench: installing ${missing[*]}"
        apt-get update -qq
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "${missing[@]}"
    else
        echo "bench: ${missing[*]} missing. Install with: sudo apt-get install ${missing[*]}" >&2
        exit 1
    fi
fi

if [ -z "${SPARRING_BINARY:-}" ]; then
    make release
    SPARRING_BINARY=$(swift build -c release --show-bin-path)/sparring
fi
export SPARRING_BINARY
exec python3 Benchmarks/bench.py "$@"
