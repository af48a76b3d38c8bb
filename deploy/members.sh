# shellcheck shell=bash
# The members, by whichever runtime was chosen: docker and jvm have functions of the same names. Sourced by the
# launch scripts and hazelcast/member.sh.

. deploy/members-docker.sh
. deploy/members-jvm.sh

# For how long a member that has to join another one tries; then it ends.
JOIN_SECONDS=60

# Starts the members; await_members waits until they have joined.
start_members() {
  local n
  if [ "$HAZELCAST_RUNTIME" = external ]; then return; fi
  say 'Starting the members ...'
  "${HAZELCAST_RUNTIME}_before_members"
  for n in $NUMBERS; do "${HAZELCAST_RUNTIME}_begin_member" "$n"; done
}

member_is_running() { "${HAZELCAST_RUNTIME}_member_is_running" "$1"; } # N

all_members_are_running() {
  local n
  for n in $NUMBERS; do member_is_running "$n" || return; done
}

# Waits until all members have joined and hold every copy.
await_members() {
  local n targets=() log_job=''
  if [ "$HAZELCAST_RUNTIME" = external ]; then return; fi
  if [ "$HAZELCAST_RUNTIME" = docker ]; then
    in_group follow_docker_logs
    log_job=$!
  fi
  "${HAZELCAST_RUNTIME}_await_begun" || members_failed
  for n in $NUMBERS; do targets+=("member-$n" "$(member_health_url "$n")/hazelcast/health/ready"); done
  targets+=('the cluster' "$(member_health_url 1)/hazelcast/health#$LOGGERS")
  in_group node deploy/wait-for.mjs 120 "${targets[@]}"
  await "$!" 'the members to join' all_members_are_running || members_failed
  if [ -n "$log_job" ]; then end_groups 1 "$log_job"; fi
}

# Brings back one member that is gone, and waits until it has joined and has its copies.
start_member() { # N
  local member=$1 join began=$SECONDS
  join=$(member_to_join "$1")
  "${HAZELCAST_RUNTIME}_begin_member" "$1" "$join"
  "${HAZELCAST_RUNTIME}_await_begun" || fail "member-$1 did not start; the reason is above."
  say "member-$1 starts ..."
  # In this order: before it has joined, it is a safe cluster of one.
  if ! await_health /ready; then
    if [ -n "$join" ] && ! member_is_running "$join"; then
      join_another
      return
    fi
    if [ -z "$join" ] || [ $((SECONDS - began)) -lt "$JOIN_SECONDS" ]; then members_failed "$1"; fi
    fail "member-$1 could not join member-$join within $JOIN_SECONDS s. If member-$join is frozen, resume or kill it; then start member-$1 again."
  fi
  join=''
  await_health '#safe' || members_failed "$1"
  say "member-$1 is back on $(member_address "$1")."
}

await_health() { # PATH
  in_group node deploy/wait-for.mjs 90 "member-$member" "$(member_health_url "$member")/hazelcast/health$1"
  waiting=$! # for hazelcast/member.sh
  await "$waiting" "member-$member to join" may_still_join
}

may_still_join() { member_is_running "$member" && { [ -z "$join" ] || member_is_running "$join"; }; }

# One that waits for a member that is gone tries thousands of times a second, and logs each.
join_another() {
  say "member-$join, which member-$member was to join, has ended; starting member-$member again."
  if member_is_running "$member"; then "${HAZELCAST_RUNTIME}_kill_member" "$member"; fi
  await_member_gone "$member"
  start_member "$member"
}

# Which member one that starts has to join; nothing if none has begun. An empty one must not found a cluster beside a frozen
# one, which may have all the messages.
member_to_join() { # N
  local n living=()
  for n in $NUMBERS; do
    if [ "$n" != "$1" ] && member_is_running "$n"; then living+=("$n" "$(member_health_url "$n")"); fi
  done
  if [ "${#living[@]}" -gt 0 ]; then node deploy/member-to-join.mjs "${living[@]}"; fi
}

await_member_gone() { # N
  local tries=100
  while [ "$tries" -gt 0 ] && member_is_running "$1"; do
    tries=$((tries - 1))
    sleep 0.1
  done
}

members_failed() { # [N]
  local n
  for n in ${1:-$NUMBERS}; do
    if member_is_running "$n" || [ ! -f "$RUN_DIR/member-$n.log" ]; then continue; fi
    printf 'member-%s does not run. The end of its log:\n' "$n" >&2
    tail -n 15 "$RUN_DIR/member-$n.log" | sed 's/^/  /' >&2
  done
  fail 'The start of the members failed.'
}

# Ends every member of this run folder, whoever started it.
end_members() {
  case $HAZELCAST_RUNTIME in (docker | jvm) "${HAZELCAST_RUNTIME}_end_members" ;; esac
}

# What a member takes from hazelcast.yaml's placeholders, and which other one it has to join, if any.
member_properties() { # N JOIN CLIENT_PORT MEMBER_PORT HEALTH_PORT LOOPBACK MEMBERS
  local join
  printf -- '-Dtrilog.name=member-%s ' "$1"
  printf -- '-Dtrilog.client-port=%s -Dtrilog.member-port=%s -Dtrilog.health-port=%s -Dtrilog.loopback=%s ' "${@:3:4}"
  printf -- '-Dtrilog.process=%s-%s%s ' "$(date +%s)" "$RANDOM" "$RANDOM"
  printf -- '-Dtrilog.members=%s' "$7"
  if [ -n "$2" ]; then
    join=$(printf '%s' "$7" | cut -d , -f "$2")
    printf -- ' -Dhz.advanced-network.join.tcp-ip.required-member=%s' "$join"
    printf -- ' -Dhazelcast.max.join.seconds=%s' "$JOIN_SECONDS"
  fi
}
