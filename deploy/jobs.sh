# shellcheck shell=bash
# Messages, and jobs in process groups of their own. Sourced by the launch scripts.

# A line that cannot be printed, because a signal came or its reader is gone, ends nothing.
say() { printf '%s\n' "$*" 2>/dev/null || true; }

fail() {
  printf '%s\n' "$*" >&2
  exit 1
}

# Starts a command in the background, in a process group of its own: the terminal's Ctrl+C then reaches this script
# alone, which ends its jobs in order, and a signal to the group reaches all that the command started.
in_group() { # COMMAND...
  set -m
  "$@" </dev/null 3>&- 4>&- &
  set +m
}

# Waits for a job and gives its exit status. Says every five seconds what it waits for. CHECK, if given, is run every
# second; when it fails, the job is ended.
await() { # PID WHAT [CHECK]
  local pid=$1 what=$2 check=${3:-true} began=$SECONDS last=$SECONDS said=$SECONDS
  while kill -0 "$pid" 2>/dev/null; do
    # Short, because bash runs a trap only after the command in the foreground has ended.
    sleep 0.1
    [ "$SECONDS" -ne "$last" ] || continue
    last=$SECONDS
    if [ $((last - said)) -ge 5 ]; then
      said=$last
      say "  still waiting for $what ($((last - began)) s)"
    fi
    "$check" || end_groups 1 "$pid"
  done
  wait "$pid" 2>/dev/null
}

# Runs a command, but no longer than some seconds: a Docker engine that hangs must not hang the script.
bounded() { # SECONDS COMMAND...
  local tries=$(($1 * 10)) pid
  shift
  in_group "$@"
  pid=$!
  while kill -0 "$pid" 2>/dev/null; do
    tries=$((tries - 1))
    [ "$tries" -gt 0 ] || end_groups 0 "$pid"
    sleep 0.1
  done
  wait "$pid" 2>/dev/null
}

# Ends process groups: SIGTERM, then SIGKILL for what is left after some seconds.
end_groups() { # SECONDS PGID...
  local seconds=$1
  shift
  signal_groups TERM "$@" || return 0
  signal_groups CONT "$@" || return 0 # a stopped process sees SIGTERM only when it goes on
  groups_end_within "$seconds" "$@" || signal_groups KILL "$@" || return 0
}

groups_end_within() { # SECONDS PGID...
  local tries=$(($1 * 10))
  shift
  while signal_groups 0 "$@"; do
    [ "$tries" -gt 0 ] || return
    tries=$((tries - 1))
    sleep 0.1
  done
}

# Sends a signal to process groups; fails if none of them is left.
signal_groups() { # SIGNAL PGID...
  local signal=$1 group found=1
  shift
  for group in "$@"; do
    if kill "-$signal" -- "-$group" 2>/dev/null; then found=0; fi
  done
  return "$found"
}

# The processes with a text in their command line, one pid a line.
processes_with() { # TEXT
  ps -A -ww -o pid= -o command= | TEXT=$1 awk 'index($0, ENVIRON["TEXT"]) { print $1 }'
}

# Whether a pid is a script that takes locks or the run folder; pids are used again.
is_launch_script() { # PID
  case $(ps -ww -p "$1" -o command= 2>/dev/null) in
    (*launch*.sh* | *test/run.sh*) return 0 ;;
    (*) return 1 ;;
  esac
}
