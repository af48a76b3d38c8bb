# shellcheck shell=bash
# shellcheck disable=SC2034  # the settings are used by the other files
# The settings of a launch: environment variables, read and checked once. Sourced by the launch scripts.

# What a running launch hands to launch-logger.sh and hazelcast/member.sh.
SHARED_SETTINGS="HAZELCAST_RUNTIME HAZELCAST_ADDRESSES HZ_CLUSTERNAME MEMBER_BASE_PORT MEMBER_HEAP MEMBER_PREFIX NETWORK LOGGERS
  LOGGER_BASE_PORT MAX_STORED_BYTES MAX_MESSAGE_BYTES CALL_TIMEOUT_MS TRILOG_HOST FACADE_PORT MESSAGES_PORT OTEL_EXPORTER_OTLP_ENDPOINT
  DURABLE DATA_DIR"
SETTINGS_CHECK=dist/deploy/check-settings.js
MANAGEMENT_CENTER_IMAGE=hazelcast/management-center:5.11

read_settings() {
  : "${LOGGERS:=3}" "${TRILOG_HOST:=127.0.0.1}" "${FACADE_PORT:=8000}" "${MESSAGES_PORT:=5000}" "${LOGGER_BASE_PORT:=7000}" "${MEMBER_BASE_PORT:=5700}"
  : "${HAZELCAST_RUNTIME:=}" "${HAZELCAST_ADDRESSES:=}" "${HZ_CLUSTERNAME:=message-database}" "${MEMBER_HEAP:=512m}"
  : "${MEMBER_PREFIX:=member-}" "${NETWORK:=hazelcast-network}"
  : "${MANAGEMENT_CENTER:=0}" "${MANAGEMENT_CENTER_PORT:=8080}"
  : "${DURABLE:=0}" "${DATA_DIR:=data}" "${DATA_WITHOUT:=}"
  : "${MAX_STORED_BYTES:=}" "${MAX_MESSAGE_BYTES:=}" "${CALL_TIMEOUT_MS:=}" "${RUN_DIR:=.trilog}" "${LAB:=0}" "${OTEL_EXPORTER_OTLP_ENDPOINT:=}"
  case $RUN_DIR in (/*) ;; (*) RUN_DIR=$PWD/$RUN_DIR ;; esac
  case $DATA_DIR in (/*) ;; (*) DATA_DIR=$PWD/$DATA_DIR ;; esac
  if [ -z "${LOG_FORMAT:-}" ]; then
    if [ -t 1 ]; then LOG_FORMAT=pretty; else LOG_FORMAT=json; fi
  fi
  export LOG_FORMAT HZ_CLUSTERNAME DATA_DIR
  check_settings
  NUMBERS=$(eval "echo {1..$LOGGERS}")
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
  setting_problems=0
  must_be_port FACADE_PORT 65535
  must_be_port MESSAGES_PORT 65535
  must_match LOGGERS '^[3-7]$' 'a number from 3 to 7'
  must_be_port LOGGER_BASE_PORT 65528 # the loggers and members are on the ports after their base
  must_be_port MEMBER_BASE_PORT 65508 # and on those 10 and 20 further on
  must_be_port MANAGEMENT_CENTER_PORT 65535
  must_match HAZELCAST_RUNTIME '^(docker|jvm|external)?$' 'docker, jvm or external'
  must_match HZ_CLUSTERNAME '^[A-Za-z0-9._-]+$' 'letters, digits, ".", "_" and "-"'
  must_be_heap MEMBER_HEAP
  must_match MEMBER_PREFIX '^[A-Za-z0-9][A-Za-z0-9_.-]*$' 'the beginning of a container name'
  # Docker's own network, bridge, has to sort before it: deploy/members-docker.sh says why.
  must_match NETWORK '^[c-z][A-Za-z0-9_.-]*$' 'a name for a Docker network, with c to z as its first letter'
  must_match MANAGEMENT_CENTER '^[01]$' '1 (start it) or 0'
  must_match DURABLE '^[01]$' '1 (messages are kept on disk) or 0'
  must_match DATA_WITHOUT '^(logger-[1-7](,logger-[1-7])*)?$' 'the loggers whose messages are lost, with commas'
  must_match OTEL_EXPORTER_OTLP_ENDPOINT '^(https?://[^?#[:space:]]+)?$' 'an http:// or https:// URL without a query'
  if [ "$HAZELCAST_RUNTIME" = external ]; then
    must_match HAZELCAST_ADDRESSES "^[^,]+(,[^,]+){$((LOGGERS - 1))}\$" \
      "the addresses of $LOGGERS members, name=host:port,name=host:port,..., for HAZELCAST_RUNTIME=external"
  fi
  [ "$setting_problems" -eq 0 ] && return
  # What the services would refuse as well, where they have been built: so all that is wrong is said at once.
  if [ -e "$SETTINGS_CHECK" ]; then check_service_settings || true; fi
  exit 2
}

# Settings that the services read are checked by their own code, which has to be built for that.
check_service_settings() { node "$SETTINGS_CHECK"; }

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
  local address
  if [ "$HAZELCAST_RUNTIME" = external ]; then
    address=$(printf '%s' "$HAZELCAST_ADDRESSES" | cut -d , -f "$1")
    printf '%s' "${address#*=}"
  else
    printf '127.0.0.1:%s' "$(member_client_port "$1")"
  fi
}

# Every configured member, as each logger reaches it: NAME=HOST:PORT, with commas. Those of members that are not ours may have
# no names: HOST:PORT.
all_members() {
  if [ "$HAZELCAST_RUNTIME" = external ]; then
    printf '%s' "$HAZELCAST_ADDRESSES"
  else
    for_each named_member
  fi
}

named_member() { printf 'member-%s=%s' "$1" "$(member_address "$1")"; } # N

# Prints what a function prints for each number, with commas.
for_each() { # FUNCTION
  local n list=''
  for n in $NUMBERS; do list=$list,$("$1" "$n"); done
  printf '%s' "${list#,}"
}

# Whether a text is the number of a logger and its member.
is_number() { case " $NUMBERS " in (*" $1 "*) ;; (*) return 1 ;; esac; } # TEXT

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
