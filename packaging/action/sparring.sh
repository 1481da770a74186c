#!/usr/bin/env bash
# What action.yml does, apart from GitHub: inputs come as INPUT_…, the summary and the outputs go where GITHUB_… says.
set -euo pipefail

if [ -n "${INPUT_INSTALL:-}" ]; then
    python3 -m pip install --quiet --disable-pip-version-check "$INPUT_INSTALL"
fi
if ! command -v sparring >/dev/null; then
    echo "::error::sparring is not on the PATH. Name a wheel of it in the input 'install'."
    exit 69
fi

# Both are shell lines: they are cut as a shell cuts them.
declare -a arguments command
eval "arguments=(${INPUT_ARGUMENTS:-})"
eval "command=(${INPUT_COMMAND:?the input command is empty})"

case "${INPUT_MODE:-check}" in
run)
    exec sparring run "${arguments[@]}" -- "${command[@]}"
    ;;
check)
    log="${INPUT_OUT:-.sparring}/report.jsonl"
    code=0
    sparring check "${arguments[@]}" --out "$log" -- "${command[@]}" || code=$?
    if [ -s "$log" ]; then
        sparring report "$log" --format markdown >>"${GITHUB_STEP_SUMMARY:-/dev/null}"
        sparring report "$log" --format junit --out "${INPUT_OUT:-.sparring}/junit.xml"
        sparring report "$log" --format html --out "${INPUT_OUT:-.sparring}/report.html"
        grade=$(sparring report "$log" --format badge | python3 -c 'import json, sys; print(json.load(sys.stdin)["message"])')
        echo "grade=$grade" >>"${GITHUB_OUTPUT:-/dev/null}"
    fi
    exit "$code"
    ;;
*)
    echo "::error::the input mode is run or check, not '$INPUT_MODE'"
    exit 64
    ;;
esac
