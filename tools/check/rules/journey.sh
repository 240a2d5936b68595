#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every function, file and folder that docs/JOURNEY.md names (in back-quotes) exists.
. "$(dirname "$0")/../lib.sh"
story=docs/JOURNEY.md
if [ ! -f "$story" ]; then
    [ -f server/main.c ] || exit 0
    finish "$story:1: there is no $story"
fi
sources=$(files_like '\.(c|h|sol|js|mjs|sql|def)$')
# shellcheck disable=SC2016 # back-quotes are text here
found=$(grep -n -o '`[^`]*`' "$story" | tr -d '`' | while IFS=: read -r line name; do
    case $name in
    *[!A-Za-z0-9_./-]* | /*) continue ;;
    */*) [ -e "$name" ] || printf '%s:%s: there is no %s\n' "$story" "$line" "$name" ;;
    gw_*)
        # shellcheck disable=SC2086 # one word per file
        grep -q -w -e "$name" $sources || printf '%s:%s: nothing is called %s\n' "$story" "$line" "$name"
        ;;
    esac
done)
finish "$found"
