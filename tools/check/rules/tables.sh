#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The documents hold what the tables of the code say; every key of a sample configuration exists.
. "$(dirname "$0")/../lib.sh"
found=$(sh "$GW_CHECK_DIR/../docs/tables.sh" --check || true)
stale=$(files_like '^deploy/.*\.ini$' | while read -r file; do
    [ -f server/config.def ] || break
    awk -f "$GW_CHECK_DIR/../docs/rows.awk" server/config.def | awk -F '\t' '{ print tolower($2) "." tolower($3) }' >"${TMPDIR:-/tmp}/gw-keys.$$"
    awk -v keys="${TMPDIR:-/tmp}/gw-keys.$$" '
        BEGIN { while ((getline line < keys) > 0) known[line] = 1 }
        /^\[/ { section = $0; gsub(/[][]/, "", section) }
        /^[a-z_0-9]+ *=/ {
            key = $0
            sub(/ *=.*/, "", key)
            if (!((section "." key) in known)) printf "%s:%d: there is no setting %s.%s\n", FILENAME, FNR, section, key
        }' "$file"
    rm -f "${TMPDIR:-/tmp}/gw-keys.$$"
done)
finish "$found$stale"
