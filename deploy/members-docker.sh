# shellcheck shell=bash
# Members, and Management Center, as Docker containers. What belongs to a launch carries its run folder as a label.
# Sourced by deploy/members.sh.

docker_label() { printf 'trilog.run=%s' "$RUN_DIR"; }

docker_name() { printf '%s%s' "$MEMBER_PREFIX" "$1"; } # N

# Where the other members reach it.
docker_address() { printf '%s:5711' "$(docker_name "$1")"; } # N

# Prints the ids of this launch's containers.
docker_containers() { # [docker ps OPTION...]
  bounded 5 docker ps --quiet --filter "label=$(docker_label)" "$@"
}

docker_member_is_running() { # N
  [ -n "$(docker_containers --filter "name=^$MEMBER_PREFIX$1\$")" ]
}

# Ends the start with one line for each container name that is taken.
check_container_names() {
  local name taken=no
  if [ "$HAZELCAST_RUNTIME" != docker ]; then return; fi
  for name in $(for_each docker_name | tr , ' ') management-center; do
    if [ "$name" = management-center ] && [ "$MANAGEMENT_CENTER" != 1 ]; then continue; fi
    docker container inspect "$name" >/dev/null 2>&1 || continue
    taken=yes
    printf 'There is a container %s already. Remove it (docker rm -f %s)%s.\n' "$name" "$name" \
      "$([ "$name" = management-center ] || printf ', or set MEMBER_PREFIX')" >&2
  done
  [ "$taken" = no ] || exit 1
}

docker_starts=()

# The members' configuration is copied into their containers, not mounted: an engine may not see this folder, or not be allowed
# to (snap, SELinux), and the file may be readable by its owner only, as the copy here is not.
docker_before_members() {
  cp hazelcast/hazelcast.yaml "$RUN_DIR/trilog.yaml"
  chmod 644 "$RUN_DIR/trilog.yaml"
  if docker network inspect "$NETWORK" >/dev/null 2>&1; then return; fi
  docker network create --label "$(docker_label)" "$NETWORK" >/dev/null || fail "Docker could not make the network $NETWORK."
}

docker_begin_member() { # N [JOIN]
  in_group docker_run_member "$1" "${2-}"
  docker_starts+=("$!")
}

docker_await_begun() {
  local job status=0
  for job in "${docker_starts[@]}"; do await "$job" 'docker start' || status=1; done
  docker_starts=()
  return "$status"
}

# The image's own health check compares all copies with the other members, which disturbs them while one is silent.
# Docker's own network, bridge, is for the published ports: a member that is cut off from the others (docker network
# disconnect) still takes its logger's connections, and cannot be taken for one that has ended. The members know each
# other by name, and that network has no names. Ports are published through the network whose name sorts first.
docker_run_member() { # N JOIN
  local folder=/opt/hazelcast name
  name=$(docker_name "$1")
  docker create --rm --name "$name" --label "$(docker_label)" --label "trilog.member=$1" --network "$NETWORK" \
    --publish "127.0.0.1:$(member_client_port "$1"):5701" --publish "127.0.0.1:$(member_health_port "$1"):5721" \
    --env "HAZELCAST_CONFIG=$folder/trilog.yaml" --env "HZ_CLUSTERNAME=$HZ_CLUSTERNAME" \
    --env "JAVA_OPTS=-Xmx$MEMBER_HEAP -XX:+UseSerialGC -XX:TieredStopAtLevel=1 $(member_properties "$1" "$2" 5701 5711 5721 false "$(for_each docker_address)")" \
    --health-cmd 'curl --fail --silent --max-time 2 http://127.0.0.1:5721/hazelcast/health/ready' \
    --health-interval 3s --health-timeout 3s --health-retries 5 \
    --log-driver json-file --log-opt max-size=10m --log-opt max-file=2 \
    "$(hazelcast_image)" >/dev/null || return
  if ! { tar -C "$RUN_DIR" -cf - trilog.yaml | docker cp - "$name:$folder" >/dev/null &&
    docker network connect bridge "$name" && docker start "$name" >/dev/null; }; then
    docker rm --force "$name" >/dev/null 2>&1
    return 1
  fi
}

# A container that ends takes its log with it, so it is copied until the members have joined.
follow_docker_logs() {
  local n
  for n in $NUMBERS; do follow_docker_log "$n" & done
  wait
}

follow_docker_log() { # N
  local tries=100
  # It may be created only in a moment.
  until docker logs --follow "$MEMBER_PREFIX$1" >"$RUN_DIR/member-$1.log" 2>&1 || [ "$tries" -eq 0 ]; do
    tries=$((tries - 1))
    sleep 0.1
  done
}

docker_kill_member() { docker kill "$MEMBER_PREFIX$1" >/dev/null; } # N
docker_stop_member() { docker stop "$MEMBER_PREFIX$1" >/dev/null; } # N
docker_freeze_member() { docker pause "$MEMBER_PREFIX$1" >/dev/null; } # N
docker_resume_member() { docker unpause "$MEMBER_PREFIX$1" >/dev/null; } # N

# Starts Management Center in the background, if it is wanted; pulling its image may take long or fail.
begin_management_center() {
  if [ "$MANAGEMENT_CENTER" = 1 ]; then in_group run_management_center; fi
}

run_management_center() {
  local p=$MEMBER_PREFIX
  if ! docker image inspect "$MANAGEMENT_CENTER_IMAGE" >/dev/null 2>&1 &&
    ! docker pull --quiet "$MANAGEMENT_CENTER_IMAGE" >/dev/null 2>&1; then
    say "Docker could not pull $MANAGEMENT_CENTER_IMAGE; going on without Management Center."
    return
  fi
  docker run --rm --detach --name management-center --label "$(docker_label)" --network "$NETWORK" \
    --publish "127.0.0.1:$MANAGEMENT_CENTER_PORT:8080" \
    --env "MC_DEFAULT_CLUSTER=$HZ_CLUSTERNAME" --env "MC_DEFAULT_CLUSTER_MEMBERS=$(for_each docker_name)" \
    --env 'MC_INIT_CMD=./bin/hz-mc conf dev-mode configure --force' \
    "$MANAGEMENT_CENTER_IMAGE" >/dev/null &&
    say "Management Center: http://127.0.0.1:$MANAGEMENT_CENTER_PORT"
}

# Waits for every docker create or run under way: it could bring up its container after all others were removed.
await_docker_runs() {
  local tries=40
  while [ "$tries" -gt 0 ] && [ -n "$(processes_with "--label $(docker_label) ")" ]; do
    tries=$((tries - 1))
    sleep 0.1
  done
}

# Removes this launch's containers, and its network if it made one.
docker_end_members() {
  local ids
  for _ in 1 2 3; do
    ids=$(docker_containers --all)
    [ -n "$ids" ] || break
    # shellcheck disable=SC2086  # a list of ids
    bounded 8 docker rm --force --volumes $ids >/dev/null 2>&1 || true
  done
  # More than once: the network cannot be removed while a container that has just ended is still being taken from it.
  for _ in 1 2 3; do
    ids=$(bounded 5 docker network ls --quiet --filter "label=$(docker_label)")
    [ -n "$ids" ] || return 0
    # shellcheck disable=SC2086  # a list of ids
    if bounded 5 docker network rm $ids >/dev/null 2>&1; then return 0; fi
    sleep 0.3
  done
  printf 'Docker could not remove the network %s; this does: docker network rm %s\n' "$NETWORK" "$NETWORK" >&2
}
