# shellcheck shell=bash
# What launch.sh and launch-base.sh share: all the parts, the orderly end, and what is printed. Sourced by them.

. deploy/jobs.sh
. deploy/locks.sh
. deploy/settings.sh
. deploy/tools.sh
. deploy/packages.sh
. deploy/run-folder.sh
. deploy/members.sh
. deploy/services.sh

# Ends everything in reverse order, however this script ends. Further signals change nothing.
clean_up() {
  trap '' INT TERM HUP QUIT
  set +e
  if [ "$run_folder_taken" = yes ]; then say 'Ending Trilog ...'; fi
  end_services
  # shellcheck disable=SC2046  # a list of pids
  end_groups 1 $(jobs -p) # npm, Maven, docker: what was still under way
  unlock_all
  if [ "$run_folder_taken" = yes ]; then
    end_members
    remove_run_folder
    say 'Trilog has ended.'
  fi
}

end_on() { # STATUS
  trap '' INT TERM HUP QUIT
  exit "$1"
}

# Set before anything is started.
set_traps() {
  trap clean_up EXIT
  trap 'end_on 129' HUP
  trap 'end_on 130' INT
  trap 'end_on 131' QUIT
  trap 'end_on 143' TERM
  trap : PIPE # a reader of our output that has ended, as in: bash launch.sh | head
}

say_ready() {
  local n facade run=''
  facade=$(service_url facade)
  if [ "$RUN_DIR" != "$PWD/.trilog" ]; then run="RUN_DIR=$(printf %q "$RUN_DIR") "; fi
  say ''
  say "Trilog is ready: $facade"
  say ''
  say "  store a message    curl -d msg=hello $facade"
  say "  read them all      curl $facade"
  say ''
  for n in 1 2 3; do say "  logger-$n  $(service_url "logger-$n")    member-$n  $(member_address "$n")"; done
  say "  messages  $(service_url messages)"
  say ''
  if [ "$HAZELCAST_RUNTIME" != external ]; then
    say "  kill a member      ${run}bash hazelcast/member.sh kill 2$(if [ "$HAZELCAST_RUNTIME" = docker ]; then printf '    or: docker kill %s2' "$MEMBER_PREFIX"; fi)"
    say "  bring it back      ${run}bash hazelcast/member.sh start 2"
  fi
  say '  end everything     Ctrl+C'
  say ''
}

# Runs until a signal comes, or all services have ended.
await_end() {
  wait "$services_group" 2>/dev/null || true
  fail 'All services have ended.'
}

# Everything, in order: launch.sh and launch-base.sh differ in their services only.
run_trilog() { # SERVICE...
  set_traps
  check_tools
  read_settings
  take_run_folder
  choose_runtime
  save_settings
  check_ports "$@"
  check_container_names
  begin_packages # beside the members, whose start takes longer
  get_hazelcast
  start_members
  begin_management_center
  await_packages
  await_members
  start_services "$@"
  await_services
  say_ready
  await_end
}

# One logger in this terminal. It belongs to the launch that runs here, if one does.
run_logger() { # N
  case $#${1-} in
    (1[123]) ;;
    (*)
      echo 'Usage: bash launch-logger.sh N    (N: 1, 2 or 3)' >&2
      exit 2
      ;;
  esac
  set_traps
  check_tools
  read_settings
  load_running_settings
  begin_packages
  await_packages
  trap - EXIT HUP INT QUIT TERM PIPE
  eval "$(service_command "logger-$1")"
}
