#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# fuzz_one.sh <seconds> <program>: new inputs go to var/fuzz/<thing>/, findings beside them. The seed
# corpus in tests/fuzz/corpus/ is read only. With GW_FUZZ_RUNS set it tries so many inputs from a fixed
# seed, so that the sample of the test run finds the same today and tomorrow.
set -u
seconds=$1
program=$2
thing=$(basename "$program" | sed 's/^fuzz_//')
found=var/fuzz/$thing
mkdir -p "$found"
set -- "$found"
if [ -d "tests/fuzz/corpus/$thing" ]; then set -- "$@" "tests/fuzz/corpus/$thing"; fi
if [ -n "${GW_FUZZ_RUNS:-}" ]; then set -- -runs="$GW_FUZZ_RUNS" -seed=1 "$@"; fi
if "$program" -max_total_time="$seconds" -max_len=8192 -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
    -verbosity=0 -artifact_prefix="var/fuzz/$thing-" "$@" >"$found.log" 2>&1; then
    runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$found.log")
    printf 'fuzz %-20s %10s inputs\n1 passed, 0 failed, 0 skipped\n' "$thing" "${runs:-0}"
    exit 0
fi
tail -n 40 "$found.log"
printf 'fuzz %s: a finding, see var/fuzz/%s-*\n0 passed, 1 failed, 0 skipped\n' "$thing" "$thing"
exit 1
