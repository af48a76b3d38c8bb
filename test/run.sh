#!/usr/bin/env bash
# Runs all tests, from a fresh clone too: installs and builds what is missing. With arguments, only those test files:
# bash test/run.sh dist/test/faults.test.js. With "chaos" as the first one, the fault instrument in place of the tests
# (npm run chaos); the system that it starts gets Hazelcast by itself.
set -eu
cd "$(dirname "$0")/.."
. deploy/launch.sh

set_traps
check_tools
read_settings
[ "${1-}" = chaos ] || choose_runtime # fails with what to install where neither Docker nor Java is there
begin_packages
await_packages
[ "${1-}" = chaos ] || get_hazelcast
drop_traps

if [ "${1-}" = chaos ]; then
  shift
  exec node dist/test/chaos/main.js "$@"
fi

# shellcheck disable=SC2046 # one file each
[ $# -gt 0 ] || set -- $(find dist/services dist/test -name '*.test.js' | sort)
# One file at a time: most of them start members of their own.
exec node --test --test-timeout=900000 --test-concurrency=1 --test-reporter=spec "$@"
