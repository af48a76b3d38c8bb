# shellcheck shell=bash
# The run folder of a launch: its pid, its settings, the members' pids and logs. It is there as long as the launch, so
# it is also what keeps a second one out. Sourced by the launch scripts.

run_folder_taken=no

# Whether a launch runs from this run folder.
launch_is_running() {
  [ -f "$RUN_DIR/launcher.pid" ] && is_launch_script "$(cat "$RUN_DIR/launcher.pid")"
}

# Uses the settings of the launch that runs here.
load_running_settings() {
  launch_is_running && [ -f "$RUN_DIR/settings" ] || return 0
  set -a # the services read some of them
  # shellcheck source=/dev/null
  . "$RUN_DIR/settings"
  set +a
  NUMBERS=$(eval "echo {1..$LOGGERS}")
}

take_run_folder() {
  lock launch 'starting'
  if launch_is_running; then
    unlock launch
    fail "Trilog is already running here (pid $(cat "$RUN_DIR/launcher.pid")). End it with Ctrl+C in its terminal first."
  fi
  if [ -f "$RUN_DIR/launcher.pid" ]; then remove_leftovers; fi
  rmdir "$RUN_DIR" 2>/dev/null || true # an empty one is what a launch killed at this very line leaves
  mkdir "$RUN_DIR" 2>/dev/null || fail "Cannot make the run folder $RUN_DIR. Remove what is in its place, or set RUN_DIR."
  # shellcheck disable=SC2034  # clean_up asks
  run_folder_taken=yes
  echo "$$" >"$RUN_DIR/launcher.pid"
  unlock launch
}

# Ends and removes what a launch left behind that was killed with SIGKILL.
remove_leftovers() {
  say "An earlier launch (pid $(cat "$RUN_DIR/launcher.pid")) was killed before it could end what it had started; ending that now."
  if [ -f "$RUN_DIR/services.pid" ]; then end_services "$(cat "$RUN_DIR/services.pid")"; fi
  end_further_loggers
  jvm_end_members
  await_docker_runs
  if docker_answers; then docker_end_members; fi
  remove_run_folder
}

# Removes the known files only: RUN_DIR might name a folder that is not ours.
remove_run_folder() {
  rm -f "$RUN_DIR"/settings "$RUN_DIR"/trilog.yaml "$RUN_DIR"/services.pid "$RUN_DIR"/logger-[1-7].pid "$RUN_DIR"/member-[1-7].pid "$RUN_DIR"/member-[1-7].log \
    "$RUN_DIR"/launcher.pid
  rmdir "$RUN_DIR"
}
