#!/usr/bin/env bash
# Starts all of Trilog: the Hazelcast members, the messages service, the loggers and the facade. Ctrl+C ends it all.
# This line works with any line ends; no other would.
case $(<"$0") in (*$'\r'*) echo 'These scripts have CRLF line ends. Clone them with Git, which gives them LF.' >&2 && exit 1 ;; esac #
set -eu
unset CDPATH # else cd may go elsewhere
cd "$(dirname "$0")"
. deploy/launch.sh
run_trilog facade messages loggers
