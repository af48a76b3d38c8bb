# shellcheck shell=bash
# shellcheck disable=SC2034  # the settings are used by the other files
# The settings of a launch: environment variables, read and checked once. Sourced by the launch scripts.

# What a running launch hands to launch-logger.sh and hazelcast/member.sh.
SHARED_SETTINGS="HAZELCAST_RUNTIME HAZELCAST_ADDRESSES HZ_CLUSTERNAME MEMBER_BASE_PORT MEMBER_HEAP MEMBER_PREFIX NETWORK
  LOGGER_BASE_PORT MAX_STORED_BYTES DURABLE DATA_DIR"
MANAGEMENT_CENTER_IMAGE=hazelcast/management-center:5.11

read_settings() {
  : "${FACADE_PORT:=8000}" "${MESSAGES_PORT:=5000}" "${LOGGER_BASE_PORT:=7000}" "${MEMBER_BASE_PORT:=5700}"
  : "${HAZELCAST_RUNTIME:=}" "${HAZELCAST_ADDRESSES:=}" "${HZ_CLUSTERNAME:=message-database}" "${MEMBER_HEAP:=512m}"
  : "${MEMBER_PREFIX:=member-}" "${NETWORK:=hazelcast-network}"
  : "${MANAGEMENT_CENTER:=0}" "${MANAGEMENT_CENTER_PORT:=8080}"
  : "${DURABLE:=0}" "${DATA_DIR:=data}" "${DATA_WITHOUT:=}"
  : "${MAX_STORED_BYTES:=}" "${RUN_DIR:=.trilog}" "${LAB:=0}" "${OTEL_EXPORTER_OTLP_ENDPOINT:=}"
  case $RUN_DIR in (/*) ;; (*) RUN_DIR=$PWD/$RUN_DIR ;; esac
  case $DATA_DIR in (/*) ;; (*) DATA_DIR=$PWD/$DATA_DIR ;; esac
  if [ -z "${LOG_FORMAT:-}" ]; then
    if [ -t 1 ]; then LOG_FORMAT=pretty; else LOG_FORMAT=json; fi
  fi
  export LOG_FORMAT HZ_CLUSTERNAME
  check_settings
  # The heap of members that are not ours is unknown.
  if [ -z "$MAX_STORED_BYTES" ] && [ "$HAZELCAST_RUNTIME" != external ]; then MAX_STORED_BYTES=$(room_for_messages); fi
}

# How much the messages may take of a member: two fifths of the heap beyond 32 MB (docs/decisions/storing.md).
room_for_messages() { printf '%s' $((($(heap_bytes) - 32 * 1048576) * 2 / 5)); }

heap_bytes() {
  local unit
  case $MEMBER_HEAP in
    (*[kK]) unit=1024 ;;
    (*[mM]) unit=1048576 ;;
    (*) unit=1073741824 ;;
  esac
  printf '%s' $((${MEMBER_HEAP%?} * unit))
}

check_settings() {
  local host_port='[A-Za-z0-9._-]+:[1-9][0-9]{0,4}'
  setting_problems=0
  must_be_port FACADE_PORT 65535
  must_be_port MESSAGES_PORT 65535
  must_be_port LOGGER_BASE_PORT 65532 # the loggers and members are on the three ports after their base
  must_be_port MEMBER_BASE_PORT 65512 # and on those 10 and 20 further on
  must_be_port MANAGEMENT_CENTER_PORT 65535
  must_match HAZELCAST_RUNTIME '^(docker|jvm|external)?$' 'docker, jvm or external'
  must_match HZ_CLUSTERNAME '^[A-Za-z0-9._-]+$' 'letters, digits, ".", "_" and "-"'
  must_be_heap MEMBER_HEAP
  must_match MAX_STORED_BYTES '^[0-9]{0,15}$' 'a number of bytes (0: no limit)'
  must_match MEMBER_PREFIX '^[A-Za-z0-9][A-Za-z0-9_.-]*$' 'the beginning of a container name'
  # Docker's own network, bridge, has to sort before it: deploy/members-docker.sh says why.
  must_match NETWORK '^[c-z][A-Za-z0-9_.-]*$' 'a name for a Docker network, with c to z as its first letter'
  must_match MANAGEMENT_CENTER '^[01]$' '1 (start it) or 0'
  must_match DURABLE '^[01]$' '1 (messages are kept on disk) or 0'
  must_match DATA_DIR '^[^[:space:]]+$' 'the path of a folder, without spaces'
  must_match DATA_WITHOUT '^(logger-[123](,logger-[123])*)?$' 'the loggers whose messages are lost, with commas'
  must_match LAB '^[01]$' '1 (parts can be killed from the page) or 0'
  must_match OTEL_EXPORTER_OTLP_ENDPOINT '^(https?://[^?#[:space:]]+)?$' 'an http:// or https:// URL without a query'
  must_match LOG_FORMAT '^(pretty|json)$' 'pretty or json'
  if [ "$HAZELCAST_RUNTIME" = external ]; then
    must_match HAZELCAST_ADDRESSES "^$host_port,$host_port,$host_port\$" \
      'the addresses of three members, host:port,host:port,host:port, for HAZELCAST_RUNTIME=external'
  fi
  [ "$setting_problems" -eq 0 ] || exit 2
}

must_be_port() { # NAME MAX
  if [[ ${!1} =~ ^[1-9][0-9]{0,4}$ ]] && [ "${!1}" -le "$2" ]; then return; fi
  setting_problem "$1" "a port from 1 to $2"
}

# A member takes 20 MB before it holds anything.
must_be_heap() { # NAME
  if [[ ${!1} =~ ^[1-9][0-9]{0,7}[kKmMgG]$ ]] && [ "$(heap_bytes)" -ge $((64 * 1048576)) ]; then return; fi
  setting_problem "$1" 'a size as Java takes it, at least 64m, for example 512m'
}

must_match() { # NAME PATTERN MEANING
  local pattern=$2
  [[ ${!1} =~ $pattern ]] || setting_problem "$1" "$3"
}

setting_problem() { # NAME MEANING
  printf '%s must be %s, but is "%s".\n' "$1" "$2" "${!1}" >&2
  setting_problems=$((setting_problems + 1))
}

save_settings() {
  local name
  for name in $SHARED_SETTINGS; do printf '%s=%q\n' "$name" "${!name}"; done >"$RUN_DIR/settings"
}

# The address by which logger N reaches its member.
member_address() { # N
  local addresses=$HAZELCAST_ADDRESSES
  if [ "$HAZELCAST_RUNTIME" = external ]; then
    printf '%s' "$addresses" | cut -d , -f "$1"
  else
    printf '127.0.0.1:%s' "$(member_client_port "$1")"
  fi
}

# Every configured member, as each logger reaches it: NAME=HOST:PORT, with commas. Those of members that are not ours have
# no names: HOST:PORT.
all_members() {
  if [ "$HAZELCAST_RUNTIME" = external ]; then
    printf '%s' "$HAZELCAST_ADDRESSES"
  else
    printf 'member-1=%s,member-2=%s,member-3=%s' "$(member_address 1)" "$(member_address 2)" "$(member_address 3)"
  fi
}

# A member's three ports: for clients, for the other members (of plain processes; containers have addresses of their
# own), for questions about its health.
member_client_port() { printf '%s' $((MEMBER_BASE_PORT + $1)); }
member_member_port() { printf '%s' $((MEMBER_BASE_PORT + 10 + $1)); }
member_health_port() { printf '%s' $((MEMBER_BASE_PORT + 20 + $1)); }

# Where member N tells of its health; nothing for members that are not ours.
member_health_url() { # N
  if [ "$HAZELCAST_RUNTIME" = external ]; then return; fi
  printf 'http://127.0.0.1:%s' "$(member_health_port "$1")"
}
