#!/usr/bin/env bash
# Runs all tests, from a fresh clone too: installs and builds what is missing. With arguments, only the tests in those folders or
# files: npm test -- services/facade, or npm test -- test/faults.test.ts. With "chaos", "bench", "bench-page", "explore", "simulate", "fuzz" or
# "screenshots" as the first one, that program in place of the tests (npm run chaos, and so on); the system that it starts gets Hazelcast by itself.
set -eu
cd "$(dirname "$0")/.."
. deploy/launch.sh

set_traps
read_settings
check_tools
case ${1-} in
  (chaos) program=proof/chaos/main.js ;;
  (bench) program=bench/main.js ;;
  (explore) program=proof/explore/main.js ;;
  (simulate) program=proof/simulate/main.js ;;
  (fuzz) program=test/openapi/main.js ;;
  (bench-page) program=bench/page.js ;;
  (screenshots) program=test/screenshots.js ;;
  (*) program='' ;;
esac
# Members are for the tests in test/: this fails with what to install where neither Docker nor Java is there.
case "$program$*" in (services/* | proof/* | bench/*) needs_members=no ;; (*) needs_members=${program:-yes} ;; esac
[ "$needs_members" != yes ] || choose_runtime
begin_packages
await_packages
[ "$needs_members" != yes ] || get_hazelcast
drop_traps

if [ -n "$program" ]; then
  shift
  exec node "dist/$program" "$@"
fi

[ $# -gt 0 ] || set -- services test bench proof
files=()
for path in "$@"; do
  path=dist/${path#dist/}
  while IFS= read -r file; do files+=("$file"); done < <(find "${path%.ts}"* -name '*.test.js' | sort)
done
[ ${#files[@]} -gt 0 ] || fail "There are no tests in: $*"
# One file at a time: most of them start members of their own.
exec node --test --test-timeout=900000 --test-concurrency=1 --test-reporter=spec "${files[@]}"
