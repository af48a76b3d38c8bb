# shellcheck shell=bash
# What is fetched and built before a start: npm packages, dist/, the members' jars or image. Sourced by the launch
# scripts. Each part is done by one terminal at a time.

# Installs and builds in the background, while the members start.
begin_packages() {
  in_group install_and_build
  packages_job=$!
}

await_packages() {
  await "$packages_job" 'npm ci and the build' || fail 'Installing or building failed; the reason is above.'
}

install_and_build() {
  lock packages 'installing and building'
  local status=0
  { install_packages && build; } || status=$?
  unlock packages
  return "$status"
}

install_packages() {
  # npm writes this file last. Without the compiler it is what NODE_ENV=production, or "omit" in npm's own settings, installs.
  if [ node_modules/.package-lock.json -nt package-lock.json ] && [ -d node_modules/typescript ]; then return; fi
  say 'Installing the npm packages (npm ci) ...'
  npm ci --include=dev --loglevel=error --no-progress >/dev/null
}

build() {
  # Asking the compiler takes a second. A folder is newer as well where a file was removed.
  if [ -e dist/.built ] && [ -z "$(find services deploy test bench proof tsconfig.json node_modules/.package-lock.json \
    -newer dist/.built | head -n 1)" ]; then return; fi
  # A build that was cut off may have noted files as written that are not.
  if [ -e dist/.building ]; then rm -f dist/.tsbuildinfo; fi
  rm -f dist/.built
  : >dist/.building
  node node_modules/typescript/bin/tsc || return
  mv dist/.building dist/.built # as old as the beginning: what was changed meanwhile is built next time
}

# Gets what the members need: the jars or the image.
get_hazelcast() {
  case $HAZELCAST_RUNTIME in
    (jvm) get_jars ;;
    (docker) get_image ;;
  esac
}

# The copy of pom.xml is made last: a folder that is half full, or of another version, does not have it.
jars_are_there() { cmp -s hazelcast/pom.xml hazelcast/lib/pom.xml; }

get_jars() {
  if jars_are_there; then return; fi
  say 'Fetching Hazelcast with Maven (once, about 40 MB) ...'
  in_group fetch_jars
  await "$!" 'Maven' || fail 'Maven could not fetch Hazelcast; the reason is above.'
}

fetch_jars() {
  lock jars 'fetching Hazelcast with Maven'
  local status=0
  if ! jars_are_there; then
    rm -rf hazelcast/lib
    { run_maven && cp hazelcast/pom.xml hazelcast/lib/pom.xml; } || status=$?
  fi
  unlock jars
  return "$status"
}

# Even a quiet Maven prints something, so its output is shown only if it fails.
run_maven() {
  local output
  output=$(mvn -B -q -f hazelcast/pom.xml dependency:copy-dependencies 2>&1) || { say "$output"; return 1; }
}

# pom.xml is the one place where the version of Hazelcast is pinned.
hazelcast_image() {
  printf 'hazelcast/hazelcast:%s' "$(sed -n 's:.*<hazelcast.version>\(.*\)</hazelcast.version>.*:\1:p' hazelcast/pom.xml)"
}

get_image() {
  local image
  image=$(hazelcast_image)
  if docker image inspect "$image" >/dev/null 2>&1; then return; fi
  say "Pulling the image $image (once) ..."
  in_group docker pull --quiet "$image" >/dev/null
  await "$!" "the image $image" ||
    fail "Docker could not pull $image; the reason is above. Without Docker: HAZELCAST_RUNTIME=jvm."
}
