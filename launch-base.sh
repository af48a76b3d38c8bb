#!/usr/bin/env bash
# Starts Trilog without its loggers: the Hazelcast members, the messages service and the facade. Start each logger in
# a terminal of its own: bash launch-logger.sh N. Ctrl+C ends what was started here.
set -eu
cd "$(dirname "$0")"
. deploy/launch.sh
run_trilog facade messages
