#!/usr/bin/env bash
# Becomes one service, as the running launch would start it, with the settings of its run folder.
set -eu
cd "$(dirname "$0")/../../.."
. deploy/launch.sh
read_settings
own_port=$FACADE_PORT own_loggers=${LOGGER_URLS:-} # those of a second facade are not the launch's
load_running_settings
FACADE_PORT=$own_port LOGGER_URLS=$own_loggers
eval "$(service_command "$1")"
