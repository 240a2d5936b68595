#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs a test with a database of its own in the cluster of the fixture:
#   with_postgres.sh <folder> <program> [arguments]
# The program finds the connection string in GW_TEST_PG; the database is dropped afterwards.
set -eu
folder=${1:?folder of the fixture}
shift
if [ ! -f "$folder/postgres.place" ]; then
    echo "with_postgres.sh: the fixture did not start PostgreSQL" >&2
    exit 1
fi
place=$(cat "$folder/postgres.place")
bin=$(ls -d /usr/lib/postgresql/15/bin 2>/dev/null || dirname "$(command -v initdb)")
name=test_$$
"$bin/createdb" -h "$place" -U gridwitness "$name"
trap '"$bin/dropdb" -h "$place" -U gridwitness --force --if-exists "$name"' EXIT
GW_TEST_PG="host=$place user=gridwitness dbname=$name"
export GW_TEST_PG
result=0
"$@" || result=$?
exit "$result"
