#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# No file over 500 lines, no function (or SQL statement section) over 60, and outside C no more than
# 20 decisions in one.
. "$(dirname "$0")/../lib.sh"
files=$(files_like '(\.(c|h|def|sh|awk|js|mjs|cjs|sol|sql|cmake)|CMakeLists\.txt|^run|^\.ci/run|^tools/fresh)$')
[ -n "$files" ] || exit 0
# shellcheck disable=SC2086
finish "$(awk -f "$GW_CHECK_DIR/sizes.awk" $files)"
