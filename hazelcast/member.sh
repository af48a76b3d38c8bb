#!/usr/bin/env bash
# Does to one member of the running launch what could happen to it, and brings it back. RUN_DIR names the launch's run
# folder, if it is not the usual one.
set -eu
unset CDPATH # else cd may go elsewhere
cd "$(dirname "$0")/.."
. deploy/launch.sh

action=${1-} n=${2-}
read_settings
load_running_settings
case $#$action in
  (2kill | 2stop | 2freeze | 2resume | 2start) ;;
  (*) n='' ;;
esac
if ! is_number "$n"; then
  cat >&2 <<USAGE
Usage: bash hazelcast/member.sh ACTION N    (N: 1 to $LOGGERS)
  kill     ends it at once, as a crash does
  stop     ends it in order
  freeze   halts it; it keeps its connections but answers nothing
  resume   lets it go on
  start    starts it again and waits until it has joined the others
USAGE
  exit 2
fi

launch_is_running || fail "Trilog is not running here ($RUN_DIR). Start it with: bash launch.sh"
[ "$HAZELCAST_RUNTIME" != external ] || fail 'The members are not ours (HAZELCAST_RUNTIME=external).'

# Ctrl+C ends what waits here; a member that has begun goes on.
end_waiting() { # STATUS
  trap '' HUP INT TERM
  if [ -n "$waiting" ]; then end_groups 1 "$waiting"; fi
  exit "$1"
}

waiting=''
if [ "$action" = start ]; then
  trap 'end_waiting 129' HUP
  trap 'end_waiting 130' INT
  trap 'end_waiting 143' TERM
  if member_is_running "$n"; then fail "member-$n is running already."; fi
  start_member "$n"
else
  member_is_running "$n" || fail "member-$n is not running."
  "${HAZELCAST_RUNTIME}_${action}_member" "$n"
  case $action in (kill | stop) await_member_gone "$n" ;; esac
  say "member-$n: $action"
fi
