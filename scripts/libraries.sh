#!/usr/bin/env bash
# Installs the headers of two system libraries that a build needs: SQLite (the journal, `--db`) and zlib (`tokens install`). Does nothing if
# the headers exist. Without root, the script only prints the command that installs them.
set -euo pipefail

if [ "$(uname)" = Darwin ]; then
    exit 0 # On macOS, the headers are part of the SDK.
fi

has() {
    for directory in /usr/include /usr/local/include ${CPATH:+${CPATH//:/ }}; do
        if [ -f "$directory/$1" ]; then
            return 0
        fi
    done
    return 1
}

missing=()
has sqlite3.h || missing+=(libsqlite3-dev)
has zlib.h || missing+=(zlib1g-dev)
if [ ${#missing[@]} -eq 0 ]; then
    exit 0
fi

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "libraries: installing ${missing[*]}"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "${missing[@]}"
else
    echo "libraries: building needs SQLite 3.38 or newer and zlib, with their headers. Install them with:" >&2
    echo "    sudo apt-get install libsqlite3-dev zlib1g-dev      (Debian, Ubuntu)" >&2
    echo "    sudo dnf install sqlite-devel zlib-devel            (Fedora, RHEL, Amazon Linux)" >&2
    exit 1
fi
