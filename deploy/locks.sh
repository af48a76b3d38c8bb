# shellcheck shell=bash
# Locks between terminals that work in the same checkout. A lock is a symbolic link to the pid that holds it: made in
# one step with its content. Sourced by the launch scripts.

lock_path() { printf 'dist/.%s-lock' "$1"; }

# Takes a lock, waiting for another launch script that holds it; one that was killed is not waited for. In a job it is
# the job that holds it, which may live longer than its script.
lock() { # NAME WHAT
  local link owner me said=no tries=0
  link=$(lock_path "$1")
  me=$(exec sh -c 'echo $PPID')
  mkdir -p dist
  until ln -s "$me" "$link" 2>/dev/null; do
    if ! owner=$(readlink "$link"); then
      # It was given back in this moment; or it cannot be made.
      tries=$((tries + 1))
      [ "$tries" -lt 50 ] || fail "Cannot write to $PWD/dist."
      sleep 0.1
      continue
    fi
    if [ "$owner" != "$me" ] && is_launch_script "$owner"; then
      [ "$said" = yes ] || say "Another terminal (pid $owner) is $2; waiting for it."
      said=yes
      sleep 0.2
    else
      remove_stale_lock "$link" "$owner"
    fi
  done
}

# Of several scripts that find the same stale lock one removes it, and only while it is still that lock.
remove_stale_lock() { # LINK OWNER
  if ln -s "$$" "$1-removal" 2>/dev/null; then
    if [ "$(readlink "$1")" = "$2" ]; then rm -f "$1"; fi
    rm -f "$1-removal"
  elif ! is_launch_script "$(readlink "$1-removal" || echo 0)"; then
    rm -f "$1-removal"
  else
    sleep 0.1
  fi
}

unlock() { rm -f "$(lock_path "$1")"; } # NAME

# Gives back what this script, or a job of it that was ended, still holds.
unlock_all() {
  local link owner
  for link in dist/.*-lock; do
    owner=$(readlink "$link") || continue
    if [ "$owner" = "$$" ] || ! is_launch_script "$owner"; then rm -f "$link"; fi
  done
}
