#!/usr/bin/env bash
# Starts all of Trilog: three Hazelcast members, the messages service, three loggers and the facade. Ctrl+C ends it all.
set -eu
cd "$(dirname "$0")"
. deploy/launch.sh
run_trilog facade messages logger-1 logger-2 logger-3
