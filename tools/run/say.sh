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
    if "$@" >"$quiet_log" 2>&1; then return 0; fi
    quiet_status=$?
    tail -n 60 "$quiet_log" >&2
    say "run: failed ($quiet_status): $*"
    say "run: the whole log is in $quiet_log"
    return "$quiet_status"
}

# How many jobs at once: one per core.
jobs_count() { nproc 2>/dev/null || echo 2; }
