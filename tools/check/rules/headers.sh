#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A header says `#pragma once` and compiles alone, as the first include of a file.
# A .c includes its own header first, or the private one of its folder that includes it.
. "$(dirname "$0")/../lib.sh"
headers=$(files_like '^(base|grid|oracle|dr|server)/.*\.h$')
[ -n "$headers" ] || exit 0
unit=$(mktemp -d)
trap 'rm -rf "$unit"' EXIT
# Headers that the build makes are found where it puts them.
made=
for folder in build/check build/release build/dev build/clang; do
    if [ -d "$folder" ]; then made="$made -I$folder/generated"; fi
done
libraries=$(pkg-config --cflags libpq libmicrohttpd jansson libcurl 2>/dev/null || true)
compile_alone() {
    name=$(printf '%s' "$1" | tr '/' '_')
    printf '#include "%s"\n#include "%s"\ntypedef int gw_header_check_;\n' "$1" "$1" >"$unit/$name.c"
    # shellcheck disable=SC2086 # one word per option
    cc -std=gnu17 -D_GNU_SOURCE -fsyntax-only -Wall -Wextra -Werror -I. $made $libraries "$unit/$name.c" 2>&1 | head -n 3
}
found=$(for header in $headers; do
    grep -q '^#pragma once' "$header" || printf '%s:1: no #pragma once\n' "$header"
    text=$(compile_alone "$header")
    if [ -n "$text" ]; then printf '%s:1: does not compile alone: %s\n' "$header" "$text"; fi
done)
own=$(files_like '^(base|grid|oracle|dr|server)/.*\.c$' | while read -r file; do
    header=${file%.c}.h
    [ -f "$header" ] || continue
    first=$(sed -n 's/^#include[ ]*//p' "$file" | head -n 1)
    case $first in "\"$header\"" | "\"${file%/*}/"*) continue ;; esac
    printf '%s:1: its own header is not its first include\n' "$file"
done)
finish "$found$own"
