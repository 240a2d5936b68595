#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# SQL lives in sql/: no statement in a C string of the product.
. "$(dirname "$0")/../lib.sh"
files=$(files_like '^(base|grid|oracle|dr|server)/.*\.[ch]$')
[ -n "$files" ] || exit 0
# shellcheck disable=SC2086
found=$(awk -v keep=1 -f "$GW_CHECK_DIR/strip.awk" $files |
    grep -E '"[ ]*(SELECT[ *]|INSERT INTO |UPDATE [a-z_.]+|DELETE FROM |MERGE INTO |WITH [a-z_]+ AS|CREATE (TABLE|INDEX|UNIQUE|SCHEMA|TYPE|ROLE|DATABASE)|ALTER |DROP |TRUNCATE |COPY [a-z_.]+|GRANT |REVOKE )' |
    sed -E 's/^([^:]*:[0-9]+):.*/\1: SQL in a C string; it belongs in sql\//' || true)
finish "$found"
