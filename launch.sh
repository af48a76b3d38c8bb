#!/usr/bin/env bash
# Starts all of Trilog: the Hazelcast members, the messages service, the loggers and the facade. Ctrl+C ends it all.
set -eu
cd "$(dirname "$0")"
. deploy/launch.sh
run_trilog facade messages loggers
