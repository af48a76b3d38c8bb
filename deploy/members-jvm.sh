# shellcheck shell=bash
# Members as Java processes of this machine. They carry the run folder and their number on their command line, by which
# they are found again: a pid alone may have been used again. Sourced by deploy/members.sh.

jvm_mark() { printf -- '-Dtrilog.run=%s -Dtrilog.member=%s' "$RUN_DIR" "$1"; } # [N]

jvm_member_pid() { processes_with "$(jvm_mark "$1") "; } # N

jvm_member_is_running() { [ -n "$(jvm_member_pid "$1")" ]; } # N

# Where the other members reach it.
jvm_address() { printf '127.0.0.1:%s' "$(member_member_port "$1")"; } # N

jvm_before_members() { :; }

jvm_await_begun() { :; }

jvm_begin_member() { # N [JOIN]
  local n=$1 options
  # What Hazelcast asks for at its start on Java 9 or newer.
  options='--add-modules java.se --add-exports java.base/jdk.internal.ref=ALL-UNNAMED'
  options="$options --add-opens java.base/java.lang=ALL-UNNAMED --add-opens java.base/sun.nio.ch=ALL-UNNAMED"
  options="$options --add-opens java.management/sun.management=ALL-UNNAMED"
  options="$options --add-opens jdk.management/com.sun.management.internal=ALL-UNNAMED"
  # Without bind.any=false it listens on every address, whatever the configured interfaces are.
  options="$options -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Djava.net.preferIPv4Stack=true -Dhazelcast.socket.bind.any=false"
  options="$options $(member_properties "$n" "${2-}" "$(member_client_port "$n")" "$(member_member_port "$n")" \
    "$(member_health_port "$n")" true "$(for_each jvm_address)")"
  # nohup: it outlives the terminal in which hazelcast/member.sh started it, until the launch ends.
  # shellcheck disable=SC2086  # options is a list
  in_group nohup "$(find_java)" "-Xmx$MEMBER_HEAP" $options -Dhazelcast.config=hazelcast/hazelcast.yaml \
    "-Dtrilog.run=$RUN_DIR" "-Dtrilog.member=$n" -cp 'hazelcast/lib/*' \
    com.hazelcast.core.server.HazelcastMemberStarter >>"$RUN_DIR/member-$n.log" 2>&1
  echo "$!" >"$RUN_DIR/member-$n.pid"
  disown 2>/dev/null || true # bash would report a member that is killed by hand
}

jvm_kill_member() { kill -KILL "$(jvm_member_pid "$1")"; } # N
jvm_stop_member() { kill -TERM "$(jvm_member_pid "$1")"; } # N
jvm_freeze_member() { kill -STOP "$(jvm_member_pid "$1")"; } # N
jvm_resume_member() { kill -CONT "$(jvm_member_pid "$1")"; } # N

jvm_end_members() {
  local pids
  pids=$(processes_with "-Dtrilog.run=$RUN_DIR -Dtrilog.member=")
  # Each is the leader of its own group.
  # shellcheck disable=SC2086  # a list of pids
  end_groups 2 $pids
}
