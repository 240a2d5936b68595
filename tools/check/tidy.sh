#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# clang-tidy over one source, unless its preprocessed text was already found clean.
set -u
file=$1
database=build/clang
stamp=build/lint/$(printf '%s' "$file" | tr '/' '_').clean
key=$({
    cat .clang-tidy
    clang-14 -E -P -D_GNU_SOURCE -I. -I"$database/generated" "$file" 2>/dev/null
    cat "$file"
} | cksum)
if [ "$(cat "$stamp" 2>/dev/null)" = "$key" ]; then exit 0; fi
if text=$(clang-tidy-14 --quiet -p "$database" "$file" 2>/dev/null); then
    printf '%s\n' "$key" >"$stamp"
    exit 0
fi
printf '%s\n' "$text"
exit 1
