# shellcheck shell=bash
# The three members, by whichever runtime was chosen: docker and jvm have functions of the same names. Sourced by the
# launch scripts and hazelcast/member.sh.

. deploy/members-docker.sh
. deploy/members-jvm.sh

# Starts the three members; await_members waits until they have joined.
start_members() {
  local n
  if [ "$HAZELCAST_RUNTIME" = external ]; then return; fi
  say 'Starting the members ...'
  "${HAZELCAST_RUNTIME}_before_members"
  for n in 1 2 3; do start_member "$n"; done
}

start_member() { "${HAZELCAST_RUNTIME}_start_member" "$1"; } # N

member_is_running() { "${HAZELCAST_RUNTIME}_member_is_running" "$1"; } # N

all_members_are_running() { member_is_running 1 && member_is_running 2 && member_is_running 3; }

# Waits until three members have joined and hold every copy.
await_members() {
  local n addresses=() log_jobs=()
  if [ "$HAZELCAST_RUNTIME" = external ]; then return; fi
  "${HAZELCAST_RUNTIME}_await_start" || members_failed
  for n in 1 2 3; do addresses+=("member-$n" "http://$(member_address "$n")/hazelcast/health#3"); done
  if [ "$HAZELCAST_RUNTIME" = docker ]; then follow_docker_logs; fi
  in_group node deploy/wait-for.mjs 120 "${addresses[@]}"
  await "$!" 'the three members to join' all_members_are_running || members_failed
  if [ "$HAZELCAST_RUNTIME" = docker ]; then end_groups 0 "${log_jobs[@]}"; fi
}

members_failed() {
  local n
  for n in 1 2 3; do
    if member_is_running "$n"; then continue; fi
    printf 'member-%s does not run. The end of its log:\n' "$n" >&2
    tail -n 15 "$RUN_DIR/member-$n.log" | sed 's/^/  /' >&2
  done
  fail 'The members did not start.'
}

# Ends every member of this run folder, whoever started it, by either runtime.
end_members() {
  jvm_end_members
  if docker_answers; then docker_end_members; fi
}

# What the members take from hazelcast.yaml's placeholders.
member_properties() { # PORT LOOPBACK MEMBER1 MEMBER2 MEMBER3
  printf -- '-Dtrilog.port=%s -Dtrilog.loopback=%s -Dtrilog.member1=%s -Dtrilog.member2=%s -Dtrilog.member3=%s' "$@"
}
