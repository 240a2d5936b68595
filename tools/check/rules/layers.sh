#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# base <- grid <- {oracle, dr} <- server; oracle and dr do not see each other.
. "$(dirname "$0")/../lib.sh"
# shellcheck disable=SC2016 # awk text
found=$(files_like '^(base|grid|oracle|dr|server)/.*\.[ch]$' | xargs -r awk '
    BEGIN {
        allowed["base"] = " base "
        allowed["grid"] = " base grid "
        allowed["oracle"] = " base grid oracle "
        allowed["dr"] = " base grid dr "
        allowed["server"] = " base grid oracle dr server "
    }
    /^[ \t]*#[ \t]*include[ \t]*"/ {
        split($0, part, "\"")
        if (part[2] !~ /\//) { printf "%s:%d: include \"%s\" by its path from the root\n", FILENAME, FNR, part[2]; next }
        split(FILENAME, here, "/")
        split(part[2], there, "/")
        if (index(allowed[here[1]], " " there[1] " ") == 0)
            printf "%s:%d: %s may not include \"%s\"\n", FILENAME, FNR, here[1], part[2]
    }')
finish "$found"
