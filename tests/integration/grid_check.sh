#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# `gridwitness grid check` as a person types it: the worked example of five trades, refusals and exit statuses.
set -eu
cd "$(dirname "$0")/../.."
gridwitness=$PWD/${GW_TEST_BUILD:-build/dev}/gridwitness
if [ ! -x "$gridwitness" ]; then
    echo "0 passed, 0 failed, 1 skipped"
    exit 77
fi
mkdir -p var
work=$(mktemp -d "$PWD/var/grid-check.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
passed=0
failed=0

# try <what> <wanted status> <wanted text> <arguments...>
try() {
    what=$1 wanted=$2 text=$3
    shift 3
    code=0
    "$gridwitness" grid check "$@" >"$work/out" 2>&1 || code=$?
    if [ "$code" = "$wanted" ] && grep -q -e "$text" "$work/out"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        printf 'not as promised: %s (status %s):\n' "$what" "$code"
        head -n 5 "$work/out"
    fi
}

cat >"$work/net.json" <<'END'
{"format":"gw-net","version":1,"name":"five trades","model":"balanced","source":{"id":"grid","node":"0","u_pu":1.02},"nodes":[{"id":"0","un_v":400,"vmax_pu":1.05},{"id":"1","un_v":400,"vmax_pu":1.05},{"id":"2","un_v":400,"vmax_pu":1.05},{"id":"3","un_v":400,"vmax_pu":1.05}],"branches":[{"id":"s1","from":"0","to":"1","kind":"cable","r1_ohm":0.06201,"x1_ohm":0.02412,"imax_a":270},{"id":"s2","from":"1","to":"2","kind":"cable","r1_ohm":0.06201,"x1_ohm":0.02412,"imax_a":270},{"id":"s3","from":"2","to":"3","kind":"cable","r1_ohm":0.08268,"x1_ohm":0.03216,"imax_a":270}],"points":[{"id":"P0","node":"0","p_w":0,"q_var":0},{"id":"P1","node":"1","p_w":6000,"q_var":1972},{"id":"P2","node":"2","p_w":4000,"q_var":1315},{"id":"P3","node":"3","p_w":2000,"q_var":657}]}
END
cat >"$work/five.json" <<'END'
{
  "network": "net.json",
  "items": [
    {"id": "A", "seller_point": "P3", "buyer_point": "P1", "power_w": 20000, "accepted_at": "2026-01-20T10:00:00Z", "price_micros_per_kwh": 160000},
    {"id": "B", "seller_point": "P3", "buyer_point": "P0", "power_w": 25000, "accepted_at": "2026-01-20T10:05:00Z", "price_micros_per_kwh": 140000},
    {"id": "C", "seller_point": "P2", "buyer_point": "P1", "power_w": 15000, "accepted_at": "2026-01-20T10:10:00Z", "price_micros_per_kwh": 150000},
    {"id": "D", "seller_point": "P2", "buyer_point": "P3", "power_w": 10000, "accepted_at": "2026-01-20T10:20:00Z", "price_micros_per_kwh": 170000},
    {"id": "E", "seller_point": "P1", "buyer_point": "P1", "power_w": 8000, "accepted_at": "2026-01-20T10:25:00Z", "price_micros_per_kwh": 150000}
  ]
}
END
try 'the worked amounts stand side by side' 1 '^  B  *25.000 *19.996 *17.19[78]' "$work/five.json"
try 'the rule can be chosen' 1 '^min_kw: curtailed' --policy min_kw "$work/five.json"
try 'reasons are told' 1 '^  A  *voltage_high  *3 ' "$work/five.json"
try 'a margin is kept' 1 'voltage_high .* 420000 .* 419[0-9]* mV' --margin 2000 "$work/five.json"
{
    printf '{"network":'
    cat "$work/net.json"
    printf ',"bases":[{"id":"p95","points":[{"point":"P3","power_w":30000}]}],"items":[{"id":"A","seller_point":"P3","power_w":5000}]}'
} >"$work/inside.json"
try 'the network may be inside, with a base of its own' 0 '^sensitivity_qp: ok' "$work/inside.json"
sed 's/"P9"/"P8"/; s/"seller_point": "P2"/"seller_point": "P9"/' "$work/five.json" >"$work/point.json"
try 'an unknown point has its pointer' 1 '/items/2/seller_point: ' "$work/point.json"
sed 's/"power_w": 25000/"power_w": 2.5/' "$work/five.json" >"$work/fraction.json"
try 'a fraction is refused' 1 '/items/1/power_w: ' "$work/fraction.json"
sed 's/net.json/none.json/' "$work/five.json" >"$work/none.json"
try 'a missing network is told' 1 'none.json: ' "$work/none.json"
try 'no file is wrong use' 2 '^usage: '
try 'an unknown rule is wrong use' 2 '^usage: ' --policy best "$work/five.json"
echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" = 0 ]
