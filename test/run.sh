#!/usr/bin/env bash
# Runs all tests, from a fresh clone too: installs and builds what is missing. With arguments, only those test files:
# bash test/run.sh dist/test/faults.test.js. With "chaos", "bench", "bench-page", "explore", "simulate", "fuzz" or
# "screenshots" as the first one, that program in place of the tests (npm run chaos, and so on); the system that it starts gets Hazelcast by itself.
set -eu
cd "$(dirname "$0")/.."
. deploy/launch.sh

set_traps
read_settings
check_tools
case ${1-} in
  (chaos) program=test/chaos/main.js ;;
  (bench) program=bench/main.js ;;
  (explore) program=proof/explore/main.js ;;
  (simulate) program=proof/simulate/main.js ;;
  (fuzz) program=test/openapi/main.js ;;
  (bench-page) program=bench/page.js ;;
  (screenshots) program=test/screenshots.js ;;
  (*) program='' ;;
esac
[ -n "$program" ] || choose_runtime # fails with what to install where neither Docker nor Java is there
begin_packages
await_packages
[ -n "$program" ] || get_hazelcast
drop_traps

if [ -n "$program" ]; then
  shift
  exec node "dist/$program" "$@"
fi

# shellcheck disable=SC2046 # one file each
[ $# -gt 0 ] || set -- $(find dist/services dist/test dist/bench dist/proof -name '*.test.js' | sort)
# One file at a time: most of them start members of their own.
exec node --test --test-timeout=900000 --test-concurrency=1 --test-reporter=spec "$@"
