#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Changes sampled fields of the evidence of the demo and of the replay of real meters, one at a time:
# gwverify must notice each. Takes the bundles that `./run test` left behind when they are of this
# build, else plays both. A replay without its data is a counted skip.
# usage: demo_evidence.sh [--full]
set -eu
cd "$(dirname "$0")/../.."
sample=300
if [ "${1:-}" = --full ]; then sample=2000; fi
data=../shared/data/meters_sgsc_30min
mkdir -p var/evidence var/log
skipped=0

# bundle <name> [arguments of the demo]
bundle() {
    file=var/evidence/$1.json
    name=$1
    shift
    [ -n "$(find "$file" -newer build/release/gridwitness 2>/dev/null)" ] ||
        GW_BUNDLE_OUT=$PWD/$file sh tools/demo/demo.sh --headless "$@" >"var/log/evidence-$name.log" 2>&1 || {
        tail -n 20 "var/log/evidence-$name.log" >&2
        return 1
    }
    said=$(node tests/torture/evidence-mutation.mjs --bundle "$file" --sample "$sample") || {
        echo "$name: $said" >&2
        return 1
    }
    echo "$name: $said"
}

bundle demo
if [ -d "$data" ]; then
    bundle replay --data "$data"
else
    echo "skipped: no $data"
    skipped=1
fi
echo "$((2 - skipped)) passed, 0 failed, $skipped skipped"
