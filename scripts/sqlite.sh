#!/usr/bin/env bash
# The journal (`--db`) is kept by the system's SQLite: a build needs its header and library. Does nothing where they are.
set -euo pipefail

if [ "$(uname)" = Darwin ]; then
    exit 0 # They are part of the SDK.
fi
for directory in /usr/include /usr/local/include ${CPATH:+${CPATH//:/ }}; do
    if [ -f "$directory/sqlite3.h" ]; then
        exit 0
    fi
done

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "sqlite: installing libsqlite3-dev"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq libsqlite3-dev
else
    echo "sqlite: building needs SQLite 3.38 or newer with its header. Install it with:" >&2
    echo "    sudo apt-get install libsqlite3-dev      (Debian, Ubuntu)" >&2
    echo "    sudo dnf install sqlite-devel            (Fedora, RHEL, Amazon Linux)" >&2
    exit 1
fi
