#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Notes without an issue, and files that are nobody's: style.md sections 3 and 13.
. "$(dirname "$0")/../lib.sh"
files=$(files_like '\.(c|h|sh|js|mjs|sol|sql|def)$' | grep -v '^tools/check/' || true)
[ -n "$files" ] || exit 0
names=$(printf '%s\n' "$files" | grep -E '(^|/)(util|utils|misc|common|helper|helpers)\.[a-z]+$' | sed 's/$/:1: no such noun; a function belongs to the noun it serves/' || true)
# shellcheck disable=SC2086
notes=$(grep -n -E '(^|[^A-Za-z])(TODO|FIXME|XXX|HACK)([^A-Za-z]|$)' $files /dev/null | grep -v -E '(TODO|FIXME) ?\(#[0-9]+\)' |
    sed -E 's/^([^:]*:[0-9]+):.*/\1: a note without an issue number/' || true)
finish "$names$notes"
