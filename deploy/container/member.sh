#!/usr/bin/env bash
# Becomes member N of deploy/compose.yaml: the first process of its container. It needs what the image of Hazelcast has: bash and
# curl. PIPES is a folder that all members share, and the loggers read.
set -eu
cd "$(dirname "$0")/../.."
. deploy/members.sh

n=$1

pipe_of() { printf '%s/member-%s' "$PIPES" "$1"; } # N
host_of() { printf '%s%s' "$MEMBER_PREFIX" "$1"; } # N

# A named pipe that this process, and the member that it becomes, holds open as long as it lives: killed, it lets go; paused, or
# cut off from every network, it does not. So loggers know the dead (services/logger/quorum/liveness.ts).
hold_pipe() {
  local pipe
  pipe=$(pipe_of "$n")
  [ -p "$pipe" ] || mkfifo -m 644 "$pipe"
  exec 9<>"$pipe"
}

# Reading waits where nobody holds it.
# shellcheck disable=SC2016 # the inner bash expands it
may_live() { [ -p "$(pipe_of "$1")" ] && timeout 1 bash -c ': <"$1"' bash "$(pipe_of "$1")"; } # N

# How large the cluster of another member is; 0: it is only starting, silent: it is paused or cut off.
cluster_size() { # N
  local url status=0
  url="http://$(host_of "$1"):5721/hazelcast/health"
  # One that is only starting says that it is a cluster of one, but not that it is ready.
  curl --fail --silent --max-time 2 --output /dev/null "$url/ready" || status=$?
  case $status in
    (0) curl --fail --silent --max-time 2 "$url/cluster-size" || echo silent ;;
    (7 | 22) echo 0 ;; # refused, or not ready
    (*) echo silent ;;
  esac
}

# Which member this one has to join, as deploy/member-to-join.mjs says; nothing if none has begun.
member_to_join() {
  local other size largest=0 join=''
  for other in 1 2 3; do
    if [ "$other" = "$n" ] || ! may_live "$other"; then continue; fi
    size=$(cluster_size "$other")
    if [ "$size" = silent ]; then
      join=${join:-$other}
    elif [ "$size" -gt "$largest" ]; then
      largest=$size join=$other
    fi
  done
  printf '%s' "$join"
}

hold_pipe
join=$(member_to_join)
[ -z "$join" ] || printf 'member-%s joins member-%s\n' "$n" "$join" >&2
properties=$(member_properties "$n" "$join" 5701 5711 5721 false \
  "$(host_of 1):5711,$(host_of 2):5711,$(host_of 3):5711")
# By name: one that was cut off may get another address when it is back.
properties="$properties -Dhz.advanced-network.member-server-socket-endpoint-config.public-address=$(host_of "$n"):5711"
# What goes to the standard output is hz's own banner; the member's lines and Java's go to the other one.
export JAVA_OPTS="-Xmx$MEMBER_HEAP -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:+DisplayVMOutputToStderr $properties"
export HAZELCAST_CONFIG=$PWD/hazelcast/hazelcast.yaml LOGGING_CONFIG=$PWD/deploy/container/log4j2.properties
exec hz start >/dev/null
