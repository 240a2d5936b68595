#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# clang-format decides layout.
. "$(dirname "$0")/../lib.sh"
files=$(c_files)
[ -n "$files" ] || exit 0
# shellcheck disable=SC2086 # file names of ours have no blanks
clang-format-14 --dry-run -Werror --style=file:"$GW_CHECK_DIR/../../.clang-format" $files
