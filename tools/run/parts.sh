# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# ./run test: a list of named parts. Each one's output is in var/log/test-<part>.log; its counts are
# read from there. The closing line adds them up. A part that returns 77 is skipped, with its reason.

TEST_PARTS="build check lint unit integration contracts interface scripts fuzz demo replay torture"
GW_DATA=../shared/data

run_test() {
    need_packages
    mkdir -p var/log
    need_node_modules || return 1
    test_passed=0
    test_failed=0
    test_skipped=0
    test_failures=
    test_began=$(date +%s)
    # shellcheck disable=SC2086 # one word per part
    [ $# -gt 0 ] || set -- $TEST_PARTS
    for part in "$@"; do test_part "$part"; done
    say "all parts: $(($(date +%s) - test_began)) s"
    [ -z "$test_failures" ] || say "failed parts:$test_failures (logs in var/log/test-*.log)"
    printf '%s passed, %s failed, %s skipped\n' "$test_passed" "$test_failed" "$test_skipped"
    [ "$test_failed" = 0 ]
}

test_part() {
    part_log=var/log/test-$1.log
    part_began=$(date +%s)
    part_status=0
    ("part_$1") >"$part_log" 2>&1 || part_status=$?
    # shellcheck disable=SC2046 # three numbers
    set -- "$1" $(awk -f tools/run/counts.awk "$part_log")
    part_passed=$2 part_failed=$3 part_skipped=$4
    case $part_status in
    0) [ "$((part_passed + part_failed + part_skipped))" != 0 ] || part_passed=1 ;;
    77) [ "$part_skipped" != 0 ] || part_skipped=1 ;;
    *) [ "$part_failed" != 0 ] || part_failed=1 ;;
    esac
    if [ "$part_failed" != 0 ]; then
        test_failures="$test_failures $1"
        tail -n 40 "$part_log" >&2
    fi
    grep -i -h '^skipped: ' "$part_log" >&2 || true
    test_passed=$((test_passed + part_passed))
    test_failed=$((test_failed + part_failed))
    test_skipped=$((test_skipped + part_skipped))
    say "$(printf '%-12s %5s passed %3s failed %3s skipped %5s s' "$1" "$part_passed" "$part_failed" "$part_skipped" $(($(date +%s) - part_began)))"
}

part_build() { need_node_modules && build_preset release && build_preset dev && bundle_verifier; }
part_check() { run_check; }
part_lint() { run_lint; }
part_unit() { ctest --test-dir build/dev --output-on-failure --no-tests=error -j "$(jobs_count)" -L 'unit|fuzz'; }

part_integration() {
    integration_failed=0
    ctest --test-dir build/dev --output-on-failure -L integration || integration_failed=1
    for name in $(scripts_of tests/integration); do
        run_counted "tests/integration/$name" || integration_failed=1
    done
    return "$integration_failed"
}

# A script counts itself; one that prints no counts is one test.
run_counted() {
    counted_status=0
    counted_text=$("$@" 2>&1) || counted_status=$?
    printf '%s\n' "$counted_text"
    counts=$(printf '%s\n' "$counted_text" | awk -f tools/run/counts.awk)
    case "$counted_status $counts" in
    "0 0 0 0") echo "1 passed, 0 failed, 0 skipped" ;;
    "77 0 0 0") echo "0 passed, 0 failed, 1 skipped" ;;
    *" 0 "[0-9]*) [ "$counted_status" = 0 ] || [ "$counted_status" = 77 ] || echo "0 passed, 1 failed, 0 skipped" ;;
    esac
    [ "$counted_status" = 0 ] || [ "$counted_status" = 77 ]
}

part_contracts() {
    [ -x tools/chain/forge ] || return 77
    tools/chain/forge test && tools/chain/compile --check
}

# openapi.yaml against its rules and the server's tables.
part_interface() {
    interface_failed=0
    for name in $(git_files 'tests/contract/*.mjs'); do run_counted node "$name" || interface_failed=1; done
    return "$interface_failed"
}

part_scripts() {
    tests=$(git_files '*.test.mjs' '*.test.js')
    [ -n "$tests" ] || {
        echo "skipped: there are no JavaScript tests yet"
        return 77
    }
    # shellcheck disable=SC2086 # one word per file
    node --test $tests
}

part_fuzz() { GW_FUZZ_RUNS=20000 run_fuzz 10; }

# The demo's last bundle stays, for tests/torture/demo_evidence.sh.
leave_evidence() {
    mkdir -p var/evidence
    rm -f "var/evidence/$1.json"
    GW_BUNDLE_OUT=$GW_ROOT/var/evidence/$1.json
    export GW_BUNDLE_OUT
}

part_demo() {
    demo_there || return 77
    leave_evidence demo
    run_demo --headless
}

part_replay() {
    demo_there || return 77
    [ -d "$GW_DATA/meters_sgsc_30min" ] || {
        echo "skipped: no $GW_DATA/meters_sgsc_30min"
        return 77
    }
    leave_evidence replay
    run_demo --headless --data "$GW_DATA/meters_sgsc_30min"
}

part_torture() {
    torture_failed=0
    names=$(scripts_of tests/torture)
    [ -n "$names" ] || {
        echo "skipped: there is no torture yet"
        return 77
    }
    for name in $names; do run_counted "tests/torture/$name" || torture_failed=1; done
    return "$torture_failed"
}

# Every fuzz target for so many seconds each, as many at once as there are cores.
run_fuzz() {
    need_packages
    build_preset fuzz || return 1
    seconds=${1:-60}
    mkdir -p var/fuzz
    targets=$(find build/fuzz -type f -name 'fuzz_*' -perm -u+x | sort)
    [ -n "$targets" ] || return 1
    printf '%s\n' "$targets" | xargs -n 1 -P "$(jobs_count)" sh tools/run/fuzz_one.sh "$seconds"
}
