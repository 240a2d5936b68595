#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs a test with a private broker: the shipped configuration and rights, mutual TLS, keys of
# `gridwitness keygen` for realm "test" with the gateway, node-1 and devices dev-1, dev-2.
#   with_mosquitto.sh <gridwitness> <program> [arguments]
# The program finds GW_TEST_BROKER (ssl://127.0.0.1:port) and GW_TEST_KEYS (a folder with ca.pem and
# <name>.pem, <name>.key). Broker and keys are gone afterwards.
set -eu
gridwitness=${1:?path of the program gridwitness}
shift
root=$(cd "$(dirname "$0")/../.." && pwd)
command -v mosquitto >/dev/null 2>&1 || PATH=$PATH:/usr/sbin
work=$(mktemp -d /tmp/gw-mosquitto.XXXXXX)
broker=
stop() {
    [ -z "$broker" ] || kill "$broker" 2>/dev/null || true
    [ -z "$broker" ] || wait "$broker" 2>/dev/null || true
    rm -rf "$work"
}
trap stop EXIT
trap 'exit 130' INT TERM

configure() {
    sed -e "s|@PORT@|$port|" -e "s|@CA_FILE@|$work/keys/ca.pem|" -e "s|@CERT_FILE@|$work/keys/broker.pem|" \
        -e "s|@KEY_FILE@|$work/keys/broker.key|" -e "s|@ACL_FILE@|$work/acl|" \
        -e "s|@PERSISTENCE_DIR@|$work/|" -e "s|@USER@|$(id -un)|" "$root/deploy/mosquitto.conf.in" >"$work/conf"
    sed -e 's|@REALM@|test|' "$root/deploy/mosquitto.acl.in" >"$work/acl"
    chmod 600 "$work/acl"
}

runs() {
    tries=0
    while kill -0 "$broker" 2>/dev/null && [ "$tries" -lt 200 ]; do
        openssl s_client -connect "127.0.0.1:$port" -cert "$work/keys/gateway.pem" -key "$work/keys/gateway.key" \
            </dev/null >/dev/null 2>&1 && return 0
        tries=$((tries + 1))
        sleep 0.05
    done
    return 1
}

printf 'dev-1\ndev-2\n' >"$work/devices"
"$gridwitness" keygen --out "$work/keys" --realm test --nodes 1 --device-file "$work/devices" >/dev/null
# Several tests may run at once: each tries ports from a place of its own.
first=$((20000 + $$ % 8000))
for port in $first $((first + 1)) $((first + 2)) $((first + 3)); do
    configure
    mosquitto -c "$work/conf" >"$work/log" 2>&1 &
    broker=$!
    if runs; then break; fi
    kill "$broker" 2>/dev/null || true
    wait "$broker" 2>/dev/null || true
    broker=
done
if [ -z "$broker" ]; then
    cat "$work/log" >&2
    exit 1
fi
GW_TEST_BROKER=ssl://127.0.0.1:$port
GW_TEST_KEYS=$work/keys
export GW_TEST_BROKER GW_TEST_KEYS
result=0
"$@" || result=$?
exit "$result"
