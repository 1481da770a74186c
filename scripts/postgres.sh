#!/usr/bin/env bash
# Installs PostgreSQL, which the tests of `serve --store` start by themselves. Does nothing if PostgreSQL exists. Without root, the script
# only prints the command; the tests of `serve --store` are then skipped, which counts as a failure with CI=true.
set -euo pipefail

for initdb in /usr/lib/postgresql/*/bin/initdb /usr/local/bin/initdb /opt/homebrew/bin/initdb /usr/bin/initdb; do
    if [ -x "$initdb" ]; then
        exit 0
    fi
done

if [ "$(uname)" = Linux ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "postgres: installing postgresql"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq postgresql
else
    echo "postgres: the tests of stores in PostgreSQL are skipped. Install it with:" >&2
    echo "    sudo apt-get install postgresql      (Debian, Ubuntu)" >&2
    echo "    sudo dnf install postgresql-server   (Fedora, RHEL, Amazon Linux)" >&2
    echo "    brew install postgresql              (macOS)" >&2
fi
