#!/bin/sh
# Runs the tests with a browser if one can be had; the last lines are the test runner's own.
set -eu
# Tests start many commands: each would compile the house anew.
unset PYTHONDONTWRITEBYTECODE
cd "$(dirname "$0")/.."
if chromium=$(scripts/find_chromium.sh); then
  export ABONENT_CHROMIUM="$chromium"
else
  # The tests say themselves at the end how many of them needed it.
  unset ABONENT_CHROMIUM
fi
# Two processes, each with a database of its own; a file stays whole, those of the browser last.
exec .venv/bin/python -m pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder "$@"
