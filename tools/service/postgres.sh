#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A private PostgreSQL: reached only through a Unix socket, with peer authentication, gone after stop.
#   postgres.sh start <folder>   makes and starts it, prints the connection string
#   postgres.sh stop <folder>    stops it and removes its files
#   postgres.sh kill <folder>    stops it hard and keeps its files; start again continues with them
# PostgreSQL refuses root, so for root the files belong to the package's user "postgres". When that
# user cannot reach the folder, they are kept in /tmp; <folder>/postgres.place says where.
set -eu
action=${1:?start, stop or kill}
folder=${2:?folder}
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
note=$folder/postgres.place
bin=$(ls -d /usr/lib/postgresql/15/bin 2>/dev/null || dirname "$(command -v initdb)")
owner=$(id -un)
if [ "$owner" = root ]; then owner=postgres; fi

as_owner() {
    if [ "$(id -u)" = 0 ]; then
        (cd / && runuser -u "$owner" -- "$@")
    else
        "$@"
    fi
}

# The socket's path has to fit 107 bytes, and the owner has to reach it.
choose_place() {
    place=$folder/postgres
    mkdir -p "$place"
    chmod 700 "$place"
    if [ "$(id -u)" = 0 ]; then chown "$owner" "$place"; fi
    if [ "${#place}" -gt 80 ] || ! as_owner test -w "$place"; then
        rmdir "$place"
        place=$(mktemp -d /tmp/gw-postgres.XXXXXX)
        if [ "$(id -u)" = 0 ]; then chown "$owner" "$place"; fi
    fi
    printf '%s\n' "$place" >"$note"
}

make_cluster() {
    as_owner "$bin/initdb" -D "$place/data" -U gridwitness -E UTF8 --locale=C.UTF-8 \
        --auth-local=peer --auth-host=reject --no-sync >"$folder/postgres.log" 2>&1
    as_owner tee "$place/data/pg_hba.conf" >/dev/null <<END
local all gridwitness peer map=gw
END
    as_owner tee "$place/data/pg_ident.conf" >/dev/null <<END
gw $(id -un) gridwitness
gw $owner gridwitness
END
    as_owner tee -a "$place/data/postgresql.conf" >/dev/null <<END
listen_addresses = ''
unix_socket_directories = '$place'
unix_socket_permissions = 0700
timezone = 'UTC'
max_connections = 60
END
}

start_server() {
    as_owner "$bin/pg_ctl" -D "$place/data" -l "$place/server.log" -w -t 60 start >>"$folder/postgres.log" 2>&1 || {
        tail -n 20 "$folder/postgres.log" >&2
        exit 1
    }
}

start() {
    if [ -f "$note" ]; then place=$(cat "$note"); else choose_place; fi
    [ -f "$place/data/PG_VERSION" ] || make_cluster
    as_owner "$bin/pg_ctl" -D "$place/data" status >/dev/null 2>&1 || start_server
    as_owner "$bin/psql" -h "$place" -U gridwitness -d postgres -q -t -A \
        -c "SELECT 1 FROM pg_database WHERE datname = 'gridwitness'" | grep -q 1 ||
        as_owner "$bin/createdb" -h "$place" -U gridwitness gridwitness
    printf 'host=%s user=gridwitness dbname=gridwitness\n' "$place"
}

halt() {
    [ -f "$note" ] || exit 0
    place=$(cat "$note")
    as_owner "$bin/pg_ctl" -D "$place/data" -m "$1" -w stop >/dev/null 2>&1 || true
}

case $action in
start) start ;;
kill) halt immediate ;;
stop)
    halt fast
    rm -rf "${place:?}" "$note" "$folder/postgres.log"
    ;;
*)
    echo "postgres.sh: \"$action\" is none of start, stop, kill" >&2
    exit 2
    ;;
esac
