#!/usr/bin/env bash
# Becomes one service, as the running launch would start it, with the settings of its run folder.
set -eu
cd "$(dirname "$0")/../../.."
. deploy/launch.sh
read_settings
load_running_settings
eval "$(service_command "$1")"
