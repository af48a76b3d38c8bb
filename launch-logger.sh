#!/usr/bin/env bash
# Runs one logger in this terminal, beside launch-base.sh or in place of one that was killed. Ctrl+C ends it.
# This line works with any line ends; no other would.
case $(<"$0") in (*$'\r'*) echo 'These scripts have CRLF line ends. Clone them with Git, which gives them LF.' >&2 && exit 1 ;; esac #
set -eu
unset CDPATH # else cd may go elsewhere
cd "$(dirname "$0")"
. deploy/launch.sh
run_logger "$@"
