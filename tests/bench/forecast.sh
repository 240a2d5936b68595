#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Meters per second whose measured days follow and whose day ahead is issued, with a private
# PostgreSQL; called by `./run bench forecast`. Exit 1 when less than was asked for is reached.
set -eu
cd "$(dirname "$0")/../.."
ninja -C build/release bench_forecast >/dev/null
parts=$(pwd)/var/bench/forecast
tools/service/postgres.sh start "$parts" >/dev/null
trap 'tools/service/postgres.sh stop "$parts" >/dev/null' EXIT
result=0
tests/support/with_postgres.sh "$parts" build/release/tests/bench/bench_forecast || result=$?
exit "$result"
