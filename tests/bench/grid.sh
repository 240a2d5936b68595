#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Power flows per second with the libraries of the release build; called by `./run bench grid`.
# Exit 1 when a figure that was asked for is missed.
set -eu
cd "$(dirname "$0")/../.."
[ -d ../shared/data/grid ] || {
    echo "skipped: there is no ../shared/data/grid"
    exit 0
}
mkdir -p var/bench
libraries=build/release
# shellcheck disable=SC2046 # one word per option
cc -std=gnu17 -O2 -D_GNU_SOURCE -ffp-contract=off -fno-math-errno -I. -o var/bench/grid \
    tests/bench/grid.c tests/support/grid_data.c tests/support/simbench_year.c \
    "$libraries/server/gridfile/libgw_gridfile.a" \
    "$libraries/server/feed/libgw_feed.a" "$libraries/grid/libgw_grid.a" "$libraries/base/libgw_base.a" \
    $(pkg-config --libs jansson)
exec var/bench/grid
