#!/usr/bin/env bash
# As launch.sh, with one difference: when all services have ended, it goes on. Faults end each of them at one time or
# another, and the instrument starts them again by itself.
set -eu
cd "$(dirname "$0")/../../.."
. deploy/launch.sh

eval "launch_$(declare -f say_ready)"
say_ready() {
  launch_say_ready
  while kill -0 "$PPID" 2>/dev/null; do # not longer than the instrument, however that ended
    sleep 1 &
    wait "$!" || true
  done
  exit 1
}

run_trilog facade messages loggers
