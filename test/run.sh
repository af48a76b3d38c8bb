#!/usr/bin/env bash
# Runs tests, from a fresh clone too: installs and builds what is missing.
#   npm test                       the quick ones: the services', and those in test/, with one system for all that can share it
#   npm run test:all               these, and the slow ones ("slow": only those)
#   npm test -- services/facade    those in a folder, or a file: test/slow/faults.test.ts
# With "chaos", "bench", "bench-page", "explore", "simulate", "fuzz" or "screenshots" as the first argument, that program in place
# of the tests (npm run chaos, and so on); the system that it starts gets Hazelcast by itself.
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
slow=(test/slow test/chaos bench proof)
case ${1-} in
  (slow) set -- "${slow[@]}" ;;
  (all) set -- services test bench proof ;;
esac
# Members are for the tests in test/: this fails with what to install where neither Docker nor Java is there.
case "$program$*" in (services/* | proof/* | bench/*) needs_members=no ;; (*) needs_members=${program:-yes} ;; esac
[ "$needs_members" != yes ] || choose_runtime
begin_packages
await_packages
[ "$needs_members" != yes ] || get_hazelcast

if [ -n "$program" ]; then
  drop_traps
  shift
  exec node "dist/$program" "$@"
fi

# Each of these starts a system of its own, or more than one, so they run one at a time; all others run side by side.
alone=()
beside=()
add_file() { # FILE
  case $1 in
    (dist/test/system.test.js | dist/test/slow/*) alone+=("$1") ;;
    (*) beside+=("$1") ;;
  esac
}
if [ $# -gt 0 ]; then
  for path in "$@"; do
    path=dist/${path#dist/}
    while IFS= read -r file; do add_file "$file"; done < <(find "${path%.ts}"* -name '*.test.js' | sort)
  done
else
  while IFS= read -r file; do
    case $file in (dist/test/slow/* | dist/test/chaos/*) ;; (*) add_file "$file" ;; esac
  done < <(find dist/services dist/test -name '*.test.js' | sort)
fi
[ $((${#beside[@]} + ${#alone[@]})) -gt 0 ] || fail "There are no tests in: $*"

run_files() { # AT_A_TIME FILE...
  in_group node --test --test-timeout=900000 --test-reporter=spec --test-concurrency="$1" "${@:2}"
  wait "$!" || status=1
}
status=0
SECONDS=0
[ "${#beside[@]}" -eq 0 ] || run_files 2 "${beside[@]}"
[ "${#alone[@]}" -eq 0 ] || run_files 1 "${alone[@]}"
say "The tests took $SECONDS s."
exit "$status"
