# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# Which word does what.

run_help() {
    cat <<'END'
./run demo [--headless] [--keep] [--data DIR]   one winter evening from meter to chain, shown step by step
./run test                   everything that must pass (what continuous integration calls)
./run check                  the fast gates: format, our own rules, warnings of the changed files
./run build                  the optimised product into build/release
./run bench [name]           measured figures; without a name all of them
./run format                 lays out the C sources and rewrites the generated tables of the documents
./run lint                   all analysers over all files
./run fuzz [seconds]         every fuzz target for so many seconds (60)
./run model                  the formal models
./run torture [--full]       kills, cuts and faults; --full takes the counts of docs/RELIABILITY.md
./run clean                  removes everything that was built
./run help                   this text
END
}

demo_there() {
    [ -f tools/demo/demo.sh ] && return 0
    echo "skipped: tools/demo/demo.sh is not there yet"
    return 1
}

run_demo() {
    run_build || return 1
    demo_there || return 1
    sh tools/demo/demo.sh "$@"
}

# scripts_of <folder>: its programs, sorted; a name without a slash per line.
scripts_of() { { find "$1" -maxdepth 1 -type f -perm -u+x 2>/dev/null || true; } | sed 's|.*/||' | sort; }

run_bench() {
    run_build || return 1
    wanted=${1:-$(scripts_of tests/bench)}
    [ -n "$wanted" ] || die "there is no bench yet"
    for name in $wanted; do
        script=$(find tests/bench -maxdepth 1 -type f \( -name "$name" -o -name "$name.*" \) -perm -u+x | head -n 1)
        [ -n "$script" ] || die "there is no bench \"$name\"; there are: $(scripts_of tests/bench | tr '\n' ' ')"
        "$script" || return 1
    done
}

run_torture() {
    run_build || return 1
    scripts=$(scripts_of tests/torture)
    [ -n "$scripts" ] || die "there is no torture yet"
    for name in $scripts; do
        say "torture: $name"
        "tests/torture/$name" "$@" || return 1
    done
}

run_model() {
    [ -f oracle/model/run.sh ] || {
        say "model: there are no models yet"
        return 0
    }
    sh oracle/model/run.sh
}

main() {
    command=${1:-help}
    [ $# -eq 0 ] || shift
    case $command in
    demo | test | check | format | build | bench | lint | fuzz | model | torture | clean | help) "run_$command" "$@" ;;
    -h | --help) run_help ;;
    *)
        run_help >&2
        die "\"$command\" is no command of this script"
        ;;
    esac
}
