# shellcheck shell=bash
# The services, as processes. Each command ends as plain node with its own name as last argument, by which ps shows
# which is which. Sourced by the launch scripts.

services_group=''

service_command() { # SERVICE
  local n=${1#logger-} host=127.0.0.1
  if [ "$1" = facade ]; then host=$TRILOG_HOST; fi
  printf 'exec env TRILOG_HOST=%q ' "$host"
  # OpenTelemetry is loaded before main, and only where its spans are wanted.
  if [ -n "$OTEL_EXPORTER_OTLP_ENDPOINT" ]; then
    # shellcheck disable=SC2016  # as below
    printf 'NODE_OPTIONS="${NODE_OPTIONS:-} --import=./dist/services/shared/observing/opentelemetry.js" '
  fi
  case $1 in
    (facade)
      printf 'PORT=%s LOGGER_URLS=%q MESSAGES_URL=http://127.0.0.1:%s HAZELCAST_MEMBERS=%s ' \
        "$FACADE_PORT" "${LOGGER_URLS:-$(for_each logger_url)}" "$MESSAGES_PORT" "$(all_members)"
      printf 'node dist/services/facade/main.js facade'
      ;;
    (messages)
      printf 'PORT=%s node dist/services/messages/main.js messages' "$MESSAGES_PORT"
      ;;
    (logger-*)
      printf 'PORT=%s HAZELCAST_URL=%s HAZELCAST_HEALTH_URL=%s HAZELCAST_MEMBERS=%s MAX_STORED_BYTES=%s SERVICE_NAME=%s ' \
        "$(logger_port "$n")" "$(member_address "$n")" "$(member_health_url "$n")" "$(all_members)" "$MAX_STORED_BYTES" "$1"
      # The shell that runs it fills it in: %q may give what only bash reads.
      # shellcheck disable=SC2016
      if [ "$DURABLE" = 1 ]; then printf 'DATA_FOLDER="$DATA_DIR/%s" ' "$1"; else printf 'DATA_FOLDER= '; fi
      printf 'node dist/services/logger/main.js %s' "$1"
      ;;
  esac
}

service_url() { # SERVICE
  case $1 in
    (facade) printf 'http://%s:%s' "$(facade_host)" "$FACADE_PORT" ;;
    (messages) printf 'http://127.0.0.1:%s' "$MESSAGES_PORT" ;;
    (logger-*) logger_url "${1#logger-}" ;;
  esac
}

logger_port() { printf '%s' $((LOGGER_BASE_PORT + $1)); } # N
logger_url() { printf 'http://127.0.0.1:%s' "$(logger_port "$1")"; } # N

# Where the facade is reached from this machine.
facade_host() {
  case $TRILOG_HOST in
    (0.0.0.0 | ::) printf '127.0.0.1' ;;
    (*:*) printf '[%s]' "$TRILOG_HOST" ;;
    (*) printf '%s' "$TRILOG_HOST" ;;
  esac
}

# Starts services, each line they print with their name before it. One that ends does not end the others.
start_services() { # SERVICE...
  local service names='' commands=()
  services=("$@")
  for service in "$@"; do
    names=$names,$service
    commands+=("$(service_command "$service")")
  done
  say 'Starting the services ...'
  in_group node node_modules/concurrently/dist/bin/concurrently.js --names "${names#,}" --pad-prefix \
    --prefix-colors cyan,magenta,yellow,green,blue "${commands[@]}"
  services_group=$!
  echo "$services_group" >"$RUN_DIR/services.pid"
}

# Waits until the services answer. A facade whose loggers are started by hand later cannot be ready yet.
await_services() {
  local service check=health/ready targets=()
  case " ${services[*]} " in (*' logger-'*) ;; (*) check=health/live ;; esac
  for service in "${services[@]}"; do
    case $service in
      (messages) targets+=("$service" "$(service_url "$service")/health/live") ;;
      (*) targets+=("$service" "$(service_url "$service")/$check") ;;
    esac
  done
  # Longer where messages have to be brought back from disk first, which says how far it is.
  in_group node deploy/wait-for.mjs "$([ "$DURABLE" = 1 ] && echo 600 || echo 60)" "${targets[@]}"
  await "$!" 'the services to be ready' no_service_has_ended || fail 'The services did not start; the reason is above.'
}

# Fails once a service that had begun is gone.
no_service_has_ended() {
  local running
  running=$(ps -A -ww -o pgid= -o command= | GROUP=$services_group awk \
    '$1 == ENVIRON["GROUP"] && $2 ~ /node$/ && $3 ~ /^dist\/services\// { count++ } END { print count + 0 }')
  if [ "$running" -lt "${#services[@]}" ] && [ "${all_services_seen:-no}" = yes ]; then return 1; fi
  if [ "$running" -eq "${#services[@]}" ]; then all_services_seen=yes; fi
}

# Ends the services of this launch, or those of a launch that was killed.
end_services() { # GROUP
  if ! is_service_group "$1"; then return; fi
  # concurrently hands SIGTERM on; a second one could come when a service is through with its own clean-up and no
  # longer heeds it.
  kill -TERM "$1" 2>/dev/null && groups_end_within 1 "$1" && return
  end_groups 5 "$1" # a service may take 5 s for its last answers
}

# Ends the loggers that were started beside this launch and belong to it (tour.sh).
end_further_loggers() {
  local file
  for file in "$RUN_DIR"/logger-*.pid; do
    if [ -f "$file" ]; then end_services "$(cat "$file")"; fi
  done
}

# Whether a process group is that of services; when all have ended, its number may be used again.
is_service_group() { # GROUP
  ps -A -ww -o pgid= -o command= | GROUP=$1 awk \
    '$1 == ENVIRON["GROUP"] && /dist\/services\// { found = 1 } END { exit !found }'
}
