#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# `gridwitness grid solve` as a person types it: tables, refusals, verdict and exit statuses.
set -eu
cd "$(dirname "$0")/../.."
gridwitness=$PWD/${GW_TEST_BUILD:-build/dev}/gridwitness
if [ ! -x "$gridwitness" ]; then
    echo "0 passed, 0 failed, 1 skipped"
    exit 77
fi
mkdir -p var
work=$(mktemp -d "$PWD/var/grid-solve.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
passed=0
failed=0
small=tests/fuzz/corpus/gw_net/balanced.json

# try <what> <wanted status> <wanted text> <arguments...>
try() {
    what=$1 wanted=$2 text=$3
    shift 3
    code=0
    "$gridwitness" grid "$@" >"$work/out" 2>&1 || code=$?
    if [ "$code" = "$wanted" ] && grep -q -e "$text" "$work/out"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        printf 'not as promised: %s (status %s):\n' "$what" "$code"
        head -n 5 "$work/out"
    fi
}

try 'a network is solved' 0 '^solved in [0-9]* sweeps' solve "$small"
try 'three phases show their unbalance' 0 'negative  *zero' solve tests/fuzz/corpus/gw_net/three_phase.json
try 'a table has as many rows as wanted' 0 '^transformer ' solve "$small" --rows 1
sed 's/"p_w":3000/"p_w":6e5/' "$small" >"$work/overload.json"
try 'an overload is infeasible' 1 '^infeasible: ' solve "$work/overload.json"
try 'in the band it is solved and said' 0 'loads outside 0.7 to 1.2' solve --banded "$work/overload.json"
sed 's/"from":"c"/"from":"x"/' "$small" >"$work/unknown.json"
try 'a fault has its pointer' 1 '/branches/1/from: there is no such node' solve "$work/unknown.json"
try 'a missing file is told' 1 'cannot be opened' solve "$work/none.json"
try 'a folder without tables is told' 1 'none of gw-net' solve "$work"
try 'no file is wrong use' 2 '^usage: ' solve
try 'another verb is wrong use' 2 '^usage: ' want "$small"
"$gridwitness" grid convert "$small" >"$work/again.json"
try 'a converted network is solved alike' 0 '^solved in [0-9]* sweeps' solve "$work/again.json"
try 'a map has its places' 0 '"FeatureCollection"' convert --to geojson "$small"
try 'an unknown format is wrong use' 2 '^usage: ' convert --to cim "$small"
mkdir "$work/simbench" "$work/dss"
tail -c +2 tests/fuzz/corpus/gridfile/matpower >"$work/case.m"
try 'a MATPOWER case is solved' 0 '^solved in' solve "$work/case.m"
tail -c +2 tests/fuzz/corpus/gridfile/pandapower >"$work/net.json"
try 'a pandapower network is solved' 0 '^solved in' solve "$work/net.json"
printf 'id;vmSetp;vaSetp;vmR\na;1.02;0;0.4\nb;NULL;NULL;0.4\n' >"$work/simbench/Node.csv"
printf 'id;nodeA;nodeB;type;length\nL;a;b;T;0.1\n' >"$work/simbench/Line.csv"
printf 'id;r;x;b;iMax;type\nT;0.2;0.08;260;270;cable\n' >"$work/simbench/LineType.csv"
printf 'id;node;calc_type\nX;a;vavm\n' >"$work/simbench/ExternalNet.csv"
try 'a SimBench folder is solved' 0 '^solved in' solve "$work/simbench"
printf 'New Circuit.c bus1=a basekv=0.4 isc3=5000 isc1=4000\nRedirect lines.txt\n' >"$work/dss/m.dss"
printf 'New Line.L bus1=a bus2=b R1=0.2 X1=0.1 R0=0.8 X0=0.4 C1=0 C0=0\n' >"$work/dss/lines.txt"
try 'an OpenDSS script is solved' 0 '^solved in' solve "$work/dss/m.dss"
sed 's/"p_w":3000/"p_w":60000/' "$small" >"$work/heavy.json"
try 'a need is confirmed' 0 'the power flow confirms' need "$work/heavy.json" --low 0.98
try 'a need that is not there is told' 0 '^nothing is needed' need "$small" --low 0.5
try 'too little is told' 1 '^not enough exists' need "$work/heavy.json" --low 0.98 --cap 0.01
try 'an outage with no way round is told' 1 'cut_off  *[1-9]' outages tests/fuzz/corpus/gw_net/three_phase.json --quiet
try 'a long study says how far it is' 1 '^outages: [0-9]* of [0-9]*' outages tests/fuzz/corpus/gw_net/three_phase.json
try 'a kind that does not exist is wrong use' 2 '^usage: ' need "$small" --only voltage_lo
echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" = 0 ]
