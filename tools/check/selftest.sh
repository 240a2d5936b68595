#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every rule must fail on a planted violation and pass on a tree without one. A plant is
# selftest/<rule>.plant: it is run in an empty folder; its first line says what the rule must print.
set -u
here=$(cd "$(dirname "$0")" && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
failed=0
count=0
for rule in "$here"/rules/*.sh; do
    name=$(basename "$rule" .sh)
    mkdir -p "$scratch/empty"
    if ! (cd "$scratch/empty" && sh "$rule") >"$scratch/out" 2>&1; then
        echo "rule $name fails on an empty tree: $(head -n 1 "$scratch/out")"
        failed=$((failed + 1))
    fi
    found=0
    for plant in "$here/selftest/$name".plant "$here/selftest/$name"-*.plant; do
        [ -f "$plant" ] || continue
        found=$((found + 1))
        count=$((count + 1))
        rm -rf "$scratch/tree"
        mkdir -p "$scratch/tree"
        wanted=$(sed -n '1s/^# expect: //p' "$plant")
        (cd "$scratch/tree" && sh "$plant") || echo "plant $plant does not run"
        if (cd "$scratch/tree" && sh "$rule") >"$scratch/out" 2>&1; then
            if grep '^skipped: ' "$scratch/out"; then continue; fi
            echo "rule $name passes on $(basename "$plant")"
            failed=$((failed + 1))
        elif ! grep -q -e "$wanted" "$scratch/out"; then
            echo "rule $name does not say \"$wanted\" on $(basename "$plant"): $(head -n 1 "$scratch/out")"
            failed=$((failed + 1))
        fi
    done
    if [ "$found" = 0 ]; then
        echo "rule $name has no plant"
        failed=$((failed + 1))
    fi
done
echo "$count plants, $failed failed"
[ "$failed" = 0 ]
