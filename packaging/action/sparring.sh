#!/usr/bin/env bash
# Runs the action: reads the inputs from INPUT_…, and writes the summary and the outputs to the files in GITHUB_….
set -euo pipefail

if [ -n "${INPUT_INSTALL:-}" ]; then
    python3 -m pip install --quiet --disable-pip-version-check "$INPUT_INSTALL"
fi
if ! command -v sparring >/dev/null; then
    echo "::error::sparring is not on the PATH. Set the input 'install' to a wheel of it."
    exit 69
fi

# Both inputs are shell lines, so the shell splits them into words.
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
    echo "::error::the input mode must be run or check, not '$INPUT_MODE'"
    exit 64
    ;;
esac
