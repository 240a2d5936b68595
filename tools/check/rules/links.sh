#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every relative link of a document leads to a file.
. "$(dirname "$0")/../lib.sh"
found=$(files_like '\.md$' | while read -r file; do
    folder=$(dirname "$file")
    grep -n -o '](\([^)]*\))' "$file" | sed 's/](\(.*\))$/\1/' | while IFS=: read -r line target; do
        case $target in http:* | https:* | mailto:* | '#'*) continue ;; esac
        path=${target%%#*}
        [ -e "$folder/$path" ] || printf '%s:%s: there is no %s\n' "$file" "$line" "$target"
    done
done)
finish "$found"
