#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# base, grid, oracle and dr are pure: what their built libraries ask of others is on a written list,
# and none of them has a variable that can change. Read from the symbol tables of the release.
. "$(dirname "$0")/../lib.sh"
archives=$(find build/release -name 'libgw_base.a' -o -name 'libgw_grid.a' -o -name 'libgw_oracle.a' -o \
    -name 'libgw_dr.a' 2>/dev/null | sort)
if [ -z "$archives" ]; then
    [ -z "$(pure_files)" ] && exit 0
    echo "build/release: no libraries yet; ./run check builds them"
    exit 1
fi
# shellcheck disable=SC2086
symbols=$(nm -A $archives)
found=$(printf '%s\n' "$symbols" | awk -v allow="$GW_CHECK_DIR/pure_symbols.allow" '
    BEGIN {
        while ((getline line < allow) > 0) {
            if (line ~ /^#/ || line == "") continue
            split(line, word, " ")
            if (word[1] ~ /\.o:/) { only[word[1]] = 1 } else { may[word[1]] = 1 }
        }
    }
    NF > 2 && $(NF - 1) == "U" {
        place = $1
        sub(/:$/, "", place)
        count = split(place, part, ":")
        object = part[count]
        if (object ~ /^0*$/) object = part[count - 1]
        name = $NF
        sub(/@.*/, "", name)
        if (name ~ /^gw_/ || name in may || (object ":" name) in only) next
        if (name ~ /^secp256k1_/ && place ~ /libgw_oracle/) next
        if (name ~ /^nettle_/ && place ~ /libgw_oracle/) next
        print object ":1: asks for " name ", which is not on tools/check/pure_symbols.allow"
    }')
# shellcheck disable=SC2086
state=$(for archive in $archives; do objdump -t "$archive"; done 2>/dev/null | awk '
    /file format/ { object = $1; sub(/:$/, "", object) }
    / (\.data|\.bss|\.tdata|\.tbss|\*COM\*)(\.[A-Za-z_0-9.]*)?[ \t]/ {
        if ($0 ~ /\.data\.rel\.ro/) next
        if ($0 !~ / O /) next
        print object ":1: variable " $NF " can change"
    }')
finish "$found$state"
