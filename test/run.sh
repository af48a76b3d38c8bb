#!/usr/bin/env bash
# Runs tests, from a fresh clone too: installs and builds what is missing.
#   npm test                       the quick ones: the services', and those in test/, with one system for all that can share it
#   npm run test:all               these, and the slow ones ("slow": only those)
#   npm test -- services/facade    those in a folder, or a file: test/slow/faults.test.ts. What begins with - goes to node --test:
#   npm test -- test/system.test.ts --test-name-pattern='the page'
# With "chaos", "bench", "bench-page", "explore", "simulate", "fuzz", "screenshots" or "dependencies" as the first argument, that program in place
# of the tests (npm run chaos, and so on); the system that it starts gets Hazelcast by itself.
set -eu
unset CDPATH # else cd may go elsewhere
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
  (data) program=services/logger/durable/data/main.js ;;
  (ways) program=proof/ways.js ;;
  (fuzz) program=test/openapi/main.js ;;
  (bench-replay) program=bench/replay.js ;;
  (bench-stores) program=bench/stores/main.js ;;
  (bench-page) program=bench/page.js ;;
  (screenshots) program=test/screenshots.js ;;
  (dependencies) program=test/dependencies/main.js ;;
  (*) program='' ;;
esac
if [ -n "$program" ]; then
  begin_packages
  await_packages
  drop_traps
  shift
  exec node "dist/$program" "$@"
fi

# What is slow: tests that start systems of their own, and those of the instruments.
slow=(test/slow bench proof)
options=()
paths=()
for argument in "$@"; do
  case $argument in
    (-*) options+=("$argument") ;;
    (slow) paths+=("${slow[@]}") ;;
    (all) paths+=(services test bench proof) ;;
    (*) paths+=("${argument#dist/}") ;;
  esac
done

# Members are for the tests in test/: this fails with what to install where neither Docker nor Java is there.
case "${paths[*]-}" in (services/* | proof/* | bench/*) needs_members=no ;; (*) needs_members=yes ;; esac
if [ "$needs_members" = yes ]; then
  # As the tests choose that do with one: Java processes start sooner.
  [ -n "$HAZELCAST_RUNTIME" ] || [ -n "$(what_jvm_lacks)" ] || HAZELCAST_RUNTIME=jvm
  choose_runtime
fi
begin_packages
await_packages
[ "$needs_members" = no ] || get_hazelcast

# Prints the test files that were asked for, one a line.
test_files() {
  local path
  if [ ${#paths[@]} -eq 0 ]; then
    find dist/services dist/test -name '*.test.js' ! -path 'dist/test/slow/*' | sort
  else
    for path in "${paths[@]}"; do find "dist/${path%.ts}"* -name '*.test.js' | sort; done
  fi
}

# Whether a file starts a system, or more than one. Those run one at a time; all others run side by side.
starts_system() { case $1 in (dist/test/system.test.js | dist/test/slow/*) ;; (*) return 1 ;; esac; } # FILE

alone=()
beside=()
while IFS= read -r file; do
  if starts_system "$file"; then alone+=("$file"); else beside+=("$file"); fi
done < <(test_files)
[ $((${#beside[@]} + ${#alone[@]})) -gt 0 ] || fail "There are no tests in: ${paths[*]-}"

status=0
run_files() { # AT_A_TIME FILE...
  in_group node --test --test-timeout=900000 --test-reporter=spec --test-concurrency="$1" \
    ${options[@]+"${options[@]}"} "${@:2}"
  wait "$!" || status=1
}

SECONDS=0
[ ${#beside[@]} -eq 0 ] || run_files $(($(node -p 'os.availableParallelism()') + 1)) "${beside[@]}" # they wait more than they work
[ ${#alone[@]} -eq 0 ] || run_files 1 "${alone[@]}"
say "The tests took $SECONDS s."
exit "$status"
