#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# openapi/openapi.yaml and the tables of the server say the same: paths and methods of
# server/http/routes.def, the codes of base/status.def (schema Problem), the verdicts of
# oracle/verdict.def (schema Verdict).
. "$(dirname "$0")/../lib.sh"
contract=openapi/openapi.yaml
rows() { awk -f "$GW_CHECK_DIR/../docs/rows.awk" "$1"; }
if [ ! -f "$contract" ]; then
    [ -f server/http/routes.def ] || exit 0
    finish "$contract:1: there is no $contract"
fi
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# The values of the enum of a schema, one per line, whether written as a list or in brackets.
enum_of() {
    awk -v wanted="$1" '
        $0 ~ "^    " wanted ":" { inside = 1; next }
        inside && /^    ?[A-Za-z]/ { inside = 0 }
        inside && /enum:/ { listing = 1; sub(/.*enum: */, "") }
        inside && listing {
            text = $0
            if (text ~ /^ *[a-z]+:/ && text !~ /^ *-/) { listing = 0; next }
            gsub(/[][]/, " ", text)
            count = split(text, word, /[, ]+/)
            for (at = 1; at <= count; at++) { gsub(/["\047]/, "", word[at]); if (word[at] != "" && word[at] != "-") print word[at] }
        }' "$contract" | sort
}

# compare <name of left> <left file> <name of right> <right file>
compare() {
    comm -23 "$2" "$4" | sed "s|^|$contract:1: only in $1: |"
    comm -13 "$2" "$4" | sed "s|^|$contract:1: only in $3: |"
}

paths() {
    awk '
        /^paths:/ { inside = 1; next }
        /^[a-z]/ { inside = 0 }
        inside && /^  ["\047]?\// { path = $1; gsub(/["\047]/, "", path); sub(/:$/, "", path) }
        inside && /^    (get|put|post|patch|delete):/ { method = $1; sub(/:.*/, "", method); print toupper(method) " " path }
    ' "$contract" | sort
}

routes() {
    rows server/http/routes.def | awk -F '\t' '{
        method = ""
        path = ""
        for (at = 2; at <= NF; at++) {
            if ($at ~ /^(GW_METHOD_)?(GET|PUT|POST|PATCH|DELETE)$/ && method == "") { method = $at; sub(/GW_METHOD_/, "", method) }
            if ($at ~ /^\// && path == "") path = $at
        }
        print method " " path
    }' | sort
}

found=$({
    if [ -f server/http/routes.def ]; then
        paths >"$scratch/paths"
        routes >"$scratch/routes"
        compare "$contract" "$scratch/paths" server/http/routes.def "$scratch/routes"
    fi
    if [ -f base/status.def ]; then
        rows base/status.def | cut -f 3 | sort >"$scratch/status"
        enum_of Problem >"$scratch/codes"
        compare "schema Problem" "$scratch/codes" base/status.def "$scratch/status"
    fi
    if [ -f oracle/verdict.def ]; then
        rows oracle/verdict.def | cut -f 3 | sort >"$scratch/verdict"
        enum_of Verdict >"$scratch/verdicts"
        compare "schema Verdict" "$scratch/verdicts" oracle/verdict.def "$scratch/verdict"
    fi
})
finish "$found"
