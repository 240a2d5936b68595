#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The npm lock file names no registry, so that it works behind anybody's mirror.
. "$(dirname "$0")/../lib.sh"
found=$(files_like '(^|/)package-lock\.json$' | while read -r file; do
    grep -n '"resolved": "http' "$file" | head -n 3 | sed "s|^\([0-9]*\):.*|$file:\1: names a registry; set omit-lockfile-registry-resolved in .npmrc|" || true
done)
finish "$found"
