#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# No floating point where two nodes must agree. Allowed: the files of tools/check/floats.allow.
. "$(dirname "$0")/../lib.sh"
files=$(files_like '^(base|grid|oracle|dr|server)/.*\.[ch]$')
[ -n "$files" ] || exit 0
allowed=$(sed -e '/^#/d' -e '/^$/d' -e 's/[ ].*//' "$GW_CHECK_DIR/floats.allow")
# shellcheck disable=SC2086
found=$(awk -f "$GW_CHECK_DIR/strip.awk" $files |
    grep -E '^[^:]*:[0-9]+:.*(^|[^A-Za-z0-9_])(float|double|json_real|json_real_value|json_number_value)([^A-Za-z0-9_]|$)' |
    grep -v -E "^($(printf '%s' "$allowed" | tr '\n' '|')):" |
    sed -E 's/^([^:]*:[0-9]+):.*/\1: floating point outside the listed files/' || true)
finish "$found"
