#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The commands as a person types them: settings, migrate, token, doctor, serve and its end, keygen.
set -eu
cd "$(dirname "$0")/../.."
gridwitness=$PWD/${GW_TEST_BUILD:-build/dev}/gridwitness
if [ ! -x "$gridwitness" ]; then
    echo "0 passed, 0 failed, 1 skipped"
    exit 77
fi
mkdir -p var
work=$(mktemp -d "$PWD/var/commands.XXXXXX")
passed=0
failed=0
stop() {
    tools/service/postgres.sh stop "$work" || true
    rm -rf "$work"
}
trap stop EXIT
trap 'exit 130' INT TERM

# check <what> <wanted> <got>
check() {
    if [ "$2" = "$3" ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        printf 'not as promised: %s (wanted %s, got %s)\n' "$1" "$2" "$3"
    fi
}

# code_of <command...>: its exit status; what it says is in $work/out.
code_of() {
    code=0
    "$@" >"$work/out" 2>&1 || code=$?
    echo "$code"
}

says() { grep -c -e "$1" "$work/out" || true; }

try_settings() {
    printf '[log]\nlevel = loud\n[database]\nconections = 2\n' >"$work/bad.ini"
    check "faulty settings are refused" 1 "$(code_of "$gridwitness" --check-config --config "$work/bad.ini")"
    check "the first fault is told" 1 "$(says 'bad.ini:2: \[log\] level')"
    check "the second fault is told in the same run" 1 "$(says 'bad.ini:4: there is no setting')"
    check "serve refuses them too" 1 "$(code_of "$gridwitness" serve --config "$work/bad.ini")"
    check "good settings are fine" 0 "$(code_of "$gridwitness" --check-config --config "$work/good.ini")"
    check "the origin is shown" 0 "$(code_of env GW_DATABASE_CONNECTIONS=3 "$gridwitness" --print-config --config "$work/good.ini")"
    check "the environment is named as origin" 1 "$(says 'connections = 3 ; GW_DATABASE_CONNECTIONS')"
    check "the file is named as origin" 1 "$(says "level = info ; $work/good.ini:")"
    check "a command that is not there is refused" 2 "$(code_of "$gridwitness" dance)"
}

try_database() {
    check "an old schema stops the start" 1 "$(code_of "$gridwitness" serve --config "$work/good.ini")"
    check "and says what to do" 1 "$(says 'Run ..gridwitness migrate')"
    check "migrate works" 0 "$(code_of "$gridwitness" migrate --config "$work/good.ini")"
    check "a second migrate changes nothing" 0 "$(code_of "$gridwitness" migrate --config "$work/good.ini")"
    check "and says so" 1 "$(says '0 migrations applied')"
    check "migrate --check agrees" 0 "$(code_of "$gridwitness" migrate --check --config "$work/good.ini")"
    check "doctor finds nothing to mend" 0 "$(code_of "$gridwitness" doctor --config "$work/good.ini")"
}

try_tokens() {
    check "an operator's token" 0 "$(code_of "$gridwitness" token create --scope operator --name ops --config "$work/good.ini")"
    check "is shown once in its form" 1 "$(says '^gw_[0-9a-f]\{16\}_[0-9a-f]\{64\}$')"
    secret=$(sed 's/^gw_[0-9a-f]*_//' "$work/out")
    id=$(sed 's/^gw_\([0-9a-f]*\)_.*/\1/' "$work/out")
    check "an aggregator's token needs a party" 1 "$(code_of "$gridwitness" token create --scope aggregator --config "$work/good.ini")"
    check "a scope that is not there is refused" 1 "$(code_of "$gridwitness" token create --scope king --config "$work/good.ini")"
    check "an oracle's token has its node" 0 "$(code_of "$gridwitness" token create --scope oracle --node 3 --config "$work/good.ini")"
    check "the list works" 0 "$(code_of "$gridwitness" token list --config "$work/good.ini")"
    check "the list shows the node" 1 "$(says 'oracle *node-3')"
    check "the list has no secret" 0 "$(says "$secret")"
    check "revoke works" 0 "$(code_of "$gridwitness" token revoke "$id" --config "$work/good.ini")"
    check "once" 1 "$(code_of "$gridwitness" token revoke "$id" --config "$work/good.ini")"
}

# started <pid>: waits for the line that says so.
started() {
    tries=0
    until grep -q '"event":"app.started"' "$work/log"; do
        tries=$((tries + 1))
        if [ "$tries" -gt 200 ] || ! kill -0 "$1" 2>/dev/null; then return 1; fi
        sleep 0.05
    done
}

try_serve() {
    "$gridwitness" serve --config "$work/good.ini" 2>"$work/log" &
    server=$!
    check "serve starts" yes "$(started "$server" && echo yes || echo no)"
    sed -i "s|^level = info|level = warning|" "$work/good.ini"
    kill -HUP "$server"
    kill -TERM "$server"
    code=0
    wait "$server" || code=$?
    sed -i "s|^level = warning|level = info|" "$work/good.ini"
    check "SIGTERM ends it well" 0 "$code"
    check "every log line is one object" 0 "$(grep -vc '^{"ts":".*}$' "$work/log" || true)"
    tools/service/postgres.sh kill "$work"
    "$gridwitness" serve --config "$work/good.ini" 2>"$work/log" &
    server=$!
    check "serve starts without its database" yes "$(started "$server" && echo yes || echo no)"
    check "and says that it is away" 1 "$(grep -c '"event":"database.away"' "$work/log")"
    kill -INT "$server"
    code=0
    wait "$server" || code=$?
    check "SIGINT ends it well" 0 "$code"
}

try_keygen() {
    check "keygen works" 0 "$(code_of "$gridwitness" keygen --out "$work/keys" --realm test --nodes 2 --aggregators agg-a)"
    check "the folder is private" 700 "$(stat -c %a "$work/keys")"
    check "no private key can be read by others" 0 "$(find "$work/keys" \( -name '*.key' -o -name '*.eth' \) -perm /077 | wc -l | tr -d ' ')"
    check "certificates follow from the authority" 0 "$(code_of openssl verify -CAfile "$work/keys/ca.pem" "$work/keys/gateway.pem" "$work/keys/agg-a.pem")"
    before=$(cat "$work/keys/gateway.key")
    check "keygen refuses to write over keys" 1 "$(code_of "$gridwitness" keygen --out "$work/keys" --realm test)"
    check "and leaves them as they were" yes "$([ "$before" = "$(cat "$work/keys/gateway.key")" ] && echo yes || echo no)"
}

mkdir "$work/state"
conninfo=$(tools/service/postgres.sh start "$work")
printf '[server]\nstate_dir = %s\n[log]\nlevel = info\n[database]\nconninfo = %s\n' "$work/state" "$conninfo" >"$work/good.ini"
if grep -q '^GW_SETTING(HTTP, *PORT' server/config.def; then printf '[http]\nport = 0\n' >>"$work/good.ini"; fi
try_settings
try_database
try_tokens
try_serve
try_keygen
printf '%s passed, %s failed, 0 skipped\n' "$passed" "$failed"
[ "$failed" = 0 ]
