# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# All analysers over all files. What has not changed since it was found clean is not analysed again.

run_lint() {
    need_packages
    need_node_modules || return 1
    lint_failed=0
    for part in gcc clang tidy cppcheck analyzer shell javascript; do
        if "lint_$part"; then
            say "ok    lint $part"
        else
            say "FAIL  lint $part"
            lint_failed=$((lint_failed + 1))
        fi
    done
    [ "$lint_failed" = 0 ] || return 1
    say "lint: all passed"
}

lint_gcc() { build_preset gcc; }
lint_clang() { build_preset clang; }
lint_analyzer() { build_preset analyze; }

# The folder of the compile commands that clang-tidy reads.
lint_database() {
    configure clang || return 1
    # Generated headers have to exist before a source can be parsed.
    quietly clang-generated ninja -C "$GW_ROOT/build/clang" || return 1
}

c_sources() { git_files 'base/*.c' 'grid/*.c' 'oracle/*.c' 'dr/*.c' 'server/*.c' 'server/**/*.c'; }

# git_files <patterns>: tracked or new files of ours.
git_files() {
    if git ls-files >/dev/null 2>&1; then
        git ls-files -co --exclude-standard -- "$@" | sort -u
    else
        for pattern in "$@"; do find . -path "./$pattern" -type f; done | sed 's|^\./||' | sort -u
    fi
}

# tidy_files: clang-tidy over the files named on standard input, two at a time.
tidy_files() {
    mkdir -p build/lint
    xargs -r -n 1 -P "$(jobs_count)" sh tools/check/tidy.sh
}

lint_tidy() {
    lint_database || return 1
    c_sources | tidy_files
}

# The sources that differ from the main branch, or from the commit before.
changed_sources() {
    git rev-parse HEAD >/dev/null 2>&1 || return 0
    since=$(git merge-base HEAD origin/main 2>/dev/null || git rev-parse HEAD)
    if [ "$since" = "$(git rev-parse HEAD)" ]; then since=$(git rev-parse -q --verify HEAD~1 || echo HEAD); fi
    {
        git diff --name-only --diff-filter=d "$since"
        git ls-files -o --exclude-standard
    } | grep -E '^(base|grid|oracle|dr|server)/.*\.c$' | sort -u
}

# Part of ./run check: at most 12 files, so that it stays quick; ./run lint does all.
lint_changed() {
    changed=$(changed_sources | head -n 12)
    [ -n "$changed" ] || return 0
    configure clang || return 1
    # shellcheck disable=SC2086 # one word per file
    objects=$(printf "$GW_ROOT/%s^\n" $changed)
    # shellcheck disable=SC2086
    quietly changed ninja -C build/clang $objects || return 1
    printf '%s\n' "$changed" | tidy_files
}

lint_cppcheck() {
    mkdir -p build/lint/cppcheck
    c_sources >build/lint/sources
    [ -s build/lint/sources ] || return 0
    quietly cppcheck cppcheck -q -j "$(jobs_count)" --std=c11 --enable=warning,performance,portability \
        --inline-suppr --error-exitcode=1 --suppressions-list=tools/check/cppcheck.suppress \
        --cppcheck-build-dir=build/lint/cppcheck -I . --file-list=build/lint/sources
}

lint_shell() {
    scripts=$(git_files 'run' '*.sh' '.ci/run' 'tools/fresh' | grep -v '^tools/check/selftest/' || true)
    # shellcheck disable=SC2086 # one word per file
    shellcheck -x -S style $scripts
}

# Syntax only; the size limits are a rule of tools/check.
lint_javascript() {
    git_files '*.js' '*.mjs' '*.cjs' | grep -v '/dist/' | xargs -r -n 1 node --check
}
