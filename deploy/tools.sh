# shellcheck shell=bash
# The tools that a launch needs, and by which of the three ways the members run. Sourced by the launch scripts.

check_tools() {
  local tool
  for tool in ps awk sed; do
    command -v "$tool" >/dev/null || fail "The command $tool is missing. Install it (ps is in the package procps)."
  done
  # The short ps of BusyBox knows neither the option nor the whole line.
  ps -ww -p "$$" -o command= >/dev/null 2>&1 ||
    fail 'This ps cannot show the command line of a process. Install the one of the package procps.'
  command -v node >/dev/null || fail "Node.js is missing. Install Node.js 20.20 or newer, with npm: https://nodejs.org"
  node -e 'const [a, b] = process.versions.node.split("."); process.exit(a > 20 || (a == 20 && b >= 20) ? 0 : 1)' ||
    fail "Node.js $(node --version) is too old. Install Node.js 20.20 or newer: https://nodejs.org"
  command -v npm >/dev/null || fail "npm is missing. Install it; it usually comes with Node.js: https://nodejs.org"
}

# Decides how the members run, and says why.
choose_runtime() {
  local docker_lacks='' jvm_lacks='' why="HAZELCAST_RUNTIME=$HAZELCAST_RUNTIME"
  case $HAZELCAST_RUNTIME in
    (external) ;;
    (docker)
      docker_lacks=$(what_docker_lacks)
      [ -z "$docker_lacks" ] || fail "HAZELCAST_RUNTIME=docker: $docker_lacks. See to that, or use HAZELCAST_RUNTIME=jvm."
      ;;
    (jvm)
      jvm_lacks=$(what_jvm_lacks)
      [ -z "$jvm_lacks" ] || fail "HAZELCAST_RUNTIME=jvm: $jvm_lacks. Install $(jvm_needs)."
      ;;
    (*)
      docker_lacks=$(what_docker_lacks)
      if [ -z "$docker_lacks" ]; then
        HAZELCAST_RUNTIME=docker
        why='a Docker engine answers'
      else
        jvm_lacks=$(what_jvm_lacks)
        [ -z "$jvm_lacks" ] ||
          fail "There is no way to run the Hazelcast members. With Docker: $docker_lacks; install and start Docker. As Java processes: $jvm_lacks; install $(jvm_needs)."
        HAZELCAST_RUNTIME=jvm
        why=$docker_lacks
      fi
      ;;
  esac
  case $HAZELCAST_RUNTIME in
    (docker) say "The members run in Docker containers ($why)." ;;
    (jvm) say "The members run as Java processes ($why)." ;;
    (external) say "The members are those at $HAZELCAST_ADDRESSES ($why)." ;;
  esac
  if [ "$MANAGEMENT_CENTER" = 1 ] && [ "$HAZELCAST_RUNTIME" != docker ]; then
    say 'MANAGEMENT_CENTER=1 needs members in Docker containers; going on without Management Center.'
    MANAGEMENT_CENTER=0
  fi
}

jvm_needs() { printf 'Java 17 or newer, and Maven'; }

# Prints why Docker cannot be used; nothing if it can.
what_docker_lacks() {
  local endpoint answer
  command -v docker >/dev/null || { printf 'there is no docker command'; return; }
  command -v tar >/dev/null || { printf 'there is no tar command, which hands files to Docker'; return; }
  endpoint=${DOCKER_HOST:-$(bounded 5 docker context inspect --format '{{.Endpoints.docker.Host}}' 2>/dev/null)}
  case $endpoint in
    (tcp://localhost:* | tcp://127.*) ;;
    (ssh://* | tcp://* | http://* | https://*)
      printf 'the Docker engine is on another machine (%s), where the ports of its containers are, too' "$endpoint"
      return
      ;;
  esac
  answer=$(bounded 5 docker version 2>&1) || {
    case $answer in
      (*'permission denied'*) printf 'this user may not use the Docker engine (it is not in the group docker, or has not logged in since)' ;;
      (*) printf 'no Docker engine answers' ;;
    esac
    return
  }
  case $answer in (*[Pp]odman*) printf 'docker is Podman here, which lacks the network bridge' ;; esac
}

docker_answers() {
  command -v docker >/dev/null && bounded 5 docker version --format '{{.Server.Version}}' >/dev/null 2>&1
}

# Prints why Java processes cannot be used; nothing if they can.
what_jvm_lacks() {
  local java=''
  java=$(find_java)
  [ -n "$java" ] || { printf 'there is no java command of version 17 or newer'; return; }
  command -v mvn >/dev/null || jars_are_there || printf 'there is no mvn command (Maven), which fetches Hazelcast'
}

# Prints the first java command that is new enough: JAVA_HOME's, as Maven uses it, or the one on the PATH.
find_java() {
  local java version
  for java in ${JAVA_HOME:+"$JAVA_HOME/bin/java"} java; do
    # 1.8.0_392 is version 8
    version=$("$java" -version 2>&1 | sed -n 's/.* version "\(1\.\)\{0,1\}\([0-9]*\).*/\2/p')
    if [ "${version:-0}" -ge 17 ]; then
      printf '%s' "$java"
      return
    fi
  done
}

# Ends the start with one line for each port that another program has.
check_ports() { # SERVICE...
  local service n ports=()
  for service in "$@"; do
    case $service in
      (facade) ports+=("$TRILOG_HOST:$FACADE_PORT" FACADE_PORT "$service") ;;
      (messages) ports+=("$MESSAGES_PORT" MESSAGES_PORT "$service") ;;
      (logger-*) ports+=("$(logger_port "${service#logger-}")" LOGGER_BASE_PORT "$service") ;;
    esac
  done
  if [ "$HAZELCAST_RUNTIME" != external ]; then
    for n in $NUMBERS; do
      ports+=("$(member_client_port "$n")" MEMBER_BASE_PORT "member-$n")
      ports+=("$(member_health_port "$n")" MEMBER_BASE_PORT "the health of member-$n")
      if [ "$HAZELCAST_RUNTIME" = jvm ]; then
        ports+=("$(member_member_port "$n")" MEMBER_BASE_PORT "member-$n among the members")
      fi
    done
  fi
  if [ "$MANAGEMENT_CENTER" = 1 ]; then
    ports+=("$MANAGEMENT_CENTER_PORT" MANAGEMENT_CENTER_PORT 'Management Center')
  fi
  node deploy/free-ports.mjs "${ports[@]}" || exit 1
}
