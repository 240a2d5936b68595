#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Writes the tables of the code into the documents, between <!-- begin NAME --> and <!-- end NAME -->.
#   tables.sh           rewrites what differs
#   tables.sh --check   only says what differs, and exits 1
# Runs in the root of the tree.
set -eu
LC_ALL=C
export LC_ALL
here=$(cd "$(dirname "$0")" && pwd)
check=
[ "${1:-}" = --check ] && check=1
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
failed=0

rows() { awk -f "$here/rows.awk" "$1"; }

errors() {
    printf '| code | HTTP | try again | meaning |\n|---|---|---|---|\n'
    rows base/status.def | awk -F '\t' '{ printf "| `%s` | %s | %s | %s |\n", $3, $4, $5 == 1 ? "yes" : "no", $6 }'
}

settings() {
    printf '| setting | kind | default | range | reload | meaning |\n|---|---|---|---|---|---|\n'
    rows server/config.def | awk -F '\t' '{
        range = ($6 == 0 && $7 == 0) ? "" : $6 " to " $7
        gsub(/\|/, "\\|", $10)
        printf "| `%s.%s` | %s | %s | %s | %s | %s%s |\n", tolower($2), tolower($3), tolower($4),
            $5 == "" ? "" : "`" $5 "`", range, $8 == 1 ? "yes" : "", $10, $9 == 1 ? " (secret)" : ""
    }'
}

metrics() {
    printf '| metric | kind | labels | meaning |\n|---|---|---|---|\n'
    rows server/metrics.def | awk -F '\t' '{ printf "| `%s` | %s | %s | %s |\n", $4, tolower($3), $5, $6 }'
}

health() {
    printf '| part | needed to be ready |\n|---|---|\n'
    rows server/health.def | awk -F '\t' '{ printf "| `%s` | %s |\n", $3, $4 == 1 ? "yes" : "no: degraded, and says so" }'
}

verdicts() {
    printf '| verdict | meaning |\n|---|---|\n'
    rows oracle/verdict.def | awk -F '\t' '{ printf "| `%s` | %s |\n", $3, $4 }'
}

scopes() {
    printf '| scope | what it may do |\n|---|---|\n'
    rows server/http/scope.def | awk -F '\t' '{ printf "| `%s` | %s |\n", $4, $5 }'
}

crashes() {
    printf '| named point | what is done there, what is not |\n|---|---|\n'
    rows server/crash.def | awk -F '\t' '{ printf "| `%s` | %s |\n", $3, $4 }'
}

# All settings with their defaults, commented out.
sample() {
    rows server/config.def | awk -F '\t' '{
        section = tolower($2)
        if (!(section in text)) order[++count] = section
        text[section] = text[section] "; " $10 "\n;" tolower($3) " = " $5 "\n"
    }
    END { for (at = 1; at <= count; at++) printf "%s[%s]\n%s", at == 1 ? "" : "\n", order[at], text[order[at]] }'
}

# put <document> <name> <mark start> <mark end>: the new text on standard input.
put() {
    cat >"$scratch/block"
    if [ ! -f "$1" ]; then
        echo "$1:1: there is no $1, and $2 belongs into it"
        failed=1
        return 0
    fi
    if ! grep -q -F -e "begin $2 $4" "$1"; then
        echo "$1:1: no lines \"$3 begin $2 $4\" and \"$3 end $2 $4\""
        failed=1
        return 0
    fi
    awk -v block="$scratch/block" -v from="$3 begin $2 $4" -v to="$3 end $2 $4" '
        $0 == to { skip = 0 }
        !skip { print }
        $0 == from { skip = 1; while ((getline line < block) > 0) print line; close(block) }' "$1" >"$scratch/new"
    cmp -s "$scratch/new" "$1" && return 0
    if [ -n "$check" ]; then
        echo "$1:1: differs from $2; run tools/docs/tables.sh"
        failed=1
    else
        cp "$scratch/new" "$1"
        echo "$1: rewritten from $2"
    fi
}

# table <def> <document> <generator>
table() {
    [ -f "$1" ] || return 0
    "$3" | put "$2" "$1" '<!--' '-->'
}

table base/status.def docs/ERRORS.md errors
table server/config.def docs/CONFIG.md settings
table server/metrics.def docs/OPERATIONS.md metrics
table server/health.def docs/OPERATIONS.md health
table server/crash.def docs/RELIABILITY.md crashes
table server/http/scope.def docs/OPERATIONS.md scopes
table oracle/verdict.def docs/GLOSSARY.md verdicts
if [ -f server/config.def ]; then sample | put deploy/gridwitness.ini server/config.def ';' ';'; fi
exit "$failed"
