#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every source says its licence in its first three lines.
. "$(dirname "$0")/../lib.sh"
found=$(files_like '(\.(c|h|def|sh|awk|js|mjs|cjs|sol|sql|cmake|yaml|yml|service|socket|target)|CMakeLists\.txt|^run|^\.ci/run|^tools/fresh)$' |
    grep -v '^tools/check/selftest/' | while read -r file; do
    head -n 3 "$file" | grep -q 'SPDX-License-Identifier: Apache-2\.0\|SPDX-License-Identifier: MIT' ||
        printf '%s:1: no SPDX line\n' "$file"
done)
finish "$found"
