#!/usr/bin/env bash
# Shows Trilog in a minute or two: stores ten messages, kills a logger and two members, reads after each, and brings all back.
# It uses the system that runs here, or starts one and ends it. Each step says what is done, why, and what was seen. It fails
# if something was not as it should be.
# This line works with any line ends; no other would.
case $(<"$0") in (*$'\r'*) echo 'These scripts have CRLF line ends. Clone them with Git, which gives them LF.' >&2 && exit 1 ;; esac #
set -eu
unset CDPATH # else cd may go elsewhere
cd "$(dirname "$0")"
. deploy/launch.sh
read_settings
load_running_settings

facade=$(service_url facade)
key=''
keys=()
problems=0
launch=''
output=$(mktemp)
trap end EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

end() {
  if [ -n "$launch" ]; then
    kill -TERM "$launch" 2>/dev/null || true
    wait "$launch" 2>/dev/null || true
  fi
  rm -f "$output"
}

steps=0
step() { # WHAT WHY
  steps=$((steps + 1))
  say "$steps. $1"
  say "  why   $2"
}
seen() { say "  seen  $*"; }
check() { # WHETHER WHAT
  if [ "$1" = yes ]; then seen "$2"; else seen "NOT as it should be: $2" && problems=$((problems + 1)); fi
}

# Repeats a command until it holds; prints "no" if it does not within 60 s.
soon() { # COMMAND...
  local until=$((SECONDS + 60))
  until "$@"; do
    if [ "$SECONDS" -ge "$until" ]; then echo no && return; fi
    sleep 0.5
  done
  echo yes
}

health() { curl -s "$(logger_url "$1")/health/ready"; } # N
is_ready() { curl -fs "$(logger_url "$1")/health/ready" >/dev/null; } # N
is_away() { ! is_ready "$1"; } # N
has_left() { is_ready 3 && [ "$(health 3 | field size)" = $((LOGGERS - $1)) ]; } # MEMBERS
is_safe() { case $(health 3) in (*'"safe":true'*) ;; (*) return 1 ;; esac; } # every message has all its copies
is_whole() { is_ready 1 && is_ready 2 && is_ready 3 && is_safe; }

# Prints one field of an answer in JSON.
field() { sed -n "s/.*\"$1\":\"\{0,1\}\([^\",}]*\).*/\1/p"; } # NAME

# A UUID of version 7: the time, and the rest by chance. Sent again with the same one, a message is stored once.
add_key() {
  local time
  printf -v time '%012x' $(($(date +%s) * 1000 + ${#keys[@]}))
  printf -v key '%s-%s-7%03x-8%03x-%04x%04x%04x' "${time:0:8}" "${time:8}" \
    $((RANDOM % 4096)) $((RANDOM % 4096)) $RANDOM $RANDOM $RANDOM
  keys+=("$key")
}

# Stores a message under the newest key, and prints which logger took it.
store() { # TEXT
  curl -fs --max-time 20 --retry 3 -H "Idempotency-Key: $key" -d "msg=$1" "$facade/" | field logger
}

# Says whether a new message is taken, and whether a GET brings all there are.
still_works() { # TEXT
  local logger
  add_key
  logger=$(store "$1") || true
  check "$([ -z "$logger" ] || echo yes)" "a new message: ${logger:-no logger} took it"
  read_back
}

read_back() {
  local all
  all=$(soon has_all)
  check "$all" "a GET brings $(count_read) of ${#keys[@]} messages"
}
has_all() { [ "$(count_read)" = "${#keys[@]}" ]; }
count_read() {
  curl -fs --max-time 20 -H 'Accept: application/x-ndjson' "$facade/" | grep -c -F "$(printf '%s\n' "${keys[@]}")" || true
}

if curl -fs "$facade/health/live" >/dev/null; then
  launch_is_running || fail "A Trilog answers at $facade, but it was not started here. End it, or set the ports (docs/operations.md)."
  step "A Trilog runs at $facade." 'the tour uses it; its 13 messages stay, and logger-2 runs without a terminal afterwards'
else
  step 'bash launch.sh' 'three Hazelcast members are one cluster; each has a logger; the facade is in front of them'
  in_group bash launch.sh >"$output" 2>&1
  launch=$!
  until grep -q 'Ctrl+C' "$output"; do
    kill -0 "$launch" 2>/dev/null || { tail -n 15 "$output" >&2 && fail 'It did not start.'; }
    sleep 0.2
  done
fi
[ "$HAZELCAST_RUNTIME" != external ] || fail 'The members are not ours (HAZELCAST_RUNTIME=external): the tour kills none of them.'
check "$(soon is_whole)" "the loggers are ready, and every message has three copies: $(health 3 | field safe)"

step "curl -d msg=... $facade, ten times" 'the facade gives each message to a logger by chance; members own keys by their hash'
for n in 1 2 3 4 5 6 7 8 9 10; do
  add_key
  logger=$(store "tour-$n") || true
  owner=$(curl -fs "$facade/ui/messages/$key" | field owner) || true
  check "$([ -z "$logger" ] || [ -z "$owner" ] || echo yes)" "tour-$n: ${logger:-no logger} took it, ${owner:-nobody} owns it"
done

step "curl $facade" 'any logger reads all of the map, so it does not matter which one took a message'
read_back

step 'kill -9 logger-2' 'messages are in the members, not in loggers: the facade goes on with the other loggers'
kill -9 "$(curl -fs "$(logger_url 2)/health/live" | field pid)"
check "$(soon is_away 2)" 'logger-2 is gone'
still_works without-logger-2

step 'bash hazelcast/member.sh kill 1' 'each message has three copies: the other members have all of them'
bash hazelcast/member.sh kill 1 >/dev/null
check "$(soon is_away 1)" 'logger-1 is not ready: its member is gone, and it uses no other'
still_works without-member-1

step 'bash hazelcast/member.sh kill 2' 'two members may go at once or one after the other: the last one has everything'
bash hazelcast/member.sh kill 2 >/dev/null
check "$(soon has_left 2)" "logger-3 is ready, in a cluster of $(health 3 | field size)"
still_works without-member-2

step 'bash hazelcast/member.sh start 1 and 2, bash launch-logger.sh 2' 'members that start get their copies from those that live'
for n in 1 2; do bash hazelcast/member.sh start "$n" >/dev/null || true; done
in_group bash launch-logger.sh 2 >/dev/null 2>&1
echo "$!" >"$RUN_DIR/logger-2.pid" # the launch ends it with the others
disown 2>/dev/null || true
check "$(soon is_whole)" "the loggers are ready, in a cluster of $(health 3 | field size)"
read_back

if [ "$problems" -gt 0 ]; then fail "$problems things were not as they should be."; fi
say 'Everything was as it should be.'
