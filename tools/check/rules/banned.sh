#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Functions that are not used here, goto, and memory outside arenas. The replacement is in base/.
# malloc and its like are allowed in the files of tools/check/malloc.allow.
. "$(dirname "$0")/../lib.sh"
files=$(c_files)
[ -n "$files" ] || exit 0
# shellcheck disable=SC2086
found=$(awk -f "$GW_CHECK_DIR/strip.awk" $files | awk -v allow="$GW_CHECK_DIR/malloc.allow" '
    BEGIN {
        while ((getline line < allow) > 0) if (line !~ /^#/) { split(line, piece, " "); may[piece[1]] = 1 }
        banned = "strcpy strcat strncpy strncat stpcpy sprintf vsprintf strtok strtok_r atoi atol atoll atof " \
                 "strtol strtoll strtoul strtoull strtod strtof strtold gets rand srand random srandom " \
                 "sscanf gmtime localtime ctime asctime system popen alloca setjmp longjmp"
        count = split(banned, name, " ")
        for (at = 1; at <= count; at++) never[name[at]] = 1
        count = split("malloc calloc realloc strdup strndup free", name, " ")
        for (at = 1; at <= count; at++) memory[name[at]] = 1
    }
    {
        split($0, field, ":")
        file = field[1]
        rest = substr($0, length(field[1]) + length(field[2]) + 3)
        if (rest ~ /^[ \t]*#[ \t]*include/) next
        where = file ":" field[2] ": "
        if (rest ~ /(^|[^A-Za-z0-9_])goto([^A-Za-z0-9_]|$)/) print where "goto is not used here"
        while (match(rest, /[A-Za-z_][A-Za-z0-9_]*[ ]*\(/)) {
            before = RSTART > 1 ? substr(rest, RSTART - 1, 1) : ""
            word = substr(rest, RSTART, RLENGTH - 1)
            sub(/ +$/, "", word)
            if (before != "." && before != ">") {
                # Tests may start a program.
                if (word in never && !(word == "popen" && file ~ /^tests\//)) print where word " is banned"
                if (word in memory && file ~ /^(base|grid|oracle|dr|server)\// && !(file in may))
                    print where word " outside base/arena.c and start-up (tools/check/malloc.allow)"
            }
            rest = substr(rest, RSTART + RLENGTH)
        }
    }')
finish "$found"
