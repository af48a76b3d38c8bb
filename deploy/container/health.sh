#!/usr/bin/env bash
# Tells, as the health check of a service's container, whether the service is ready; says what it answers if it is not. Started so
# often that starting Node.js for it would cost more than the service. Whether all copies are made is not asked: that costs the members.
set -eu
exec 3<>"/dev/tcp/127.0.0.1/$PORT"
printf 'GET /health/ready?safe=no HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n' >&3
answer=$(timeout 5 cat <&3)
case $answer in ('HTTP/1.1 200 '*) ;; (*) printf '%s\n' "$answer" >&2 && exit 1 ;; esac
