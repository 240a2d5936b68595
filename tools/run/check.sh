# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# The fast gates: format, our own rules, and the warnings of the files that changed.

run_check() {
    need_packages
    build_pure || return 1
    check_failed=0
    for rule in "$GW_ROOT"/tools/check/rules/*.sh; do
        check_one "$rule"
    done
    check_part "self-test of the rules" sh "$GW_ROOT/tools/check/selftest.sh"
    check_part "warnings of the changed files" lint_changed
    [ "$check_failed" = 0 ] || {
        say "check: $check_failed failed"
        return 1
    }
    say "check: all passed"
}

check_one() { check_part "rule $(basename "$1" .sh)" sh "$1"; }

check_part() {
    check_name=$1
    shift
    if check_text=$("$@" 2>&1); then
        say "ok    $check_name"
    else
        check_failed=$((check_failed + 1))
        printf '%s\n' "$check_text" >&2
        say "FAIL  $check_name"
    fi
}

# The purity rule reads the release libraries of the pure folders.
build_pure() {
    configure release || return 1
    pure_targets=$(ninja -C build/release -t targets all | sed -n -E 's/^(gw_(base|grid|oracle|dr)): phony$/\1/p')
    # shellcheck disable=SC2086 # one word per target
    build_preset release $pure_targets || return 1
    generate_headers
}

# The header rule needs what is generated, without building the server.
generate_headers() {
    [ -f server/db/embed/main.c ] || return 0
    build_preset release gw_embed_sql || return 1
    mkdir -p build/check/generated/server/db
    find sql/queries sql/migrations -name '*.sql' 2>/dev/null | sort |
        xargs "$(find build/release -name gw_embed_sql -type f | head -n 1)" \
            build/check/generated/server/db/query_table.h build/check/generated/server/db/query_table.c
}

# What a tool decides, it also writes.
run_format() {
    need_packages
    git_files 'base/*.[ch]' 'grid/*.[ch]' 'oracle/*.[ch]' 'dr/*.[ch]' 'server/*.[ch]' 'tests/*.[ch]' |
        xargs -r clang-format-14 -i
    sh tools/docs/tables.sh
}
