#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Exported names start with gw_ (enum members and macros GW_), and no exported function takes a bool,
# except where the bool is the datum itself (names that end in _flag or _bool).
. "$(dirname "$0")/../lib.sh"
headers=$(files_like '^(base|grid|oracle|dr|server)/.*\.h$')
[ -n "$headers" ] || exit 0
# shellcheck disable=SC2086 # file names of ours have no blanks
found=$(awk -f "$GW_CHECK_DIR/strip.awk" $headers | awk '
    {
        split($0, field, ":")
        rest = substr($0, length(field[1]) + length(field[2]) + 3)
        where = field[1] ":" field[2] ": "
        if (rest ~ /^[ \t]*#/ ) {
            if (match(rest, /^[ \t]*#[ \t]*define[ \t]+[A-Za-z_0-9]+/)) {
                name = substr(rest, RSTART, RLENGTH)
                sub(/.*[ \t]/, "", name)
                if (name !~ /^GW_/ && name != "gw_fail_with") print where "macro " name " does not start with GW_"
            }
            next
        }
        # A prototype begins in the first column and ends with a semicolon or a body.
        if (rest ~ /^[A-Za-z_]/ && rest !~ /^(typedef|struct|enum|union|extern|\}|_Static_assert|__extension__)/) { text = ""; start = where; open = 1 }
        if (!open) next
        text = text " " rest
        if (rest !~ /[;{]/) next
        open = 0
        sub(/[;{].*/, "", text)
        if (text !~ /\(/) next
        name = text
        sub(/^ *(GW_MUST_CHECK|static|inline|const|extern) +/, "", name)
        gsub(/__attribute__ *\(\([^()]*(\([^()]*\))?\)\)/, "", name)
        sub(/ *\(.*/, "", name)
        sub(/.*[ *]/, "", name)
        if (name != "" && name !~ /^(gw_|GW_|LLVMFuzzer)/) print start name " does not start with gw_"
        arguments = text
        sub(/^[^(]*\(/, "", arguments)
        if (name !~ /_(flag|bool)$/ && arguments ~ /(^|[ (,])bool +[a-z_0-9]+ *[,)]/) print start name " takes a bool: give the choice a name"
    }')
finish "$found"
