#!/usr/bin/env bash
# Runs one logger in this terminal, beside launch-base.sh or in place of one that was killed. Ctrl+C ends it.
set -eu
cd "$(dirname "$0")"
. deploy/launch.sh
run_logger "$@"
