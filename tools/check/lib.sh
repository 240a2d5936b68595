# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# What the rules share. A rule runs in the root of a tree, prints `file:line: what is wrong` and exits
# 1 when it printed anything. The tree is the current directory, so that the self-test can plant one.
set -eu
GW_CHECK_DIR=$(cd "$(dirname "$0")/.." && pwd)
[ -f "$GW_CHECK_DIR/strip.awk" ] || GW_CHECK_DIR=$(cd "$(dirname "$0")" && pwd)
LC_ALL=C
export LC_ALL

# All files of the tree that are ours, one per line: tracked or new, not ignored.
tree_files() {
    if [ -e .git ] && git ls-files >/dev/null 2>&1; then
        git ls-files -co --exclude-standard | while read -r file; do
            if [ -f "$file" ]; then printf '%s\n' "$file"; fi
        done
    else
        find . \( -name .git -o -name build -o -name var -o -name node_modules \) -prune -o \
            -type f -print | sed 's|^\./||'
    fi | grep -v -e '/node_modules/' -e '^oracle/contracts/out/' -e '^oracle/contracts/cache/' | sort
}

# files_like <extended regular expression>; empty output is fine.
files_like() { tree_files | grep -E -e "$1" || true; }

c_files() { files_like '^(base|grid|oracle|dr|server|tests)/.*\.[ch]$'; }
pure_files() { files_like '^(base|grid|oracle|dr)/[^/]*\.[ch]$'; }

# Ends the rule: shows what was found and sets the exit status.
finish() {
    if [ -n "$1" ]; then
        printf '%s\n' "$1"
        exit 1
    fi
    exit 0
}
