#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The only macro that may leave a function or a loop is GW_TRY.
. "$(dirname "$0")/../lib.sh"
files=$(c_files)
[ -n "$files" ] || exit 0
# shellcheck disable=SC2086
found=$(awk -f "$GW_CHECK_DIR/strip.awk" $files | awk '
    {
        split($0, field, ":")
        rest = substr($0, length(field[1]) + length(field[2]) + 3)
        if (!inside && rest ~ /^[ \t]*#[ \t]*define[ \t]/) {
            inside = 1
            where = field[1] ":" field[2]
            name = rest
            sub(/^[ \t]*#[ \t]*define[ \t]+/, "", name)
            sub(/[^A-Za-z0-9_].*/, "", name)
        }
        if (!inside) next
        if (name != "GW_TRY" && rest ~ /(^|[^A-Za-z0-9_])(return|goto|break|continue|longjmp)([^A-Za-z0-9_]|$)/)
            print where ": macro " name " changes the control flow"
        if (rest !~ /\\$/) inside = 0
    }')
finish "$found"
