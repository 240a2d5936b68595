#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The broker's configuration in deploy/ gives each client its own topics and nothing else. Starts a
# private Mosquitto with a throw-away authority and tries what must work and what must not.
set -eu
cd "$(dirname "$0")/../.."
command -v mosquitto >/dev/null 2>&1 || PATH=$PATH:/usr/sbin
mkdir -p var
work=$(mktemp -d "$PWD/var/broker.XXXXXX")
broker=
passed=0
failed=0
stop() {
    [ -z "$broker" ] || kill "$broker" 2>/dev/null || true
    [ -z "$broker" ] || wait "$broker" 2>/dev/null || true
    rm -rf "$work"
}
trap stop EXIT
trap 'exit 130' INT TERM

make_authority() {
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj "/CN=$1" \
        -keyout "$work/$1.ca.key" -out "$work/$1.ca.pem" 2>/dev/null
}

# make_certificate <name> <authority>
make_certificate() {
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj "/CN=$1" \
        -keyout "$work/$1.key" -out "$work/$1.csr" 2>/dev/null
    printf 'subjectAltName=IP:127.0.0.1,DNS:localhost\n' >"$work/names"
    openssl x509 -req -in "$work/$1.csr" -CA "$work/$2.ca.pem" -CAkey "$work/$2.ca.key" -CAcreateserial \
        -days 2 -extfile "$work/names" -out "$work/$1.pem" 2>/dev/null
}

start_broker() {
    for port in 28830 28831 28832 28833 28834; do
        sed -e "s|@PORT@|$port|" -e "s|@CA_FILE@|$work/ours.ca.pem|" -e "s|@CERT_FILE@|$work/broker.pem|" \
            -e "s|@KEY_FILE@|$work/broker.key|" -e "s|@ACL_FILE@|$work/acl|" \
            -e "s|@PERSISTENCE_DIR@|$work/|" -e "s|@USER@|$(id -un)|" deploy/mosquitto.conf.in >"$work/conf"
        sed -e 's|@REALM@|test|' deploy/mosquitto.acl.in >"$work/acl"
        chmod 700 "$work"
        mosquitto -c "$work/conf" >"$work/log" 2>&1 &
        broker=$!
        if wait_for_port; then return 0; fi
        wait "$broker" || true
        broker=
    done
    cat "$work/log"
    exit 1
}

wait_for_port() {
    tries=0
    while kill -0 "$broker" 2>/dev/null && [ "$tries" -lt 100 ]; do
        openssl s_client -connect "127.0.0.1:$port" </dev/null >/dev/null 2>&1 && return 0
        grep -q 'running' "$work/log" && return 0
        tries=$((tries + 1))
        sleep 0.05
    done
    return 1
}

# as <program> <name> <arguments>
as() {
    program=$1
    name=$2
    shift 2
    "$program" -h 127.0.0.1 -p "$port" -V 5 --cafile "$work/ours.ca.pem" --cert "$work/$name.pem" --key "$work/$name.key" "$@"
}

# Somebody's session that keeps what is sent to it while it is away.
keep_session() { as mosquitto_sub "$1" -i "$1" -c -x 3600 -q 1 -t "$2" -E >/dev/null 2>&1; }

# heard <name> <topic>: how many messages wait for its session.
heard() { as mosquitto_sub "$1" -i "$1" -c -x 3600 -q 1 -t "$2" -W 1 2>/dev/null | wc -l | tr -d ' '; }

check() {
    if [ "$2" = "$3" ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        printf 'not as promised: %s (wanted %s, got %s)\n' "$1" "$2" "$3"
    fi
}

# says <name> <topic> <text>: yes when the broker takes it.
says() {
    text=$(as mosquitto_pub "$1" -i "$1" -c -x 3600 -q 1 -t "$2" -m "$3" 2>&1) || true
    case $text in *[Nn]ot\ authorized* | *rror* | *refused*) echo no ;; *) echo yes ;; esac
}

try_rights() {
    check "a device does not speak for another" no "$(says dev1 gw/v1/test/up/dev2/m two)"
    check "a device does not speak downwards" no "$(says dev1 gw/v1/test/down/dev1/rcpt three)"
    check "a device does not publish requests" no "$(says dev1 gw/v1/test/pub/request four)"
    check "an aggregator does not publish requests" no "$(says agg-aurora gw/v1/test/pub/request five)"
    check "an aggregator steers under its own name" yes "$(says agg-aurora agg/v1/agg-aurora/down/dev1/set six)"
    check "an aggregator does not steer under another's name" no "$(says agg-aurora agg/v1/agg-boreal/down/dev1/set seven)"
    check "a node says nothing" no "$(says node-1 gw/v1/test/up/node-2/m eight)"
    check "a client without a certificate is refused" no "$(
        mosquitto_pub -h 127.0.0.1 -p "$port" --cafile "$work/ours.ca.pem" -t x -m y >/dev/null 2>&1 && echo yes || echo no
    )"
    check "a certificate of another authority is refused" no "$(
        as mosquitto_pub foreign -t gw/v1/test/up/foreign/m -m y >/dev/null 2>&1 && echo yes || echo no
    )"
}

make_authority ours
make_authority other
for name in broker gateway node-1 dev1 dev2 agg-aurora; do make_certificate "$name" ours; done
make_certificate foreign other
start_broker
try_rights
# A session that is kept hears what was said while it was away; its owner must not speak meanwhile.
keep_session dev1 'gw/v1/test/down/dev1/#'
keep_session dev2 'gw/v1/test/down/#'
keep_session agg-aurora 'gw/v1/test/pub/#'
check "the gateway publishes requests" yes "$(says gateway gw/v1/test/pub/request nine)"
check "the gateway sends receipts" yes "$(says gateway gw/v1/test/down/dev1/rcpt ten)"
check "a device hears what is for it" 1 "$(heard dev1 'gw/v1/test/down/dev1/#')"
check "a device does not hear what is for another" 0 "$(heard dev2 'gw/v1/test/down/#')"
check "an aggregator hears requests" 1 "$(heard agg-aurora 'gw/v1/test/pub/#')"
keep_session gateway 'gw/v1/test/up/#'
keep_session node-1 'gw/v1/test/up/#'
check "a device speaks on its own topic" yes "$(says dev1 gw/v1/test/up/dev1/m one)"
check "a device does not speak for another" no "$(says dev2 gw/v1/test/up/dev1/m two)"
check "the gateway hears the one message that was allowed" 1 "$(heard gateway 'gw/v1/test/up/#')"
check "a node hears it too" 1 "$(heard node-1 'gw/v1/test/up/#')"
keep_session gateway 'gw/v1/test/up/#'
keep_session node-1 'gw/v1/test/up/#'
check "a member of an exchange answers on its own topic" yes "$(says agg-aurora gw/v1/test/up/agg-aurora/exchange three)"
check "a member does not answer for another" no "$(says dev1 gw/v1/test/up/agg-aurora/exchange four)"
check "the gateway hears the answer" 1 "$(heard gateway 'gw/v1/test/up/#')"
check "a node does not" 0 "$(heard node-1 'gw/v1/test/up/#')"
printf '%s passed, %s failed, 0 skipped\n' "$passed" "$failed"
[ "$failed" = 0 ]
