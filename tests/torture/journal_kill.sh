#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# kill -9 of a process that writes a journal, again and again: what it had called durable must be
# there afterwards, and nothing that was not written.
# usage: journal_kill.sh [--full]
set -eu
cd "$(dirname "$0")/../.."
kills=20
if [ "${1:-}" = --full ]; then kills=500; fi
[ -f build/dev/build.ninja ] || cmake --preset dev >/dev/null
ninja -C build/dev journal_writer >/dev/null
program=build/dev/tests/torture/journal_writer
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
durable=0
done=0
while [ "$done" -lt "$kills" ]; do
    "$program" write "$directory/journal" >"$directory/said" &
    writer=$!
    sleep "0.0$((1 + done * 7 % 9))"
    kill -9 "$writer"
    wait "$writer" 2>/dev/null || true
    # the last line may be cut off by the kill: take the one before
    said=$(sed -n '$!p' "$directory/said" | tail -n 1)
    if [ -n "$said" ]; then durable=$said; fi
    found=$("$program" check "$directory/journal" "$durable") || {
        echo "after kill $done: $durable records were durable, found: $found" >&2
        exit 1
    }
    done=$((done + 1))
done
echo "journal: $kills kills, $found records, none lost, none invented"
