#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every pure source has tests/unit/<folder>/test_<file>.c, and that test is built.
. "$(dirname "$0")/../lib.sh"
found=$(files_like '^(base|grid|oracle|dr)/[^/]*\.c$' | while read -r file; do
    folder=${file%%/*}
    name=$(basename "$file" .c)
    test="tests/unit/$folder/test_$name.c"
    if [ ! -f "$test" ]; then
        printf '%s:1: no %s\n' "$file" "$test"
    elif ! grep -q "test_$name\\b" "tests/unit/$folder/CMakeLists.txt" 2>/dev/null; then
        printf '%s:1: not in tests/unit/%s/CMakeLists.txt\n' "$test" "$folder"
    fi
done)
finish "$found"
