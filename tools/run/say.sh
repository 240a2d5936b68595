# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# How ./run speaks: one line per step on standard error, details in var/log/.

say() { printf '%s\n' "$*" >&2; }

die() {
    say "run: $*"
    exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }

# Runs a command with its output in a log; shows the log's end only when the command fails.
quietly() {
    quiet_log="$GW_ROOT/var/log/$1.log"
    shift
    mkdir -p "$GW_ROOT/var/log"
    quiet_status=0
    "$@" >"$quiet_log" 2>&1 || quiet_status=$?
    [ "$quiet_status" != 0 ] || return 0
    tail -n 60 "$quiet_log" >&2
    say "run: failed ($quiet_status): $*"
    say "run: the whole log is in $quiet_log"
    return "$quiet_status"
}

# How many jobs at once: one per core.
jobs_count() { nproc 2>/dev/null || echo 2; }
