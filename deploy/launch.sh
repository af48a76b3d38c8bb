# shellcheck shell=bash
# What the launch scripts share: the order of a launch, its end, and what it prints. Sourced by them.

. deploy/jobs.sh
. deploy/locks.sh
. deploy/settings.sh
. deploy/tools.sh
. deploy/packages.sh
. deploy/run-folder.sh
. deploy/members.sh
. deploy/services.sh

starting=no

# Runs members and the named services until a signal comes, or all services have ended. The last one may be "loggers": all.
run_trilog() { # SERVICE...
  set_traps
  read_settings
  # Some shells and tools set it, to the machine's name; an address is meant.
  case ${HOST-} in (0.0.0.0 | ::) say "HOST is not read. TRILOG_HOST=$HOST has the facade listen there." ;; esac
  check_tools
  # shellcheck disable=SC2086  # a list
  case $* in (*loggers) set -- "${@:1:$# - 1}" $(printf 'logger-%s ' $NUMBERS) ;; esac
  take_run_folder
  choose_runtime
  check_ports "$@"
  check_container_names
  save_settings

  begin_packages
  get_hazelcast
  await_packages
  check_service_settings || exit 2
  prepare_data
  starting=yes
  start_members
  begin_management_center
  await_members

  start_services "$@"
  await_services
  say_ready
  wait "$services_group" 2>/dev/null || true
  fail 'All services have ended.'
}

# Becomes logger N, in the foreground, with the settings of the launch that runs here, if one does.
run_logger() { # N
  set_traps
  read_settings
  load_running_settings
  if [ $# != 1 ] || ! is_number "$1"; then
    printf 'Usage: bash launch-logger.sh N    (N: 1 to %s)\n' "$LOGGERS" >&2
    exit 2
  fi
  launch_is_running || say "No launch runs here: logger-$1 has the settings of this terminal."
  check_tools
  node deploy/free-ports.mjs $((LOGGER_BASE_PORT + $1)) LOGGER_BASE_PORT "logger-$1" || exit 1
  begin_packages
  await_packages
  check_service_settings || exit 2
  drop_traps
  eval "$(service_command "logger-$1")"
}

# Set before anything is started. After the first signal further ones change nothing.
set_traps() {
  exec 3>&1 4>&2
  trap clean_up EXIT
  trap 'end_on 129' HUP
  trap 'end_on 130' INT
  trap 'end_on 131' QUIT
  trap 'end_on 143' TERM
  trap : PIPE # the reader of our output has ended, as in: bash launch.sh | head
}

# Before this script becomes another program.
drop_traps() {
  trap - EXIT HUP INT QUIT TERM PIPE
  exec 3>&- 4>&-
}

end_on() { # STATUS
  trap '' HUP INT QUIT TERM
  exit "$1"
}

# Ends everything in reverse order, however this script ends.
clean_up() {
  trap '' HUP INT QUIT TERM
  set +e
  exec 1>&3 2>&4 # the signal may have come inside a function whose output goes elsewhere
  if [ "$starting" = yes ]; then say 'Ending Trilog ...'; fi
  if [ -n "$services_group" ]; then end_services "$services_group"; fi
  if [ "$run_folder_taken" = yes ]; then
    end_further_loggers
    await_docker_runs
  fi
  # What is still under way: npm, Maven, docker pull. Not the jobs that have ended: their pids may be others' by now.
  # shellcheck disable=SC2046  # a list of pids
  end_groups 1 $(jobs -pr)
  unlock_all
  if [ "$run_folder_taken" = yes ]; then
    if [ "$starting" = yes ]; then end_members; fi
    remove_run_folder
  fi
  if [ "$starting" = yes ]; then say 'Trilog has ended.'; fi
}

# Has each logger's folder checked, or made. Without all of them messages would be missing.
prepare_data() {
  local names
  if [ "$DURABLE" != 1 ]; then
    say 'Messages are kept in memory only (DURABLE=0).'
    return
  fi
  names=$(printf ',logger-%s' $NUMBERS)
  names=${names#,}
  node dist/services/logger/durable/data/main.js prepare "$DATA_DIR" "$names" "$DATA_WITHOUT" || exit 1
}

say_ready() {
  local n facade run='' kill='' address
  facade=$(service_url facade)
  if [ "$RUN_DIR" != "$PWD/.trilog" ]; then run="RUN_DIR=$(printf %q "$RUN_DIR") "; fi
  if [ "$HAZELCAST_RUNTIME" = docker ]; then kill="    or: docker kill ${MEMBER_PREFIX}2"; fi
  say ''
  say "Trilog is ready: $facade"
  say ''
  say "  store a message   curl -d msg=hello $facade"
  say "  read them all     curl $facade"
  say "  see it            $facade in a browser"
  say ''
  for n in $NUMBERS; do
    address=$(member_address "$n")
    say "  logger-$n  $(service_url "logger-$n")    member-$n  $address"
  done
  say "  messages  $(service_url messages)"
  say ''
  if [ "$HAZELCAST_RUNTIME" != external ]; then
    say "  kill a member     ${run}bash hazelcast/member.sh kill 2$kill"
    say "  bring it back     ${run}bash hazelcast/member.sh start 2"
  fi
  say '  end everything    Ctrl+C'
  say ''
}
